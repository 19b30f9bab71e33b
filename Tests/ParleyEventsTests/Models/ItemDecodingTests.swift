// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("Items of a client")
struct ItemDecodingTests {
    private static func item(_ text: String, _ format: AudioFormat = .pcm) throws -> Item {
        try Item(JSON(parsing: text), at: "item", inputFormat: format)
    }

    // MARK: Roles and content types

    /// One pair of a role and a content type.
    struct Pair: Sendable, CustomTestStringConvertible {
        let role: Item.Role
        let type: String

        var testDescription: String { "\(role.rawValue) with \(type)" }

        /// The only pairs that clients may send (protocol reference, section 4.9).
        var isAllowed: Bool {
            switch role {
            case .system: type == "input_text"
            case .user: ["input_text", "input_audio", "input_image"].contains(type)
            case .assistant: type == "output_text"
            }
        }

        var supported: String {
            switch role {
            case .system: "Value must be 'input_text'."
            case .user: "Supported values are: 'input_text', 'input_audio', and 'input_image'."
            case .assistant: "Value must be 'output_text'."
            }
        }
    }

    static let pairs: [Pair] = Item.Role.allCases.flatMap { role in
        ["input_text", "input_audio", "input_image", "output_text", "text", "audio", "item_reference"]
            .map { Pair(role: role, type: $0) }
    }

