// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Section 4 of the translation table, row by row.
@Suite("Session translation")
struct SessionTranslationTests {
    /// Members that say the same in both dialects, in both directions.
    static let equivalents: [(beta: String, ga: String)] = [
        (#"{"modalities":["text"]}"#, #"{"output_modalities":["text"]}"#),
        (#"{"modalities":["text","audio"]}"#, #"{"output_modalities":["audio"]}"#),
        (#"{"instructions":""}"#, #"{"instructions":""}"#),
        (#"{"voice":"sage"}"#, #"{"audio":{"output":{"voice":"sage"}}}"#),
        (#"{"speed":1.10}"#, #"{"audio":{"output":{"speed":1.10}}}"#),
        (#"{"output_audio_format":"pcm16"}"#, #"{"audio":{"output":{"format":{"type":"audio/pcm","rate":24000}}}}"#),
        (#"{"output_audio_format":"g711_ulaw"}"#, #"{"audio":{"output":{"format":{"type":"audio/pcmu"}}}}"#),
        (#"{"input_audio_format":"g711_alaw"}"#, #"{"audio":{"input":{"format":{"type":"audio/pcma"}}}}"#),
        (
            #"{"input_audio_transcription":{"model":"whisper-1","language":"en","prompt":"p"}}"#,
            #"{"audio":{"input":{"transcription":{"model":"whisper-1","language":"en","prompt":"p"}}}}"#
        ),
        (#"{"input_audio_transcription":null}"#, #"{"audio":{"input":{"transcription":null}}}"#),
        (
            #"{"input_audio_noise_reduction":{"type":"far_field"}}"#,
            #"{"audio":{"input":{"noise_reduction":{"type":"far_field"}}}}"#
        ),
        (#"{"input_audio_noise_reduction":null}"#, #"{"audio":{"input":{"noise_reduction":null}}}"#),
        (#"{"turn_detection":null}"#, #"{"audio":{"input":{"turn_detection":null}}}"#),
        (
            #"{"turn_detection":{"type":"server_vad","threshold":0.6,"create_response":false}}"#,
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":0.6,"create_response":false}}}}"#
        ),
        (
            #"{"tools":[{"type":"function","name":"f","parameters":{"x":1}}]}"#,
            #"{"tools":[{"type":"function","name":"f","parameters":{"x":1}}]}"#
        ),
        (#"{"tools":[]}"#, #"{"tools":[]}"#),
        (#"{"tool_choice":"required"}"#, #"{"tool_choice":"required"}"#),
        (#"{"tool_choice":{"type":"function","name":"f"}}"#, #"{"tool_choice":{"type":"function","name":"f"}}"#),
        (#"{"max_response_output_tokens":"inf"}"#, #"{"max_output_tokens":"inf"}"#),
        (#"{"max_response_output_tokens":128}"#, #"{"max_output_tokens":128}"#),
        (#"{"tracing":{"workflow_name":"w"}}"#, #"{"tracing":{"workflow_name":"w"}}"#),
        (#"{"tracing":null}"#, #"{"tracing":null}"#),
        (
            #"{"id":"sess_1","object":"realtime.session","expires_at":5}"#,
            #"{"id":"sess_1","object":"realtime.session","expires_at":5}"#
        ),
    ]

    @Test("a beta client's update", arguments: equivalents)
    func betaUpdate(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(try update(beta)).forwarded == (try update(ga, type: "realtime")))
        #expect(translator.dropped.isEmpty)
    }

    @Test("a GA client's update", arguments: equivalents)
    func gaUpdate(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        #expect(translator.clientEvent(try update(ga, type: "realtime")).forwarded == (try update(beta)))
        #expect(translator.dropped.isEmpty)
    }

    @Test("a GA server's session", arguments: equivalents)
    func gaSession(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        var expected = try object(beta)
        expected["temperature"] = 0.8
        expected["client_secret"] = .null
        let shown = translator.serverEvent(try updated(ga, type: "realtime"))
        #expect(shown == [["type": "session.updated", "event_id": "event_1", "session": .object(expected)]])
    }

    @Test("a beta server's session", arguments: equivalents)
    func betaSession(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        var expected = try updated(ga, type: "realtime")
        expected.setSession("truncation", "auto")
        expected.setSession("prompt", nil)
        #expect(translator.serverEvent(try updated(beta)) == [expected])
    }

    /// What a beta update loses or gains on its way to GA.
    static let betaOnly: [(beta: String, ga: String, dropped: [String])] = [
        (#"{"voice":"sage","temperature":0.7}"#, #"{"audio":{"output":{"voice":"sage"}}}"#, ["session.temperature"]),
        (
            #"{"voice":"sage","client_secret":{"expires_after":{}}}"#, #"{"audio":{"output":{"voice":"sage"}}}"#,
            ["session.client_secret"]
        ),
        (
            #"{"voice":"sage","truncation":"auto","prompt":{"id":"p"}}"#, #"{"audio":{"output":{"voice":"sage"}}}"#,
            ["session.truncation", "session.prompt"]
        ),
        (#"{"voice":"sage","colour":"red"}"#, #"{"audio":{"output":{"voice":"sage"}}}"#, ["session.colour"]),
        (
            #"{"voice":"sage","audio":{"output":{"voice":"x"}}}"#, #"{"audio":{"output":{"voice":"sage"}}}"#,
            ["session.audio"]
        ),
        (#"{"modalities":["audio","text"]}"#, #"{"output_modalities":["audio"]}"#, []),
        (#"{"modalities":["audio"]}"#, #"{"output_modalities":["audio"]}"#, []),
        (
            #"{"include":["item.input_audio_transcription.logprobs"]}"#,
            #"{"include":["item.input_audio_transcription.logprobs"]}"#, []
        ),
        (#"{"turn_detection":{}}"#, #"{"audio":{"input":{"turn_detection":{"type":"server_vad"}}}}"#, []),
        (
            #"{"turn_detection":{"type":null,"threshold":1}}"#,
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":1}}}}"#, []
        ),
        (
            #"{"turn_detection":{"type":"semantic_vad","eagerness":"low","threshold":0.5,"prefix_padding_ms":300,"#
                + #""silence_duration_ms":200}}"#,
            #"{"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"low"}}}}"#,
            [
                "session.turn_detection.threshold", "session.turn_detection.prefix_padding_ms",
                "session.turn_detection.silence_duration_ms",
            ]
        ),
        (
            #"{"turn_detection":{"threshold":0.5,"eagerness":"low"}}"#,
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":0.5}}}}"#,
            ["session.turn_detection.eagerness"]
        ),
        (
            #"{"tool_choice":{"type":"function","function":{"name":"f"}}}"#,
            #"{"tool_choice":{"type":"function","name":"f"}}"#, []
        ),
    ]

    @Test("a beta client's update that GA cannot hold entirely", arguments: betaOnly)
    func lossyBetaUpdate(beta: String, ga: String, dropped: [String]) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(try update(beta)).forwarded == (try update(ga, type: "realtime")))
        #expect(translator.dropped == dropped)
    }

    /// What a GA update loses on its way to beta.
    static let gaOnly: [(ga: String, beta: String, dropped: [String])] = [
        (#"{"audio":{"output":{"voice":{"id":"voice_1"}}}}"#, #"{"voice":"voice_1"}"#, []),
        (#"{"audio":{"input":{"format":{"type":"audio/pcm"}}}}"#, #"{"input_audio_format":"pcm16"}"#, []),
        (
            #"{"audio":{"input":{"transcription":{"model":"m","languages":["en"],"keywords":["k"],"delay":"low"}}}}"#,
            #"{"input_audio_transcription":{"model":"m"}}"#,
            [
                "session.audio.input.transcription.languages", "session.audio.input.transcription.keywords",
                "session.audio.input.transcription.delay",
            ]
        ),
        (
            #"{"audio":{"input":{"noise_reduction":{"type":"near_field","strength":0.5}}}}"#,
            #"{"input_audio_noise_reduction":{"type":"near_field"}}"#,
            ["session.audio.input.noise_reduction.strength"]
        ),
        (
            #"{"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":6000}}}}"#,
            #"{"turn_detection":{"type":"server_vad"}}"#, ["session.audio.input.turn_detection.idle_timeout_ms"]
        ),
        (
            #"{"tools":[{"type":"mcp","server_label":"l"},{"type":"function","name":"f"}]}"#,
            #"{"tools":[{"type":"function","name":"f"}]}"#, ["session.tools[0]"]
        ),
        (#"{"tool_choice":{"type":"mcp","server_label":"l"}}"#, #"{"tool_choice":"auto"}"#, []),
        (
            #"{"instructions":"i","truncation":"auto","prompt":{"id":"p"},"reasoning":{},"parallel_tool_calls":true}"#,
            #"{"instructions":"i"}"#,
            ["session.truncation", "session.prompt", "session.reasoning", "session.parallel_tool_calls"]
        ),
        (
            #"{"instructions":"i","model":"gpt-realtime","include":["x"],"colour":1}"#, #"{"instructions":"i"}"#,
            ["session.model", "session.include", "session.colour"]
        ),
        (
            #"{"instructions":"i","audio":{"input":{"gain":2},"loop":{}}}"#, #"{"instructions":"i"}"#,
            ["session.audio.input.gain", "session.audio.loop"]
        ),
    ]

    @Test("a GA client's update that beta cannot hold entirely", arguments: gaOnly)
    func lossyGAUpdate(ga: String, beta: String, dropped: [String]) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        #expect(translator.clientEvent(try update(ga, type: "realtime")).forwarded == (try update(beta)))
        #expect(translator.dropped == dropped)
    }

    @Test("unknown members of a server's session are left out", arguments: [Dialect.beta, .ga])
    func dropsUnknownServerMembers(server: Dialect) throws {
        var translator = DialectTranslator(client: server == .ga ? .beta : .ga, server: server)
        let shown = translator.serverEvent(try updated(#"{"colour":"red","nothing":null}"#))
        #expect(shown.first?["session"]?["colour"] == nil)
        #expect(translator.dropped == ["session.colour"])
    }

    @Test("at most 16 dropped members are listed, and only those of the last event")
    func boundsDropped() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let members = (0..<40).map { "\"m\($0)\":1" }.joined(separator: ",")
        _ = translator.clientEvent(try update("{\"voice\":\"sage\",\(members)}"))
        #expect(translator.dropped.count == 16)
        _ = translator.clientEvent(["type": "response.cancel"])
        #expect(translator.dropped.isEmpty)
    }

    @Test(
        "a transcription session has input only",
        arguments: [
            (
                #"{"input_audio_format":"pcm16","include":["x"]}"#,
                #"{"audio":{"input":{"format":{"type":"audio/pcm","rate":24000}}},"include":["x"]}"#
            ),
            (
                #"{"turn_detection":{"threshold":0.5,"create_response":true,"interrupt_response":true}}"#,
                #"{"audio":{"input":{"turn_detection":{"type":"server_vad","threshold":0.5}}}}"#
            ),
            (
                #"{"input_audio_transcription":null,"modalities":["text"],"client_secret":{},"voice":"sage"}"#,
                #"{"audio":{"input":{"transcription":null}}}"#
            ),
        ]
    )
    func transcriptionUpdate(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        let event = try update(beta, event: "transcription_session.update")
        #expect(translator.clientEvent(event).forwarded == (try update(ga, type: "transcription")))
    }

    @Test("a GA client's transcription update keeps its input only")
    func gaTranscriptionUpdate() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let ga = #"{"audio":{"input":{"turn_detection":null},"output":{"voice":"sage"}},"instructions":"i"}"#
        let outcome = translator.clientEvent(try update(ga, type: "transcription"))
        #expect(outcome.forwarded == (try update(#"{"turn_detection":null}"#, event: "transcription_session.update")))
        #expect(translator.dropped == ["session.audio.output", "session.instructions"])
    }

    @Test("a GA update without a type is one of the session's own type")
    func gaUpdateWithoutType() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let ga = #"{"audio":{"input":{"turn_detection":null}}}"#
        #expect(translator.clientEvent(try update(ga)).forwarded?["type"] == "session.update")
        _ = translator.serverEvent(try object(#"{"type":"transcription_session.created","session":{}}"#))
        #expect(translator.clientEvent(try update(ga)).forwarded?["type"] == "transcription_session.update")
    }

    @Test("a beta client sees its own temperature and its own order of modalities")
    func echoesOwnSettings() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        _ = translator.clientEvent(try update(#"{"modalities":["audio","text"],"temperature":0.90}"#))
        let session = translator.serverEvent(try updated(#"{"output_modalities":["audio"]}"#))
        #expect(session.first?["session"]?["modalities"] == ["audio", "text"])
        #expect(session.first?["session"]?["temperature"]?.text == "0.90")
        let response = translator.serverEvent(
            try object(#"{"type":"response.created","response":{"output_modalities":["audio"]}}"#)
        )
        #expect(response.first?["response"]?["modalities"] == ["audio", "text"])
        #expect(response.first?["response"]?["temperature"]?.text == "0.90")
    }

    @Test("a refused update does not change what the client is shown of its settings")
    func forgetsRefusedSettings() throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        var event = try update(#"{"voice":"nobody","modalities":["audio","text"],"temperature":1.1}"#)
        event["event_id"] = "evt_1"
        _ = translator.clientEvent(event)
        _ = translator.serverEvent(try object(#"{"type":"error","error":{"event_id":null,"code":"other"}}"#))
        #expect(translator.serverEvent(try updated("{}")).first?["session"]?["temperature"] == 1.1)
        _ = translator.serverEvent(try object(#"{"type":"error","error":{"event_id":"evt_1","code":"invalid_value"}}"#))
        let session = translator.serverEvent(try updated(#"{"output_modalities":["audio"]}"#)).first?["session"]
        #expect(session?["temperature"] == 0.8)
        #expect(session?["modalities"] == ["text", "audio"])
    }

    @Test(
        "values of the wrong kind are handed on in their new place, so that the server can refuse them",
        arguments: [
            (#"{"modalities":"audio"}"#, #"{"output_modalities":"audio"}"#),
            (#"{"modalities":[]}"#, #"{"output_modalities":[]}"#),
            (#"{"modalities":["video"]}"#, #"{"output_modalities":["video"]}"#),
            (#"{"input_audio_format":"mp3"}"#, #"{"audio":{"input":{"format":"mp3"}}}"#),
            (#"{"output_audio_format":16}"#, #"{"audio":{"output":{"format":16}}}"#),
            (#"{"turn_detection":true}"#, #"{"audio":{"input":{"turn_detection":true}}}"#),
            (#"{"tools":{"a":1}}"#, #"{"tools":{"a":1}}"#),
            (#"{"tool_choice":[1]}"#, #"{"tool_choice":[1]}"#),
            (#"{"voice":5}"#, #"{"audio":{"output":{"voice":5}}}"#),
        ]
    )
    func handsOnMalformedBeta(beta: String, ga: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(try update(beta)).forwarded == (try update(ga, type: "realtime")))
    }

    @Test(
        "what should be an object and is not is handed on to a beta server under its GA name",
        arguments: [
            (#"{"audio":5}"#, #"{"audio":5}"#),
            (#"{"audio":{"input":[]}}"#, #"{"audio":{"input":[]}}"#),
            (#"{"output_modalities":7}"#, #"{"modalities":7}"#),
            (#"{"tools":"x"}"#, #"{"tools":"x"}"#),
            (#"{"type":"other","instructions":"i"}"#, #"{"type":"other","instructions":"i"}"#),
            (#"{"audio":{"input":{"format":"pcm16"}}}"#, #"{"input_audio_format":"pcm16"}"#),
        ]
    )
    func handsOnMalformedGA(ga: String, beta: String) throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        #expect(translator.clientEvent(try update(ga)).forwarded == (try update(beta)))
    }

    @Test("an update whose session is no object goes to the server", arguments: [nil, "x", [1], 5] as [JSON?])
    func handsOnSessionsThatAreNone(session: JSON?) {
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            var event: JSONObject = ["type": "session.update"]
            event["session"] = session
            #expect(translator.clientEvent(event) == .forward(event))
        }
    }

    private func update(_ session: String, type: JSON? = nil, event: JSON = "session.update") throws -> JSONObject {
        var update: JSONObject = ["type": event, "session": .object(try object(session))]
        if let type { update.setSession("type", type) }
        return update
    }

    private func updated(_ session: String, type: JSON? = nil) throws -> JSONObject {
        var updated = try update(session, type: type, event: "session.updated")
        updated["event_id"] = "event_1"
        return updated
    }
}

extension JSONObject {
    /// Sets a member of the event's session.
    fileprivate mutating func setSession(_ name: String, _ value: JSON) {
        var session = self["session"]?.objectValue ?? [:]
        session[name] = value
        self["session"] = .object(session)
    }
}
