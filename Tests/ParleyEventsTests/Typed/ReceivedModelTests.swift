// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

/// Models read what servers report, with whatever is new in it.
@Suite("Models that were received")
struct ReceivedModelTests {
    static func read<Model: JSONRepresentable>(_ text: String, as type: Model.Type = Model.self) throws -> Model {
        try Model(received: JSON(parsing: text), at: "x")
    }

    @Test("a session with nothing in it has the defaults")
    func emptySession() throws {
        let session: Session = try Self.read("{}")
        #expect(session.kind == .realtime)
        #expect(session.id == "")
        let plain = Session(id: "", model: "", expiresAt: 0)
        #expect(session.input == plain.input && session.output == plain.output)
        #expect(session.extra.isEmpty && session.unknown.isEmpty)
    }

    @Test("a transcription session is told by its object too")
    func transcriptionSession() throws {
        let session: Session = try Self.read(#"{"object":"realtime.transcription_session","id":"s"}"#)
        #expect(session.kind == .transcription)
        #expect(session.object["type"] == "transcription")
        #expect(try readsBack(session))
        let odd: Session = try Self.read(#"{"type":"transcription","truncation":"auto","model":"m"}"#)
        #expect(odd.object["truncation"] == "auto" && odd.object["model"] == "m")
        #expect(try readsBack(odd))
    }

    @Test("a session keeps detectors, choices and tools of new kinds")
    func newKinds() throws {
        let text =
            #"{"type":"realtime","id":"s","audio":{"input":{"turn_detection":{"type":"mind_reading","depth":3},"echo":true}},"tool_choice":{"type":"swarm"},"tools":[{"type":"oven","heat":9},{"type":"function","name":"f","strict":true}],"reasoning":{"effort":"huge"},"beat":null}"#
        let session: Session = try Self.read(text)
        #expect(session.input.turnDetection == nil)
        #expect(session.toolChoice == .auto)
        #expect(
            session.tools == [
                .other(["type": "oven", "heat": 9]), .function(name: "f", description: nil, parameters: nil),
            ]
        )
        #expect(session.extra == ["reasoning": ["effort": "huge"]])
        let again = session.object
        for (name, value) in try object(text).members where name != "audio" { #expect(again[name] == value, "\(name)") }
        #expect(again["audio"]?["input"]?["turn_detection"] == ["type": "mind_reading", "depth": 3])
        #expect(again["audio"]?["input"]?["echo"] == true)
        #expect(try readsBack(session))

        var changed = session
        changed.toolChoice = .none
        changed.input.turnDetection = TurnDetection(kind: .semantic)
        #expect(changed.object["tool_choice"] == "none")
        #expect(changed.object["audio"]?["input"]?["turn_detection"]?["type"] == "semantic_vad")
    }

    @Test("detection that is off is told from detection that is not told")
    func turnDetection() throws {
        let off: Session = try Self.read(#"{"audio":{"input":{"turn_detection":null}}}"#)
        #expect(off.input.turnDetection == nil)
        let untold: Session = try Self.read(#"{"audio":{"input":{}}}"#)
        #expect(untold.input.turnDetection == TurnDetection())
        let eager: TurnDetection = try Self.read(
            #"{"type":"semantic_vad","eagerness":"extreme","create_response":false}"#
        )
        #expect(eager.eagerness == TurnDetection.Eagerness(rawValue: "extreme"))
        #expect(!eager.createResponse && eager.interruptResponse)
        #expect(try readsBack(eager))
        let slow: TurnDetection = try Self.read(
            #"{"type":"server_vad","threshold":0.25,"prefix_padding_ms":1,"silence_duration_ms":99999,"idle_timeout_ms":1}"#
        )
        #expect(slow.silenceDurationMS == 99_999 && slow.idleTimeoutMS == 1 && slow.threshold == 0.25)
    }

    @Test("transcription keeps what is new")
    func transcription() throws {
        let transcription: InputTranscription = try Self.read(#"{"model":"m","accent":"soft","delay":"low"}"#)
        #expect(transcription.extra == ["accent": "soft", "delay": "low"])
        #expect(transcription.json["accent"] == "soft")
    }

    static let contents: [(String, ContentPart)] = [
        (#"{"type":"input_text","text":"a"}"#, .inputText("a")),
        (#"{"type":"output_text","text":"a"}"#, .outputText("a")),
        (#"{"type":"text","text":"a"}"#, .outputText("a")),
        (#"{"type":"audio","transcript":"a"}"#, .outputAudio(audio: nil, transcript: "a")),
        (#"{"type":"output_audio","audio":"AAE="}"#, .outputAudio(audio: ByteBuffer(bytes: [0, 1]), transcript: nil)),
        (#"{"type":"input_audio","audio":null,"transcript":null}"#, .inputAudio(audio: nil, transcript: nil)),
        (#"{"type":"input_image","image_url":"u","detail":"vast"}"#, .inputImage(url: "u", detail: "vast")),
    ]

    @Test("parts are read by their GA and beta names", arguments: contents)
    func content(text: String, part: ContentPart) throws {
        #expect(try Self.read(text) == part)
        #expect(try readsBack(part))
    }

    @Test(
        "a message with something new in it is kept whole",
        arguments: [
            #"{"id":"i","object":"realtime.item","type":"message","role":"oracle","content":[]}"#,
            #"{"id":"i","object":"realtime.item","type":"message","status":"completed","role":"user","content":[{"type":"scent","name":"rose"}]}"#,
            #"{"id":"i","object":"realtime.item","type":"hologram","status":"incomplete","n":1}"#,
        ]
    )
    func newItems(text: String) throws {
        let item: Item = try Self.read(text)
        guard case .other(let type, _) = item.kind else {
            Issue.record("\(item.kind)")
            return
        }
        #expect(JSON.string(type) == (try object(text))["type"])
        #expect(item.object() == (try object(text)))
        #expect(try readsBack(item))
        #expect(item.mcp == nil)
    }

    @Test("audio in items is kept where there is some")
    func audioItem() throws {
        let text =
            #"{"id":"i","object":"realtime.item","type":"message","status":"completed","role":"assistant","content":[{"type":"output_audio","transcript":"a","audio":"AAE=","level":1},{"type":"output_audio","transcript":null}]}"#
        let item: Item = try Self.read(text)
        #expect(
            item.jsonForm.text
                == #"{"id":"i","object":"realtime.item","type":"message","status":"completed","role":"assistant","content":[{"type":"output_audio","transcript":"a","audio":"AAE=","level":1},{"type":"output_audio","transcript":null}]}"#
        )
        #expect(item.object()["content"]?.arrayValue?.first?["audio"] == nil)
    }

    @Test("empty audio is no audio, and stays where it was")
    func emptyAudio() throws {
        let item: Item = try Self.read(
            #"{"type":"message","role":"user","content":[{"type":"input_audio","audio":"","transcript":"a"}]}"#
        )
        #expect(item.kind == .message(role: .user, content: [.inputAudio(audio: nil, transcript: "a")]))
        #expect(item.unknown.isEmpty)
        let retrieved = ServerEvent.itemRetrieved(item)
        #expect(retrieved.object(eventID: nil)["item"]?["content"]?.arrayValue?.first?["audio"] == "")
        #expect(try readsBack(retrieved))
    }

    static let statuses: [(String, Response.Status)] = [
        (#""status":"in_progress""#, .inProgress),
        (#""id":"r""#, .inProgress),
        (#""status":"completed","status_details":null"#, .completed),
        (
            #""status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"}"#,
            .cancelled(reason: "turn_detected")
        ),
        (
            #""status":"incomplete","status_details":{"type":"incomplete","reason":"content_filter"}"#,
            .incomplete(reason: "content_filter")
        ),
        (
            #""status":"failed","status_details":{"type":"failed","error":{"type":"t","code":"c","message":"m"}}"#,
            .failed(type: "t", code: "c", message: "m")
        ),
        (#""status":"failed""#, .failed(type: "", code: nil, message: "")),
        (#""status":"melted","status_details":{"at":4}"#, .other(name: "melted", details: ["at": 4])),
        (#""status":"completed","status_details":{"note":"x"}"#, .other(name: "completed", details: ["note": "x"])),
    ]

    @Test("every status of a response is read", arguments: statuses)
    func status(members: String, status: Response.Status) throws {
        let response: Response = try Self.read("{\(members)}")
        #expect(response.status == status)
        #expect(try readsBack(response))
    }

    @Test("usage is read in all its details")
    func usage() throws {
        let text =
            #"{"total_tokens":60,"input_tokens":30,"output_tokens":30,"input_token_details":{"text_tokens":5,"audio_tokens":15,"image_tokens":10,"cached_tokens":9,"cached_tokens_details":{"text_tokens":2,"audio_tokens":4,"image_tokens":3}},"output_token_details":{"text_tokens":10,"audio_tokens":20}}"#
        let usage: Usage = try Self.read(text)
        #expect(usage.json == (try JSON(parsing: text)))
        #expect(usage.cached == 9 && usage.inputImage == 10)
        let plain: Usage = try Self.read(#"{"input_tokens":3,"output_tokens":4,"total_tokens":7}"#)
        #expect(plain.inputText == 3 && plain.outputText == 4)
        #expect(plain.json["total_tokens"] == 7)
    }

    @Test("limits of any size are read")
    func limits() throws {
        #expect(try Self.read("100000") == TokenLimit.tokens(100_000))
        #expect(try Self.read(#""inf""#) == TokenLimit.infinite)
        #expect(throws: RealtimeError.self) { try Self.read("null", as: TokenLimit.self) }
    }

    static let tools: [Tool] = [
        .function(name: "f", description: "d", parameters: ["type": "object"]),
        .mcp(["type": "mcp", "server_label": "s", "server_url": "u"]),
        .other(["type": "function"]),
        .other(["type": "computer", "size": 3]),
    ]

    @Test("tools read back", arguments: tools)
    func tool(tool: Tool) throws {
        #expect(try readsBack(tool))
    }

    static let choices: [ToolChoice] = [
        .auto, .none, .required, .function(name: "f"), .mcp(serverLabel: "s", name: "n"),
        .mcp(serverLabel: "s", name: nil),
    ]

    @Test("choices read back", arguments: choices)
    func choice(choice: ToolChoice) throws {
        #expect(try readsBack(choice))
    }

    static let remoteItems: [MCPItem] = [
        .listTools(serverLabel: "s", tools: []),
        .listTools(
            serverLabel: "s",
            tools: [.init(name: "t", description: "d", inputSchema: ["type": "object"], annotations: .null)]
        ),
        .call(.init(serverLabel: "s", name: "t", arguments: "{}")),
        .call(.init(serverLabel: "s", name: "t", arguments: "{}", approvalRequestID: "a", output: "o")),
        .call(
            .init(
                serverLabel: "s",
                name: "t",
                arguments: "{}",
                error: .init(type: "http_error", code: 502, message: "m")
            )
        ),
        .call(
            .init(serverLabel: "s", name: "t", arguments: "", error: .init(type: "tool_execution_error", message: ""))
        ),
        .approvalRequest(serverLabel: "s", name: "t", arguments: "{}"),
        .approvalResponse(requestID: "r", approve: true, reason: nil),
        .approvalResponse(requestID: "r", approve: false, reason: "no"),
    ]

    @Test("items of MCP servers have a typed view", arguments: remoteItems)
    func remote(item: MCPItem) throws {
        let read: Item = try Self.read(Item(id: "i", kind: item.kind).object().text)
        #expect(read.mcp == item)
    }

    @Test("an item of an MCP server that lacks something has no typed view, and is kept")
    func remoteIncomplete() throws {
        let item: Item = try Self.read(#"{"type":"mcp_call","name":"t"}"#)
        #expect(item.mcp == nil)
        #expect(item.kind == .other(type: "mcp_call", ["name": "t"]))
    }

    @Test("all MCP items of the sequences have a typed view")
    func remoteSequence() throws {
        var count = 0
        for step in try Fixtures.sequence(.ga, "22_mcp.jsonl") {
            guard let value = step.event["item"], value["type"]?.stringValue?.hasPrefix("mcp_") == true else {
                continue
            }
            #expect(try Item(received: value, at: "item").mcp != nil, "\(value.text)")
            count += 1
        }
        #expect(count > 5)
    }

    static let usages: [TranscriptionUsage] = [
        .duration(seconds: 1.5), .tokens(input: 1, output: 2, total: 3, inputDetails: nil),
        .tokens(input: 1, output: 2, total: 3, inputDetails: ["audio_tokens": 1]),
        .other(["type": "credits", "n": 1]), .other([:]),
    ]

    @Test("transcription usage reads back", arguments: usages)
    func transcriptionUsage(usage: TranscriptionUsage) throws {
        #expect(try readsBack(usage))
    }
}
