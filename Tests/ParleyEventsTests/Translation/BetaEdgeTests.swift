// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// The translator at the edge of a server that speaks beta itself.
@Suite("Beta edge")
struct BetaEdgeTests {
    private var translator: DialectTranslator

    init() {
        translator = DialectTranslator(client: .beta, server: .ga)
        translator.unknownMembers = .keep
    }

    /// Errors in members that a session and a response have in common.
    static let sharedErrors: [(member: String, code: String, path: String, message: String)] = [
        (
            #""temperature":0.5"#, "decimal_below_min_value", "temperature",
            "Invalid '%.temperature': decimal below minimum value. Expected a value >= 0.6, but got 0.5 instead."
        ),
        (
            #""temperature":-1"#, "decimal_below_min_value", "temperature",
            "Invalid '%.temperature': decimal below minimum value. Expected a value >= 0.6, but got -1 instead."
        ),
        (
            #""temperature":1.21"#, "decimal_above_max_value", "temperature",
            "Invalid '%.temperature': decimal above maximum value. Expected a value <= 1.2, but got 1.21 instead."
        ),
        (
            #""temperature":1e999"#, "decimal_above_max_value", "temperature",
            "Invalid '%.temperature': decimal above maximum value. Expected a value <= 1.2, but got 1e999 instead."
        ),
        (
            #""temperature":"hot""#, "invalid_type", "temperature",
            "Invalid type for '%.temperature': expected a decimal, but got a string instead."
        ),
        (
            #""modalities":["audio"]"#, "invalid_value", "modalities",
            "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text']."
        ),
        (
            #""modalities":[]"#, "invalid_value", "modalities",
            "Invalid modalities: []. Supported combinations are: ['text'] and ['audio', 'text']."
        ),
        (
            #""modalities":["text","text"]"#, "invalid_value", "modalities",
            "Invalid modalities: ['text', 'text']. Supported combinations are: ['text'] and ['audio', 'text']."
        ),
        (
            #""modalities":["text","video"]"#, "invalid_value", "modalities[1]",
            "Invalid value: 'video'. Supported values are: 'text' and 'audio'."
        ),
        (
            #""modalities":[1]"#, "invalid_type", "modalities[0]",
            "Invalid type for '%.modalities[0]': expected a string, but got an integer instead."
        ),
        (
            #""modalities":"text""#, "invalid_type", "modalities",
            "Invalid type for '%.modalities': expected an array, but got a string instead."
        ),
        (
            #""output_audio_format":"mp3""#, "invalid_value", "output_audio_format",
            "Invalid value: 'mp3'. Supported values are: 'pcm16', 'g711_ulaw', and 'g711_alaw'."
        ),
        (
            #""output_audio_format":{"type":"audio/pcm"}"#, "invalid_type", "output_audio_format",
            "Invalid type for '%.output_audio_format': expected a string, but got an object instead."
        ),
        (#""audio":{"output":{}}"#, "unknown_parameter", "audio", "Unknown parameter: '%.audio'."),
        (
            #""output_modalities":["text"]"#, "unknown_parameter", "output_modalities",
            "Unknown parameter: '%.output_modalities'."
        ),
        (#""reasoning":{}"#, "unknown_parameter", "reasoning", "Unknown parameter: '%.reasoning'."),
    ]

    @Test("what only beta knows is refused here, with the client's event id", arguments: sharedErrors)
    mutating func refuses(member: String, code: String, path: String, message: String) throws {
        for (type, root) in [("session.update", "session"), ("response.create", "response")] {
            let error =
                translator.clientEvent(
                    try object(#"{"type":"\#(type)","event_id":"evt_1","\#(root)":{"voice":"sage",\#(member)}}"#)
                )
                .error
            #expect(error?["type"] == "invalid_request_error")
            #expect(error?["code"] == .string(code))
            #expect(error?["param"] == .string("\(root).\(path)"))
            #expect(error?["message"] == .string(message.replacing("%", with: root)))
            #expect(error?["event_id"] == "evt_1")
        }
    }

    @Test(
        "names that mean something to a GA session only are refused",
        arguments: [
            #""type":"realtime""#, #""max_output_tokens":5"#, #""parallel_tool_calls":true"#,
        ]
    )
    mutating func refusesGASessionMembers(member: String) throws {
        let error = translator.clientEvent(try object(#"{"type":"session.update","session":{\#(member)}}"#)).error
        #expect(error?["code"] == "unknown_parameter")
    }

    @Test(
        "the input format is checked in both kinds of session",
        arguments: [
            "session.update", "transcription_session.update",
        ]
    )
    mutating func checksInputFormat(type: String) throws {
        let event = try object(#"{"type":"\#(type)","session":{"input_audio_format":"wav"}}"#)
        #expect(translator.clientEvent(event).error?["param"] == "session.input_audio_format")
    }

    static let accepted: [(beta: String, ga: String)] = [
        (#"{"temperature":0.6,"voice":"v"}"#, #"{"audio":{"output":{"voice":"v"}}}"#),
        (#"{"temperature":1,"voice":"v"}"#, #"{"audio":{"output":{"voice":"v"}}}"#),
        (#"{"temperature":1.2,"voice":"v"}"#, #"{"audio":{"output":{"voice":"v"}}}"#),
        (#"{"temperature":null,"modalities":null}"#, #"{"output_modalities":null}"#),
        (#"{"modalities":["audio","text"]}"#, #"{"output_modalities":["audio"]}"#),
        (#"{"colour":"red","voice":"v"}"#, #"{"colour":"red","audio":{"output":{"voice":"v"}}}"#),
        (#"{"prompt":{"id":"p"},"truncation":"auto","voice":"v"}"#, #"{"audio":{"output":{"voice":"v"}}}"#),
        (#"{"model":"other"}"#, #"{"model":"other"}"#),
    ]

    @Test("what is right, and what nobody knows, goes to the server behind", arguments: accepted)
    mutating func accepts(beta: String, ga: String) throws {
        _ = translator.serverEvent(try object(#"{"type":"session.created","session":{"model":"parley"}}"#))
        var expected = try object(ga)
        expected["type"] = "realtime"
        let outcome = translator.clientEvent(try object(#"{"type":"session.update","session":\#(beta)}"#))
        #expect(outcome.forwarded == ["type": "session.update", "session": .object(expected)])
    }

    @Test("members nobody knows are kept in a response and a transcription session too")
    mutating func keepsUnknown() throws {
        let response = translator.clientEvent(try object(#"{"type":"response.create","response":{"colour":1}}"#))
        #expect(response.forwarded?["response"]?["colour"] == 1)
        let session = translator.clientEvent(
            try object(#"{"type":"transcription_session.update","session":{"voice":"sage"}}"#)
        )
        #expect(session.forwarded?["session"] == ["type": "transcription", "voice": "sage"])
    }

    @Test("a refused update leaves no trace")
    mutating func refusedUpdateLeavesNoTrace() throws {
        let update = #"{"type":"session.update","session":{"temperature":0.9,"modalities":["audio"]}}"#
        #expect(translator.clientEvent(try object(update)).error != nil)
        let shown = translator.serverEvent(try object(#"{"type":"session.updated","session":{}}"#))
        #expect(shown.first?["session"]?["temperature"] == 0.8)
    }

    @Test(
        "a refused update leaves no trace of its temperature, whether it had an id or not",
        arguments: [#""event_id":"e","#, ""],
        [
            #"{"code":"unknown_parameter","param":"session.x"}"#, #"{"code":"cannot_update_voice","param":null}"#,
            #"{"code":"invalid_parameter"}"#, #"{"param":"session"}"#,
        ]
    )
    mutating func rollsBack(id: String, error: String) throws {
        let created = #"{"type":"session.created","session":{"type":"realtime"}}"#
        _ = translator.serverEvent(try object(created))
        let update = #"{"type":"session.update",\#(id)"session":{"temperature":0.9,"voice":"v"}}"#
        #expect(translator.clientEvent(try object(update)).forwarded != nil)
        var refusal = try object(#"{"type":"error","error":\#(error)}"#)
        if !id.isEmpty, case .object(var inner)? = refusal["error"] {
            inner["event_id"] = "e"
            refusal["error"] = .object(inner)
        }
        _ = translator.serverEvent(refusal)
        let shown = translator.serverEvent(try object(#"{"type":"session.updated","session":{"type":"realtime"}}"#))
        #expect(shown.first?["session"]?["temperature"] == 0.8)
    }

    @Test(
        "errors about something else, or after the update took effect, change nothing",
        arguments: [
            #"{"code":"invalid_value","param":"item.id"}"#, #"{"code":"response_cancel_not_active","param":null}"#,
            #"{"code":"unknown_parameter","param":"session.x","event_id":"other"}"#,
        ]
    )
    mutating func keepsEcho(error: String) throws {
        let updated = try object(#"{"type":"session.updated","session":{"type":"realtime"}}"#)
        _ = translator.serverEvent(try object(#"{"type":"session.created","session":{"type":"realtime"}}"#))
        _ = translator.clientEvent(
            try object(#"{"type":"session.update","session":{"temperature":0.9,"voice":"v"}}"#)
        )
        _ = translator.serverEvent(try object(#"{"type":"error","error":\#(error)}"#))
        #expect(translator.serverEvent(updated).first?["session"]?["temperature"] == 0.9)
        _ = translator.serverEvent(try object(#"{"type":"error","error":{"param":"session.voice"}}"#))
        #expect(translator.serverEvent(updated).first?["session"]?["temperature"] == 0.9)
    }

    @Test(
        "an item that only GA knows is refused, by a server and by a relay",
        arguments: ["mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response"]
    )
    mutating func refusesRemoteToolItems(type: String) throws {
        let creation = try object(
            #"{"type":"conversation.item.create","event_id":"e","item":{"type":"\#(type)","server_label":"s"}}"#
        )
        let input = try object(#"{"type":"response.create","response":{"input":[{"type":"\#(type)"}]}}"#)
        var relay = DialectTranslator(client: .beta, server: .ga)
        for (event, path) in [(creation, "item.type"), (input, "response.input[0].type")] {
            let refusal = translator.clientEvent(event).error
            #expect(refusal?["code"] == "invalid_value" && refusal?["param"] == .string(path))
            #expect(refusal?["event_id"] == JSON(event["event_id"]?.stringValue))
            let relayed = relay.clientEvent(event).error
            #expect(relayed?["code"] == "unsupported_in_dialect" && relayed?["param"] == .string(path))
        }
    }

    @Test("a relay hands all this on without a word")
    func relayIsSilent() throws {
        var relay = DialectTranslator(client: .beta, server: .ga)
        #expect(relay.unknownMembers == .drop)
        let update = #"{"type":"session.update","session":{"voice":"v","temperature":9,"audio":1,"colour":2}}"#
        let session: JSON = ["type": "realtime", "audio": ["output": ["voice": "v"]]]
        #expect(relay.clientEvent(try object(update)).forwarded?["session"] == session)
    }
}
