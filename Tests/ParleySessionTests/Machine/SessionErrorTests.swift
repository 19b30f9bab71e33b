// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

/// The error table of the protocol reference, section 8, as far as a session can produce it.
@Suite("The errors of a session")
struct SessionErrorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let client: [Dialect: JSONObject]
        fileprivate(set) var code: [Dialect: String]
        fileprivate(set) var param: [Dialect: String?]
        fileprivate(set) var message: [Dialect: String]

        var testDescription: String { "\(code[.ga] ?? "") \(client[.ga]?.text ?? "")" }

        init(
            _ ga: JSONObject,
            beta: JSONObject? = nil,
            _ code: String,
            at param: String? = nil,
            beta betaParam: String? = nil,
            _ message: String
        ) {
            client = [.ga: ga, .beta: beta ?? ga]
            self.code = [.ga: code, .beta: code]
            self.param = [.ga: param, .beta: betaParam ?? param]
            // A message names the same path as `param`.
            let betaMessage = param.map { message.replacing($0, with: betaParam ?? $0) }
            self.message = [.ga: message, .beta: betaMessage ?? message]
        }
    }

    private static func update(_ session: JSONObject) -> JSONObject {
        ["type": "session.update", "session": .object(session)]
    }

    private static func item(_ item: JSON) -> JSONObject { ["type": "conversation.item.create", "item": item] }

    private static func message(_ role: JSON, _ part: JSON) -> JSONObject {
        item(["type": "message", "role": role, "content": [part]])
    }

    static let rows: [Row] = [
        Row(["type": "X"], "invalid_value", at: "type", "Invalid value: 'X'."),
        Row(
            update(["type": "realtime", "audio": ["output": ["format": ["type": "X"]]]]),
            beta: update(["output_audio_format": "X"]),
            "invalid_value",
            at: "session.audio.output.format.type",
            beta: "session.output_audio_format",
            "Invalid value: 'X'. Supported values are: 'audio/pcm', 'audio/pcmu', and 'audio/pcma'."
        )
        .betaMessage("Invalid value: 'X'. Supported values are: 'pcm16', 'g711_ulaw', and 'g711_alaw'."),
        Row(
            message("assistant", ["type": "input_text", "text": "t"]),
            "invalid_value",
            at: "item.content[0].type",
            "Invalid value: 'input_text'. Value must be 'output_text'."
        )
        .betaMessage("Invalid value: 'input_text'. Supported values are: 'text' and 'audio'."),
        Row(
            message("user", ["type": "output_text", "text": "t"]),
            "invalid_value",
            at: "item.content[0].type",
            "Invalid value: 'output_text'. Supported values are: 'input_text', 'input_audio', and 'input_image'."
        )
        .betaMessage("Invalid value: 'output_text'. Supported values are: 'input_text' and 'input_audio'."),
        Row(
            message("assistant", ["type": "output_audio", "transcript": "t"]),
            beta: message("assistant", ["type": "audio", "transcript": 1]),
            "missing_required_parameter",
            at: "item.content[0].text",
            "Missing required parameter: 'item.content[0].text'."
        )
        .beta(
            "invalid_type",
            at: "item.content[0].transcript",
            "Invalid type for 'item.content[0].transcript': expected a string, but got an integer instead."
        ),
        Row(
            item(["type": "X"]),
            "invalid_value",
            at: "item.type",
            "Invalid value: 'X'. Supported values are: 'message', 'function_call', 'function_call_output', "
                + "'mcp_list_tools', 'mcp_call', 'mcp_approval_request', and 'mcp_approval_response'."
        )
        .betaMessage(
            "Invalid value: 'X'. Supported values are: 'message', 'function_call', and 'function_call_output'."
        ),
        Row(
            update(["type": "realtime", "tools": [["type": "X"]]]),
            beta: update(["tools": [["type": "mcp", "server_label": "s"]]]),
            "invalid_value",
            at: "session.tools[0].type",
            "Invalid value: 'X'. Supported values are: 'function' and 'mcp'."
        )
        .betaMessage("Invalid value: 'mcp'. Value must be 'function'."),
        Row(
            [
                "type": "response.create",
                "response": [
                    "input": [["type": "message", "role": "system", "content": [["type": "output_text", "text": ""]]]]
                ],
            ],
            "invalid_value",
            at: "response.input[0].content[0].type",
            "Invalid value: 'output_text'. Value must be 'input_text'."
        ),
        Row(
            update(["type": "realtime", "tool_choice": ["type": "X"]]),
            beta: update(["tool_choice": ["type": "X"]]),
            "invalid_value",
            at: "session.tool_choice.type",
            "Invalid value: 'X'. Supported values are: 'function' and 'mcp'."
        )
        .betaMessage("Invalid value: 'X'. Value must be 'function'."),
        Row(
            ["type": "input_audio_buffer.append", "audio": "?"],
            "invalid_value",
            at: "audio",
            "Invalid 'audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) but got an invalid value."
        ),
        Row(
            update(["type": "realtime", "output_modalities": ["audio", "text"]]),
            beta: update(["modalities": ["audio"]]),
            "invalid_value",
            at: "session.output_modalities",
            beta: "session.modalities",
            "Invalid modalities: ['audio', 'text']. Supported combinations are: ['text'] and ['audio']."
        )
        .betaMessage(
            "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text']."
        ),
        Row(
            update(["type": "realtime", "temperature": 0.8]),
            beta: update(["temprature": 0.8]),
            "unknown_parameter",
            at: "session.temperature",
            beta: "session.temprature",
            "Unknown parameter: 'session.temperature'."
        ),
        Row(
            update(["instructions": "x"]),
            beta: update(["tools": [["name": "f"]]]),
            "missing_required_parameter",
            at: "session.type",
            beta: "session.tools[0].type",
            "Missing required parameter: 'session.type'."
        ),
        Row(
            [
                "type": "conversation.item.truncate", "item_id": "spoken", "content_index": 0, "audio_end_ms": -11,
            ],
            "integer_below_min_value",
            at: "audio_end_ms",
            "Invalid 'audio_end_ms': integer below minimum value. Expected a value >= 0, but got -11 instead."
        ),
        Row(
            update(["type": "realtime", "max_output_tokens": 9999]),
            beta: update(["max_response_output_tokens": 9999]),
            "integer_above_max_value",
            at: "session.max_output_tokens",
            beta: "session.max_response_output_tokens",
            "Invalid 'session.max_output_tokens': integer above maximum value. Expected a value <= 4096, "
                + "but got 9999 instead."
        ),
        Row(
            update(["type": "realtime", "audio": ["output": ["speed": 2.5]]]),
            beta: update(["speed": 2.5]),
            "decimal_above_max_value",
            at: "session.audio.output.speed",
            beta: "session.speed",
            "Invalid 'session.audio.output.speed': decimal above maximum value. Expected a value <= 1.5, "
                + "but got 2.5 instead."
        ),
        Row(
            update(["type": "realtime", "audio": ["output": ["speed": 0.1]]]),
            beta: update(["speed": 0.1]),
            "decimal_below_min_value",
            at: "session.audio.output.speed",
            beta: "session.speed",
            "Invalid 'session.audio.output.speed': decimal below minimum value. Expected a value >= 0.25, "
                + "but got 0.1 instead."
        ),
        Row(
            item(["type": "message", "id": .string(String(repeating: "i", count: 39))]),
            "string_above_max_length",
            at: "item.id",
            "Invalid 'item.id': string too long. Expected a string with maximum length 32, "
                + "but got a string with length 39 instead."
        ),
        Row(
            update(["type": "realtime", "instructions": 7]),
            beta: update(["instructions": 7]),
            "invalid_type",
            at: "session.instructions",
            "Invalid type for 'session.instructions': expected a string, but got an integer instead."
        ),
        Row(
            item([
                "type": "function_call", "name": "f", "arguments": "",
                "call_id": .string(String(repeating: "c", count: 33)),
            ]),
            "string_above_max_length",
            at: "item.call_id",
            "Invalid 'item.call_id': string too long. Expected a string with maximum length 32, "
                + "but got a string with length 33 instead."
        ),
        Row(
            item(["type": "function_call_output", "call_id": "a b", "output": ""]),
            "invalid_value",
            at: "item.call_id",
            "Invalid 'item.call_id': string does not match pattern. "
                + "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
        ),
        Row(
            update(["type": "realtime", "model": "other"]),
            beta: update(["model": "other"]),
            "invalid_value",
            at: "session.model",
            "Invalid 'session.model': the model of a session cannot be changed. This session uses 'gpt-realtime'; "
                + "open another connection for 'other'."
        ),
        Row(
            [
                "type": "response.create",
                "response": ["conversation": "none", "input": [["type": "item_reference", "id": "X"]]],
            ],
            "invalid_value",
            at: "response.input[0].id",
            "Invalid 'response.input[0].id': the item with id 'X' does not exist."
        ),
        Row(["event": "none"], "invalid_event", "The 'type' field is missing."),
        Row(
            update(["type": "transcription"]),
            beta: ["type": "transcription_session.update", "session": ["include": nil]],
            "invalid_parameter",
            "Passing a transcription session update event to a realtime session is not allowed."
        ),
        Row(
            ["type": "input_audio_buffer.commit"],
            "input_audio_buffer_commit_empty",
            "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                + "but buffer only has 0.00ms of audio."
        ),
        Row(
            ["type": "response.create"],
            "conversation_already_has_active_response",
            "Conversation already has an active response in progress: $r. "
                + "Wait until the response is finished before creating a new one."
        ),
        Row(
            ["type": "response.cancel", "response_id": "resp_other"],
            "invalid_value",
            at: "response_id",
            "Invalid 'response_id': this session has no response with id 'resp_other'."
        ),
        Row(
            ["type": "response.cancel", "response_id": "$ended"],
            "response_cancel_not_active",
            "Cancellation failed: no active response found"
        ),
        Row(
            update(["type": "realtime", "audio": ["output": ["voice": "verse"]]]),
            beta: update(["voice": "verse"]),
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present."
        ),
        Row(
            [
                "type": "conversation.item.create", "previous_item_id": "X",
                "item": ["type": "message", "role": "user", "content": []],
            ],
            "item_create_invalid_previous_item_id",
            "Error adding item: the previous item with id 'X' does not exist."
        ),
        Row(
            ["type": "conversation.item.retrieve", "item_id": "X"],
            "item_retrieve_invalid_item_id",
            "Error retrieving item: the item with id 'X' does not exist."
        ),
        Row(
            ["type": "conversation.item.delete", "item_id": "X"],
            "item_delete_invalid_item_id",
            "Error deleting item: the item with id 'X' does not exist."
        ),
        Row(
            ["type": "conversation.item.truncate", "item_id": "X", "content_index": 0, "audio_end_ms": 0],
            "item_truncate_invalid_item_id",
            "Error truncating item: the item with id 'X' does not exist."
        ),
        Row(
            ["type": "conversation.item.truncate", "item_id": "question", "content_index": 0, "audio_end_ms": 0],
            "invalid_value",
            at: "item_id",
            "Only assistant messages with audio can be truncated; 'question' is not one."
        ),
        Row(
            ["type": "conversation.item.truncate", "item_id": "history", "content_index": 0, "audio_end_ms": 0],
            "invalid_value",
            at: "content_index",
            "Only assistant audio can be truncated; content part 0 of 'history' is not audio."
        ),
        Row(
            ["type": "conversation.item.truncate", "item_id": "$spoken", "content_index": 1, "audio_end_ms": 0],
            "invalid_value",
            at: "content_index",
            "Only assistant audio can be truncated; content part 1 of '$spoken' is not audio."
        ),
        Row(
            ["type": "conversation.item.truncate", "item_id": "$spoken", "content_index": 0, "audio_end_ms": 501],
            "invalid_value",
            at: "audio_end_ms",
            "Audio content of 500ms is already shorter than 501ms"
        ),
        Row(
            item(["type": "function_call_output", "call_id": "call_X", "output": ""]),
            "invalid_tool_call_id",
            "Tool call ID 'call_X' not found in conversation."
        ),
        Row(
            item(["type": "message", "id": "question", "role": "user", "content": []]),
            "invalid_value",
            at: "item.id",
            "Invalid 'item.id': an item with id 'question' already exists."
        ),
    ]

    /// A session that has spoken and is speaking again.
    private static func harness(_ dialect: Dialect) throws -> (SessionHarness, ids: [String: String]) {
        var harness = SessionHarness.opened(dialect)
        let question: JSON = ["type": "input_text", "text": "?"]
        harness.client([
            "type": "conversation.item.create",
            "item": ["id": "question", "type": "message", "role": "user", "content": [question]],
        ])
        harness.client([
            "type": "conversation.item.create",
            "item": [
                "id": "history", "type": "message", "role": "assistant",
                "content": [["type": dialect == .ga ? "output_text" : "text", "text": "Hello."]],
            ],
        ])
        harness.client(["type": "response.create"])
        harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 500)))
        let spoken = harness.unread.last { $0["item_id"] != nil }?["item_id"]?.stringValue
        let ended = try #require(harness.lastRequest?.id)
        harness.respond(.finished(.completed, usage: nil))
        harness.client(["type": "response.create"])
        _ = harness.takeEvents()
        return (
            harness, ["$spoken": try #require(spoken), "$ended": ended, "$r": try #require(harness.lastRequest?.id)]
        )
    }

    @Test("have their code, place, words and the client's id", arguments: Dialect.allCases, rows)
    func row(dialect: Dialect, row: Row) throws {
        var (harness, ids) = try Self.harness(dialect)
        var event = try #require(row.client[dialect])
        for name in ["item_id", "response_id"] {
            if let id = event[name]?.stringValue.flatMap({ ids[$0] }) { event[name] = .string(id) }
        }
        event["event_id"] = "mine"
        harness.client(event)
        let message = ids.reduce(try #require(row.message[dialect])) { $0.replacing($1.key, with: $1.value) }
        let answers = harness.takeEvents()
        #expect(answers.count == 1)
        #expect(answers.first?["type"] == "error")
        #expect(
            answers.first?["error"] == [
                "type": "invalid_request_error", "code": JSON(row.code[dialect]), "message": .string(message),
                "param": JSON(row.param[dialect] ?? nil), "event_id": "mine",
            ]
        )
    }

    @Test("carry no id of the client if it gave none", arguments: Dialect.allCases)
    func withoutID(dialect: Dialect) {
        var harness = SessionHarness.opened(dialect)
        harness.client(["type": "response.cancel"])
        #expect(harness.takeEvent()?["error"]?["event_id"] == .null)
    }

    @Test("leave the session as it was", arguments: Dialect.allCases, rows)
    func unchanged(dialect: Dialect, row: Row) throws {
        var (harness, _) = try Self.harness(dialect)
        let before = harness.machine.session
        harness.client(try #require(row.client[dialect]))
        #expect(harness.machine.session == before)
        #expect(harness.close == nil)
    }

    /// Bytes that are waiting, and how the message writes their time.
    static let amounts: [(bytes: Int, format: AudioFormat, text: String)] = [
        (0, .pcm, "0.00"), (2, .pcm, "0.04"), (48, .pcm, "1.00"), (4_798, .pcm, "99.95"), (2_402, .pcm, "50.04"),
        (1, .pcmu, "0.12"), (799, .pcmu, "99.87"), (400, .pcma, "50.00"),
    ]

    @Test("say how much too little was committed", arguments: amounts)
    func commit(amount: (bytes: Int, format: AudioFormat, text: String)) {
        var session = Session.test()
        session.input.turnDetection = nil
        session.input.format = amount.format
        var harness = SessionHarness.opened(session: session)
        harness.append(.init(repeating: 0, count: amount.bytes))
        harness.client(["type": "input_audio_buffer.commit"])
        #expect(
            harness.takeEvent()?["error"]?["message"]
                == .string(
                    "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                        + "but buffer only has \(amount.text)ms of audio."
                )
        )
        // What is there stays, and is enough with what follows.
        harness.append(.init(repeating: 0, count: 100 * amount.format.bytesPerMillisecond))
        harness.client(["type": "input_audio_buffer.commit"])
        #expect(harness.takeEvent()?["type"] == "input_audio_buffer.committed")
    }
}

extension SessionErrorTests.Row {
    /// The same row with other words for beta clients.
    fileprivate func betaMessage(_ text: String) -> SessionErrorTests.Row {
        var row = self
        row.message[.beta] = text
        return row
    }

    /// The same row with another error for beta clients.
    fileprivate func beta(_ code: String, at param: String, _ text: String) -> SessionErrorTests.Row {
        var row = betaMessage(text)
        row.code[.beta] = code
        row.param[.beta] = .some(param)
        return row
    }
}