    @Test("may hold what their role says, and nothing else", arguments: pairs)
    func roleAndType(pair: Pair) throws {
        let item: JSON = [
            "type": "message", "role": .string(pair.role.rawValue),
            "content": [
                ["type": .string(pair.type), "text": "t", "audio": "AAA=", "image_url": "data:image/png;base64,AA=="]
            ],
        ]
        if pair.isAllowed {
            let read = try Item(item, at: "item", inputFormat: .pcm)
            guard case .message(let role, let content) = read.kind else {
                Issue.record("not a message: \(read)")
                return
            }
            #expect(role == pair.role)
            #expect(content.count == 1)
            #expect(content[0].json(includingAudio: false)["type"] == .string(pair.type))
        } else {
            #expect(
                throws: RealtimeError(
                    code: "invalid_value",
                    message: "Invalid value: '\(pair.type)'. \(pair.supported)",
                    param: "item.content[0].type"
                )
            ) {
                try Item(item, at: "item", inputFormat: .pcm)
            }
        }
    }

    @Test("cannot be something that the assistant says: it lacks the text")
    func assistantAudio() {
        #expect(throws: RealtimeError.missing("item.content[0].text")) {
            try Self.item(
                #"{"type":"message","role":"assistant","content":[{"type":"output_audio","audio":"AAAA"}]}"#
            )
        }
    }

    // MARK: What is wrong

    static let long = String(repeating: "x", count: 33)

    static let wrong: [Refusal] = [
        .type("[]", "item", "an object", got: "an array"),
        .missing("{}", "item.type"),
        .value(
            #"{"type":"item_reference","id":"i"}"#,
            "item.type",
            "Invalid value: 'item_reference'. Supported values are: 'message', 'function_call', "
                + "'function_call_output', 'mcp_list_tools', 'mcp_call', 'mcp_approval_request', "
                + "and 'mcp_approval_response'."
        ),
        .type(#"{"id":7,"type":"message"}"#, "item.id", "a string", got: "an integer"),
        .tooLong(#"{"id":"\#(long)","type":"message"}"#, "item.id", 32, got: 33),
        .value(
            #"{"type":"message","status":"done"}"#,
            "item.status",
            "Invalid value: 'done'. Supported values are: 'in_progress', 'completed', and 'incomplete'."
        ),
        .missing(#"{"type":"message","content":[]}"#, "item.role"),
        .value(
            #"{"type":"message","role":"tool","content":[]}"#,
            "item.role",
            "Invalid value: 'tool'. Supported values are: 'system', 'user', and 'assistant'."
        ),
        .missing(#"{"type":"message","role":"user"}"#, "item.content"),
        .type(#"{"type":"message","role":"user","content":"Hi"}"#, "item.content", "an array", got: "a string"),
        .type(#"{"type":"message","role":"user","content":["Hi"]}"#, "item.content[0]", "an object", got: "a string"),
        .missing(#"{"type":"message","role":"user","content":[{"text":"Hi"}]}"#, "item.content[0].type"),
        .missing(
            #"{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_text"}]}"#,
            "item.content[1].text"
        ),
        .missing(#"{"type":"message","role":"user","content":[{"type":"input_audio"}]}"#, "item.content[0].audio"),
        .value(
            #"{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AAA"}]}"#,
            "item.content[0].audio",
            "Invalid 'item.content[0].audio'. Expected base64-encoded audio bytes (mono PCM16 at 24kHz) "
                + "but got an invalid value."
        ),
        .type(
            #"{"type":"message","role":"user","content":[{"type":"input_audio","audio":"","transcript":1}]}"#,
            "item.content[0].transcript",
            "a string",
            got: "an integer"
        ),
        .missing(#"{"type":"message","role":"user","content":[{"type":"input_image"}]}"#, "item.content[0].image_url"),
        .value(
            #"{"type":"message","role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AAAA","#
                + #""detail":"best"}]}"#,
            "item.content[0].detail",
            "Invalid value: 'best'. Supported values are: 'auto', 'low', and 'high'."
        ),
        .value(
            #"{"type":"message","role":"user","content":[{"type":"input_image","image_url":"https://example.com/a.png"}]}"#,
            "item.content[0].image_url",
            "Invalid 'item.content[0].image_url'. Expected a data URI with a PNG or JPEG image in base64 "
                + "('data:image/png;base64,…')."
        ),
        .missing(#"{"type":"function_call","arguments":"{}"}"#, "item.name"),
        .missing(#"{"type":"function_call","name":"f"}"#, "item.arguments"),
        .tooLong(
            #"{"type":"function_call","name":"f","arguments":"","call_id":"\#(long)"}"#,
            "item.call_id",
            32,
            got: 33
        ),
        .missing(#"{"type":"function_call_output","output":""}"#, "item.call_id"),
        .missing(#"{"type":"function_call_output","call_id":"c"}"#, "item.output"),
        .type(
            #"{"type":"function_call_output","call_id":"c","output":{}}"#,
            "item.output",
            "a string",
            got: "an object"
        ),
        .missing(#"{"type":"mcp_approval_response","approve":true}"#, "item.approval_request_id"),
        .missing(#"{"type":"mcp_approval_response","approval_request_id":"r"}"#, "item.approve"),
        .type(
            #"{"type":"mcp_approval_response","approval_request_id":"r","approve":"yes"}"#,
            "item.approve",
            "a boolean",
            got: "a string"
        ),
        .missing(#"{"type":"mcp_list_tools","server_label":"s"}"#, "item.tools"),
        .missing(#"{"type":"mcp_call","server_label":"s","name":"n"}"#, "item.arguments"),
        .missing(#"{"type":"mcp_approval_request","name":"n","arguments":""}"#, "item.server_label"),
    ]

    @Test("are refused by the name of what is wrong", arguments: wrong)
    func refused(refusal: Refusal) {
        #expect(throws: refusal.error) { try Self.item(refusal.input) }
    }

    static let badCallIDs = ["", "call 1", "call.1", "çall", "call/1", "😀"]
    static let goodCallIDs = ["c", "call_A-9", String(repeating: "Z", count: 32)]

    @Test("have call ids of letters, digits, _ and -", arguments: badCallIDs)
    func badCallID(callID: String) {
        #expect(
            throws: RealtimeError(
                code: "invalid_value",
                message: "Invalid 'item.call_id': string does not match pattern. "
                    + "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
                param: "item.call_id"
            )
        ) {
            try Self.item(#"{"type":"function_call_output","output":"","call_id":"\#(callID)"}"#)
        }
        #expect(!Item.isValidCallID(callID))
    }

    @Test("keep the call ids that they have", arguments: goodCallIDs)
    func goodCallID(callID: String) throws {
        let item = try Self.item(#"{"type":"function_call","name":"f","arguments":"a","call_id":"\#(callID)"}"#)
        #expect(item.kind == .functionCall(name: "f", callID: callID, arguments: "a"))
        #expect(Item.isValidCallID(callID))
    }

    // MARK: What is right

    @Test("may have 32 characters in their id, none at all, or an empty one, which is none")
    func ids() throws {
        let message = #""type":"message","role":"user","content":[]"#
        #expect(try Self.item("{\(message)}").id == nil)
        #expect(try Self.item(#"{"id":"",\#(message)}"#).id == nil)
        #expect(try Self.item(#"{"id":null,\#(message)}"#).id == nil)
        let longest = String(repeating: "é", count: 32)
        #expect(try Self.item(#"{"id":"\#(longest)",\#(message)}"#).id == longest)
    }

    @Test("are whole unless they say otherwise, and may hold what nobody knows")
    func status() throws {
        let message = #""type":"message","role":"user","content":[]"#
        #expect(try Self.item(#"{\#(message),"object":"realtime.item","mood":"good"}"#).status == .completed)
        #expect(try Self.item(#"{\#(message),"status":"incomplete"}"#).status == .incomplete)
    }

    @Test("hold recordings of whole samples", arguments: AudioFormat.allCases)
    func recordings(format: AudioFormat) throws {
        let item = #"{"type":"message","role":"user","content":[{"type":"input_audio","audio":"AQ=="}]}"#
        if format == .pcm {
            #expect(throws: RealtimeError.self) { try Self.item(item, format) }
        } else {
            #expect(
                try Self.item(item, format).kind
                    == .message(role: .user, content: [.inputAudio(audio: ByteBuffer(bytes: [1]), transcript: nil)])
            )
        }
    }

    @Test("of remote tool servers keep their members")
    func others() throws {
        let members = try object(#"{"approval_request_id":"r","approve":true,"n":1.50}"#)
        let text = #"{"id":"i","object":"realtime.item","type":"mcp_approval_response",\#(members.text.dropFirst())"#
        #expect(try Self.item(text) == Item(id: "i", kind: .other(type: "mcp_approval_response", members)))
    }
}

@Suite("Items as they are shown")
struct ItemObjectTests {
    static let audio = ByteBuffer(bytes: [1, 0, 2, 0])

    @Test("leave out audio, and include it where it is asked for")
    func audio() {
        let item = Item(
            id: "i",
            kind: .message(
                role: .assistant,
                content: [
                    .outputAudio(audio: Self.audio, transcript: "Hi."), .outputText("x"),
                    .inputAudio(audio: nil, transcript: nil),
                ]
            )
        )
        let shown: JSONObject = [
            "id": "i", "object": "realtime.item", "type": "message", "status": "completed", "role": "assistant",
            "content": [
                ["type": "output_audio", "transcript": "Hi."], ["type": "output_text", "text": "x"],
                ["type": "input_audio", "transcript": nil],
            ],
        ]
        #expect(item.object() == shown)
        var withAudio = shown
        withAudio["content"] = [
            ["type": "output_audio", "transcript": "Hi.", "audio": "AQACAA=="], ["type": "output_text", "text": "x"],
            ["type": "input_audio", "transcript": nil, "audio": ""],
        ]
        #expect(item.object(includingAudio: true) == withAudio)
    }

    @Test(
        "take pictures as data URIs of PNG and JPEG files",
        arguments: [
            ("data:image/png;base64,AAEC", "image/png"), ("data:image/jpeg;base64,AAEC", "image/jpeg"),
            ("data:image/gif;base64,AAEC", nil), ("data:image/png,AAEC", nil), ("data:image/png;base64,", nil),
            ("data:image/png;base64,?", nil), ("", nil), ("data:image/pngé;base64,AAEC", nil),
        ] as [(String, String?)]
    )
    func pictures(uri: String, mediaType: String?) {
        let picture = Picture(dataURI: uri)
        #expect(picture?.mediaType == mediaType)
        #expect(picture.map { Array($0.bytes.readableBytesView) } == mediaType.map { _ in [0, 1, 2] })
    }

    @Test("name their object and state")
    func kinds() {
        #expect(
            Item(id: "i", status: .inProgress, kind: .functionCall(name: "f", callID: "c", arguments: "")).object() == [
                "id": "i", "object": "realtime.item", "type": "function_call", "status": "in_progress", "name": "f",
                "call_id": "c", "arguments": "",
            ]
        )
        #expect(
            Item(id: "i", kind: .functionCallOutput(callID: "c", output: "o")).object() == [
                "id": "i", "object": "realtime.item", "type": "function_call_output", "status": "completed",
                "call_id": "c", "output": "o",
            ]
        )
        #expect(
            Item(id: "i", kind: .message(role: .user, content: [.inputImage(url: "u", detail: "low")])).object()[
                "content"
            ]
                == [["type": "input_image", "image_url": "u", "detail": "low"]]
        )
        #expect(
            Item(id: "i", kind: .other(type: "mcp_call", ["name": "n"])).object() == [
                "id": "i", "object": "realtime.item", "type": "mcp_call", "name": "n",
            ]
        )
    }
}
