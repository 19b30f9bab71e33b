// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Section 8 of the translation table.
@Suite("Error translation")
struct ErrorTranslationTests {
    static let paths: [(ga: String, beta: String)] = [
        ("session.audio.input.format", "session.input_audio_format"),
        ("session.audio.output.format", "session.output_audio_format"),
        ("session.audio.input.transcription", "session.input_audio_transcription"),
        ("session.audio.input.transcription.model", "session.input_audio_transcription.model"),
        ("session.audio.input.noise_reduction", "session.input_audio_noise_reduction"),
        ("session.audio.input.turn_detection", "session.turn_detection"),
        ("session.audio.input.turn_detection.threshold", "session.turn_detection.threshold"),
        ("session.audio.output.voice", "session.voice"),
        ("session.audio.output.speed", "session.speed"),
        ("session.output_modalities", "session.modalities"),
        ("session.output_modalities[0]", "session.modalities[0]"),
        ("session.max_output_tokens", "session.max_response_output_tokens"),
        ("response.audio.output.voice", "response.voice"),
        ("response.audio.output.format", "response.output_audio_format"),
        ("response.output_modalities", "response.modalities"),
    ]

    @Test("a path points into what the client sent, in the message too", arguments: paths)
    func rewritesPaths(ga: String, beta: String) {
        var toBeta = DialectTranslator(client: .beta, server: .ga)
        #expect(toBeta.serverEvent(error(ga)) == [error(beta)])
        var toGA = DialectTranslator(client: .ga, server: .beta)
        #expect(toGA.serverEvent(error(beta)) == [error(ga)])
    }

    @Test(
        "paths that both dialects share, and what only begins alike, stay",
        arguments: [
            "session.instructions", "session.tools[0].name", "item.content[0].type", "type", "audio",
            "session.max_output_tokens_x", "session.output_modalitiesX", "session.voices",
        ]
    )
    func keepsOtherPaths(path: String) {
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(error(path)) == [error(path)])
        }
    }

    @Test("only what stands in quotes is a path in a message")
    func rewritesQuotesOnly() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let message = "session.audio.output.voice: the conversation's 'session.audio.output.voice' isn't 'x'"
        let shown = translator.serverEvent(["type": "error", "error": ["message": .string(message), "param": nil]])
        let expected = "session.audio.output.voice: the conversation's 'session.voice' isn't 'x'"
        #expect(shown.first?["error"]?["message"] == .string(expected))
        #expect(shown.first?["error"]?["param"] == .null)
    }

    @Test(
        "errors without the usual members are passed on",
        arguments: [
            #"{"type":"error"}"#, #"{"type":"error","error":5}"#, #"{"type":"error","error":{}}"#,
            #"{"type":"error","error":{"param":5,"message":[]}}"#,
        ]
    )
    func passesMalformedErrors(text: String) throws {
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(try object(text)) == [try object(text)])
        }
    }

    @Test("that the server refused beta is a fault of the gateway and not told to a beta client")
    func hidesBetaRefusal() {
        let refusal: JSONObject = ["type": "error", "error": ["code": "beta_api_shape_disabled"]]
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(!translator.wasRefusedAsBeta)
        #expect(translator.serverEvent(refusal).isEmpty)
        #expect(translator.wasRefusedAsBeta)
        #expect(translator.serverEvent(error("type")).count == 1)
        var passThrough = DialectTranslator(client: .beta, server: .beta)
        #expect(passThrough.serverEvent(refusal) == [refusal])
    }

    private func error(_ path: String) -> JSONObject {
        [
            "type": "error",
            "event_id": "event_1",
            "error": [
                "type": "invalid_request_error", "code": "invalid_value", "event_id": "evt_1",
                "message": .string("Invalid '\(path)': no."), "param": .string(path),
            ],
        ]
    }
}
