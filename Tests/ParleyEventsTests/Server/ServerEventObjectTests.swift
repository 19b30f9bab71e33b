// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyTestSupport
import Testing

@Suite("Server events")
struct ServerEventObjectTests {
    static let address = ServerEvent.PartAddress(
        responseID: "resp_1",
        itemID: "item_2",
        outputIndex: 3,
        contentIndex: 4
    )
    static let message = Item(
        id: "item_2",
        kind: .message(role: .assistant, content: [.outputAudio(audio: nil, transcript: "Hi.")])
    )
    static let call = Item(
        id: "item_3",
        status: .inProgress,
        kind: .functionCall(name: "f", callID: "call_1", arguments: "")
    )
    static let question = Item(
        id: "item_1",
        kind: .message(role: .user, content: [.inputAudio(audio: ByteBuffer(bytes: [1, 2]), transcript: nil)])
    )
    static let session = Session(id: "sess_1", model: "gpt-realtime", expiresAt: 1_790_003_600)
    static let transcriptionSession = Session(kind: .transcription, id: "sess_1", model: "", expiresAt: 9)

    static func response(_ status: Response.Status) -> Response {
        var response = Response(
            id: "resp_1",
            conversationID: status == .inProgress ? nil : "conv_1",
            outputModality: .audio,
            voice: "alloy",
            format: .pcmu,
            maxOutputTokens: .tokens(100),
            metadata: ["k": "v"]
        )
        response.status = status
        if status != .inProgress {
            response.output = [message]
            response.usage = Usage()
        }
        return response
    }

    /// One event of each kind, and its body.
    static let events: [(ServerEvent, JSONObject)] =
        [
            (
                .error(RealtimeError(code: "c", message: "m", param: "p", eventID: "e")),
                [
                    "error": [
                        "type": "invalid_request_error", "code": "c", "message": "m", "param": "p", "event_id": "e",
                    ]
                ]
            ),
            (.sessionCreated(session), ["session": .object(session.object)]),
            (.sessionCreated(transcriptionSession), ["session": .object(transcriptionSession.object)]),
            (.sessionUpdated(session), ["session": .object(session.object)]),
            (
                .itemAdded(call, previousItemID: "item_2"),
                ["previous_item_id": "item_2", "item": .object(call.object())]
            ),
            (.itemDone(message, previousItemID: nil), ["previous_item_id": nil, "item": .object(message.object())]),
            (.itemRetrieved(question), ["item": .object(question.object(includingAudio: true))]),
            (
                .itemTruncated(itemID: "item_2", contentIndex: 0, audioEndMS: 640),
                ["item_id": "item_2", "content_index": 0, "audio_end_ms": 640]
            ),
            (.itemDeleted(itemID: "item_2"), ["item_id": "item_2"]),
            (
                .inputTranscriptionDelta(itemID: "item_1", delta: "Hi"),
                ["item_id": "item_1", "content_index": 0, "delta": "Hi"]
            ),
            (
                .inputTranscriptionCompleted(itemID: "item_1", transcript: "Hi.", seconds: 1.25),
                [
                    "item_id": "item_1", "content_index": 0, "transcript": "Hi.",
                    "usage": ["type": "duration", "seconds": 1.25],
                ]
            ),
            (
                .inputTranscriptionFailed(itemID: "item_1", RealtimeError(type: "t", code: nil, message: "m")),
                [
                    "item_id": "item_1", "content_index": 0,
                    "error": ["type": "t", "code": nil, "message": "m", "param": nil],
                ]
            ),
            (
                .inputAudioBufferCommitted(itemID: "item_1", previousItemID: nil),
                ["previous_item_id": nil, "item_id": "item_1"]
            ),
            (.inputAudioBufferCleared, [:]),
            (.speechStarted(itemID: "item_1", audioStartMS: 340), ["audio_start_ms": 340, "item_id": "item_1"]),
            (.speechStopped(itemID: "item_1", audioEndMS: 1560), ["audio_end_ms": 1560, "item_id": "item_1"]),
            (
                .inputTimeoutTriggered(itemID: "item_1", audioStartMS: 1, audioEndMS: 2),
                ["audio_start_ms": 1, "audio_end_ms": 2, "item_id": "item_1"]
            ),
            (.responseCreated(response(.inProgress)), ["response": .object(response(.inProgress).object)]),
            (
                .outputItemAdded(responseID: "resp_1", outputIndex: 1, call),
                ["response_id": "resp_1", "output_index": 1, "item": .object(call.object())]
            ),
            (
                .outputItemDone(responseID: "resp_1", outputIndex: 0, message),
                ["response_id": "resp_1", "output_index": 0, "item": .object(message.object())]
            ),
            (.contentPartAdded(address, .text("")), at(["part": ["type": "text", "text": ""]])),
            (
                .contentPartDone(address, .audio(transcript: "Hi.")),
                at(["part": ["type": "audio", "transcript": "Hi."]])
            ),
            (.textDelta(address, "a"), at(["delta": "a"])),
            (.textDone(address, "ab"), at(["text": "ab"])),
            (.audioDelta(address, ByteBuffer(bytes: [0xFF, 0xEF])), at(["delta": "/+8="])),
            (.audioDone(address), at([:])),
            (.transcriptDelta(address, "a"), at(["delta": "a"])),
            (.transcriptDone(address, "ab"), at(["transcript": "ab"])),
            (
                .argumentsDelta(responseID: "resp_1", itemID: "item_3", outputIndex: 1, callID: "call_1", "{"),
                [
                    "response_id": "resp_1", "item_id": "item_3", "output_index": 1, "call_id": "call_1", "delta": "{",
                ]
            ),
            (
                .argumentsDone(
                    responseID: "resp_1",
                    itemID: "item_3",
                    outputIndex: 1,
                    callID: "call_1",
                    name: "f",
                    arguments: "{}"
                ),
                [
                    "response_id": "resp_1", "item_id": "item_3", "output_index": 1, "call_id": "call_1", "name": "f",
                    "arguments": "{}",
                ]
            ),
        ] + statuses.map { (.responseDone(response($0)), ["response": .object(response($0).object)]) }

