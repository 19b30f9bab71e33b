// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleyTestSupport
import Testing

/// The checker itself: what it does not find, the other tests cannot find either.
@Suite("The schema checker")
struct EventSchemaTests {
    private static func problems(_ text: String) throws -> [String] {
        try #require(EventSamples.serverSchemas.get()[.ga]).problems(try object(text))
    }

    static let wrong: [(String, String)] = [
        (#"{"type":"nothing"}"#, "there is no event '\"nothing\"'"),
        ("{}", "there is no event 'without type'"),
        (#"{"type":"input_audio_buffer.cleared"}"#, "input_audio_buffer.cleared.event_id: missing"),
        (
            #"{"type":"input_audio_buffer.cleared","event_id":1}"#,
            "input_audio_buffer.cleared.event_id: expected string, got an integer"
        ),
        (
            #"{"type":"input_audio_buffer.cleared","event_id":"e","n":1}"#, "input_audio_buffer.cleared.n: unknown"
        ),
        (
            #"{"type":"conversation.item.truncated","event_id":"e","item_id":"i","content_index":0,"audio_end_ms":0.5}"#,
            "conversation.item.truncated.audio_end_ms: expected integer, got a decimal"
        ),
        (
            #"{"type":"response.done","event_id":"e","response":{"status":"finished"}}"#,
            #"response.done.response.status: "finished" is not among"#
        ),
        (
            #"{"type":"response.done","event_id":"e","response":{"object":"response"}}"#,
            #"response.done.response.object: "response" is not "realtime.response""#
        ),
        (
            #"{"type":"response.done","event_id":"e","response":{"output_modalities":["video"]}}"#,
            #"response.done.response.output_modalities[0]: "video" is not among"#
        ),
        (
            #"{"type":"response.done","event_id":"e","response":{"metadata":{"k":1}}}"#,
            "response.done.response.metadata.k: expected string, got an integer"
        ),
    ]

    @Test("finds what is wrong", arguments: wrong)
    func finds(text: String, problem: String) throws {
        let problems = try Self.problems(text)
        #expect(problems.count == 1)
        #expect(problems.first?.hasPrefix(problem) == true, "\(problems)")
    }
}
