// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// The `usage` that GA models require of a transcription, where a beta server gives none.
@Suite("Duration of committed audio")
struct InputAudioDurationTests {
    private var translator = DialectTranslator(client: .ga, server: .beta)

    @Test("is what the server heard of a turn")
    mutating func fromSpeechEvents() throws {
        try server(#"{"type":"input_audio_buffer.speech_started","item_id":"a","audio_start_ms":340}"#)
        try server(#"{"type":"input_audio_buffer.speech_stopped","item_id":"a","audio_end_ms":1560}"#)
        try server(#"{"type":"input_audio_buffer.committed","item_id":"a"}"#)
        #expect(try seconds("a") == "1.22")
    }

    @Test(
        "is what the client appended before its commit",
        arguments: [
            ("pcm16", 9600, "0.2"), ("g711_ulaw", 9600, "1.2"), ("g711_alaw", 2400, "0.3"), ("unknown", 4800, "0.1"),
        ]
    )
    mutating func fromAppendedAudio(format: String, bytes: Int, expected: String) throws {
        try server(#"{"type":"session.created","session":{"input_audio_format":"\#(format)"}}"#)
        append(bytes: bytes / 2)
        append(bytes: bytes / 2)
        _ = translator.clientEvent(["type": "input_audio_buffer.commit"])
        append(bytes: 48_000)
        try server(#"{"type":"input_audio_buffer.committed","item_id":"a"}"#)
        #expect(try seconds("a") == expected)
    }

    @Test("belongs to the commit that was asked for, not to one that was refused")
    mutating func followsCommits() throws {
        append(bytes: 4800)
        _ = translator.clientEvent(["type": "input_audio_buffer.commit"])
        try server(#"{"type":"error","error":{"code":"input_audio_buffer_commit_empty"}}"#)
        append(bytes: 9600)
        _ = translator.clientEvent(["type": "input_audio_buffer.commit"])
        append(bytes: 48_000)
        _ = translator.clientEvent(["type": "input_audio_buffer.commit"])
        try server(#"{"type":"input_audio_buffer.committed","item_id":"a"}"#)
        try server(#"{"type":"input_audio_buffer.committed","item_id":"b"}"#)
        #expect(try seconds("a") == "0.3")
        #expect(try seconds("b") == "1")
    }

    @Test("does not count what was cleared")
    mutating func forgetsClearedAudio() throws {
        append(bytes: 48_000)
        _ = translator.clientEvent(["type": "input_audio_buffer.clear"])
        append(bytes: 4800)
        try server(#"{"type":"input_audio_buffer.committed","item_id":"a"}"#)
        #expect(try seconds("a") == "0.1")
    }

    @Test("is 0 if nothing is known, or no longer")
    mutating func unknownIsZero() throws {
        #expect(try seconds("a") == "0")
        try server(#"{"type":"input_audio_buffer.speech_started","item_id":"b","audio_start_ms":0}"#)
        try server(#"{"type":"input_audio_buffer.speech_stopped","item_id":"b","audio_end_ms":500}"#)
        try server(#"{"type":"conversation.item.input_audio_transcription.failed","item_id":"b"}"#)
        #expect(try seconds("b") == "0")
    }

    @Test(
        "is 0 for times that make no sense",
        arguments: [
            ("5", "1"), ("-9223372036854775808", "9223372036854775807"), ("null", "5"), ("5", #""x""#),
        ]
    )
    mutating func senselessTimes(start: String, end: String) throws {
        try server(#"{"type":"input_audio_buffer.speech_started","item_id":"a","audio_start_ms":\#(start)}"#)
        try server(#"{"type":"input_audio_buffer.speech_stopped","item_id":"a","audio_end_ms":\#(end)}"#)
        try server(#"{"type":"input_audio_buffer.committed","item_id":"a"}"#)
        #expect(try seconds("a") == "0")
    }

    @Test("is remembered for the last 32 items only")
    mutating func isBounded() throws {
        for index in 0..<33 {
            try server(#"{"type":"input_audio_buffer.speech_started","item_id":"i\#(index)","audio_start_ms":0}"#)
            try server(#"{"type":"input_audio_buffer.speech_stopped","item_id":"i\#(index)","audio_end_ms":1000}"#)
        }
        #expect(try seconds("i0") == "0")
        #expect(try seconds("i1") == "1")
        #expect(try seconds("i32") == "1")
    }

    @Test("does not replace a usage that the server gave")
    mutating func keepsServerUsage() throws {
        let event = try object(
            #"{"type":"conversation.item.input_audio_transcription.completed","item_id":"a","usage":{"type":"tokens"}}"#
        )
        #expect(translator.serverEvent(event) == [event])
    }

    private mutating func server(_ text: String) throws { _ = translator.serverEvent(try object(text)) }

    private mutating func append(bytes: Int) {
        let audio = String(repeating: "AAAA", count: bytes / 3)
        _ = translator.clientEvent(["type": "input_audio_buffer.append", "audio": .string(audio)])
    }

    /// The number of seconds that the client is told.
    private mutating func seconds(_ id: String) throws -> String? {
        let completed = translator.serverEvent([
            "type": "conversation.item.input_audio_transcription.completed", "item_id": .string(id), "usage": nil,
        ])
        #expect(completed.first?["usage"]?["type"] == "duration")
        return completed.first?["usage"]?["seconds"]?.text
    }
}