    static let statuses: [Response.Status] = [
        .completed, .cancelled(reason: "turn_detected"), .incomplete(reason: "max_output_tokens"),
        .failed(type: "server_error", code: nil, message: "m"),
    ]

    /// Members at the address.
    private static func at(_ members: JSONObject) -> JSONObject {
        JSONObject(
            [("response_id", "resp_1"), ("item_id", "item_2"), ("output_index", 3), ("content_index", 4)]
                + members.members.map { ($0.name, $0.value) }
        )
    }

    @Test("have the members of the reference")
    func bodies() {
        for (event, body) in Self.events {
            let expected = JSONObject(
                [("type", .string(event.type)), ("event_id", "event_1")] + body.members.map { ($0.name, $0.value) }
            )
            #expect(event.object(eventID: "event_1") == expected)
        }
    }

    @Test("are as the schemas say, in both dialects", arguments: Dialect.allCases)
    func schemas(dialect: Dialect) throws {
        let schema = try #require(EventSamples.serverSchemas.get()[dialect])
        var edge = ServerEdge(dialect: dialect)
        var types: Set<String> = []
        for (event, _) in Self.events {
            for object in try edge.objects(event) {
                #expect(schema.problems(object).isEmpty, "\(object.text)")
                types.insert(object["type"]?.stringValue ?? "")
            }
        }
        // Nothing that this server does makes it send these.
        let unsent: Set = [
            "conversation.created", "conversation.item.created", "rate_limits.updated",
            "output_audio_buffer.started", "output_audio_buffer.stopped", "output_audio_buffer.cleared",
            "input_audio_buffer.dtmf_event_received", "transcription_session.updated",
            "conversation.item.input_audio_transcription.segment", "mcp_list_tools.in_progress",
            "mcp_list_tools.completed", "mcp_list_tools.failed", "response.mcp_call_arguments.delta",
            "response.mcp_call_arguments.done", "response.mcp_call.in_progress", "response.mcp_call.completed",
            "response.mcp_call.failed",
        ]
        #expect(Set(schema.types).subtracting(types).subtracting(unsent) == [])
    }

    @Test("show at least the members that the samples show", arguments: Dialect.allCases)
    func sampleMembers(dialect: Dialect) throws {
        var edge = ServerEdge(dialect: dialect)
        var shown: [String: Set<String>] = [:]
        for (event, _) in Self.events {
            for object in try edge.objects(event) {
                shown[object["type"]?.stringValue ?? "", default: []].formUnion(object.names)
            }
        }
        let optional: Set = ["obfuscation", "logprobs", "languages"]
        var compared = 0
        for sample in try EventSamples.server(dialect) {
            guard let members = shown[sample.event["type"]?.stringValue ?? ""] else { continue }
            #expect(Set(sample.event.names).subtracting(members).subtracting(optional) == [], "\(sample.name)")
            compared += 1
        }
        #expect(compared > 20)
    }

    @Test("of the samples are as the schemas say", arguments: Dialect.allCases)
    func samplesAreValid(dialect: Dialect) throws {
        let schema = try #require(EventSamples.serverSchemas.get()[dialect])
        for sample in try EventSamples.server(dialect) {
            #expect(schema.problems(sample.event).isEmpty, "\(sample.name)")
        }
    }
}

extension ServerEdge {
    /// The messages that an event becomes.
    mutating func objects(_ event: ServerEvent, eventID: EventID = "event_1") throws -> [JSONObject] {
        var texts: [ByteBuffer] = []
        send(event, eventID: eventID) { write in
            var buffer = ByteBuffer()
            write(&buffer)
            texts.append(buffer)
        }
        return try texts.map { text in
            guard let object = try JSON(parsing: text).objectValue else { throw NotAnObject() }
            return object
        }
    }
}
