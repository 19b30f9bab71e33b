// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Words of the dialects")
struct VocabularyTests {
    @Test(
        "Names go to beta and back",
        arguments: [
            ("response.output_text.delta", "response.text.delta"),
            ("response.output_audio.done", "response.audio.done"),
            ("response.output_audio_transcript.done", "response.audio_transcript.done"),
            ("conversation.item.added", "conversation.item.created"), ("response.created", "response.created"),
        ]
    )
    func names(ga: String, beta: String) {
        #expect(Vocabulary(dialect: .beta).name(ga) == beta)
        #expect(Vocabulary(dialect: .beta).gaName(of: beta) == ga)
        #expect(Vocabulary(dialect: .ga).name(ga) == ga)
        #expect(Vocabulary(dialect: .ga).gaName(of: ga) == ga)
    }

    @Test(
        "Names of the other dialect are known as such",
        arguments: [
            (Dialect.ga, "response.audio.delta"), (.ga, "conversation.item.created"),
            (.ga, "transcription_session.updated"),
            (.beta, "response.output_text.done"), (.beta, "conversation.item.done"),
            (.beta, "mcp_list_tools.completed"),
            (.beta, "response.mcp_call.failed"), (.beta, "input_audio_buffer.timeout_triggered"),
        ]
    )
    func foreignNames(dialect: Dialect, name: String) {
        #expect(Vocabulary(dialect: dialect).gaName(of: name) == nil)
    }

    @Test(
        "Every member of the session is where the recorded session has it",
        arguments: SessionMember.allCases,
        Dialect.allCases
    )
    func members(member: SessionMember, dialect: Dialect) throws {
        let session = try #require(try RecordedSequence.named("01_connect", dialect)[0]["session"]?.objectValue)
        // Speed came to the beta later than this recording.
        if dialect == .beta, member == .speed { return }
        #expect(session.value(at: member.path(in: dialect)) != nil)
        #expect(member.parameter(in: dialect).hasPrefix("session."))
    }

    @Test("A body is nested as the dialect wants it")
    func bodies() {
        let values: SessionValues = [(.turnDetection, nil), (.inputFormat, "f"), (.voice, "ash")]
        #expect(
            JSONObject.session(values, in: .ga) == [
                "type": "realtime",
                "audio": ["input": ["turn_detection": nil, "format": "f"], "output": ["voice": "ash"]],
            ]
        )
        #expect(
            JSONObject.session(values, in: .beta) == ["turn_detection": nil, "input_audio_format": "f", "voice": "ash"]
        )
    }

    @Test("Formats, parts and modalities have the dialect's words")
    func words() {
        let ga = Vocabulary(dialect: .ga)
        let beta = Vocabulary(dialect: .beta)
        #expect(
            AudioEncoding.allCases.map(ga.format) == [
                ["type": "audio/pcm", "rate": 24000], ["type": "audio/pcmu"], ["type": "audio/pcma"],
            ]
        )
        #expect(AudioEncoding.allCases.map(beta.format) == ["pcm16", "g711_ulaw", "g711_alaw"])
        #expect(
            [ga.assistantText, ga.assistantAudio, beta.assistantText, beta.assistantAudio] == [
                "output_text", "output_audio", "text", "audio",
            ]
        )
        #expect([ga.audible, beta.audible] == [["audio"], ["audio", "text"]])
        #expect([ga.maxTokens, beta.maxTokens] == ["max_output_tokens", "max_response_output_tokens"])
    }
}
