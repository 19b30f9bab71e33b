// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Section 7 of the translation table.
@Suite("Server events")
struct ServerEventTests {
    /// Events that are the same in both dialects.
    static let shared = [
        "conversation.item.truncated", "conversation.item.deleted",
        "conversation.item.input_audio_transcription.failed", "input_audio_buffer.committed",
        "input_audio_buffer.cleared", "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
        "rate_limits.updated", "output_audio_buffer.started", "output_audio_buffer.stopped",
        "output_audio_buffer.cleared", "response.content_part.added", "response.content_part.done",
    ]

    @Test("pass in both directions, with members nobody knows", arguments: shared)
    func sharedEvents(type: String) {
        let event: JSONObject = ["type": .string(type), "event_id": "event_1", "item_id": "item_1", "colour": "red"]
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(event) == [event])
        }
    }

    /// GA events that a beta client is not told of.
    static let gaOnly = [
        "conversation.item.done", "conversation.item.input_audio_transcription.segment",
        "input_audio_buffer.timeout_triggered", "input_audio_buffer.dtmf_event_received", "mcp_list_tools.in_progress",
        "mcp_list_tools.completed", "mcp_list_tools.failed", "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done", "response.mcp_call.in_progress", "response.mcp_call.completed",
        "response.mcp_call.failed", "response.something_new",
    ]

    @Test("what beta does not have is not told to a beta client", arguments: gaOnly)
    func dropsForBeta(type: String) {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.serverEvent(["type": .string(type), "item_id": "item_1"]).isEmpty)
    }

    @Test("what nobody knows is told to a GA client, with or without a type")
    func forwardsUnknownToGA() {
        for event: JSONObject in [["type": "response.something_new", "a": 1], ["a": 1], ["type": 5], [:]] {
            var toGA = DialectTranslator(client: .ga, server: .beta)
            #expect(toGA.serverEvent(event) == [event])
        }
        for event: JSONObject in [["a": 1], ["type": 5], [:]] {
            var toBeta = DialectTranslator(client: .beta, server: .ga)
            #expect(toBeta.serverEvent(event).isEmpty)
        }
    }

    @Test("a conversation is announced to beta clients only")
    func conversationCreated() {
        let event: JSONObject = ["type": "conversation.created", "conversation": ["id": "conv_1"]]
        var toBeta = DialectTranslator(client: .beta, server: .ga)
        #expect(toBeta.serverEvent(event) == [event])
        var toGA = DialectTranslator(client: .ga, server: .beta)
        #expect(toGA.serverEvent(event).isEmpty)
    }

    static let gaMembers: [(ga: String, beta: String)] = [
        (
            #"{"type":"response.output_text.delta","delta":"a","obfuscation":"x"}"#,
            #"{"type":"response.text.delta","delta":"a"}"#
        ),
        (
            #"{"type":"response.output_audio_transcript.delta","delta":"a","obfuscation":"x"}"#,
            #"{"type":"response.audio_transcript.delta","delta":"a"}"#
        ),
        (
            #"{"type":"response.function_call_arguments.delta","delta":"a","obfuscation":"x"}"#,
            #"{"type":"response.function_call_arguments.delta","delta":"a"}"#
        ),
        (
            #"{"type":"response.function_call_arguments.done","name":"f","arguments":"{}"}"#,
            #"{"type":"response.function_call_arguments.done","arguments":"{}"}"#
        ),
        (
            #"{"type":"conversation.item.input_audio_transcription.delta","delta":"a","obfuscation":"x"}"#,
            #"{"type":"conversation.item.input_audio_transcription.delta","delta":"a"}"#
        ),
        (
            #"{"type":"conversation.item.input_audio_transcription.completed","transcript":"a","languages":["en"]}"#,
            #"{"type":"conversation.item.input_audio_transcription.completed","transcript":"a"}"#
        ),
    ]

    @Test("members that only GA has are left out for beta", arguments: gaMembers)
    func dropsGAMembers(ga: String, beta: String) throws {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.serverEvent(try object(ga)) == [try object(beta)])
    }

    @Test(
        "an item announced by the old event and the new one is told once",
        arguments: [
            ["conversation.item.created", "conversation.item.added"],
            ["conversation.item.added", "conversation.item.created"],
        ]
    )
    func announcesOnce(types: [String]) {
        var translator = DialectTranslator(client: .beta, server: .ga)
        func announce(_ type: String) -> [JSONObject] {
            translator.serverEvent(["type": .string(type), "item": ["id": "item_1", "object": "realtime.item"]])
        }
        #expect(announce(types[0]).map { $0["type"] } == ["conversation.item.created"])
        #expect(announce(types[1]).isEmpty)
        _ = translator.serverEvent(["type": "conversation.item.deleted", "item_id": "item_1"])
        #expect(announce(types[1]).count == 1)
    }

    @Test("a complete item is added and done at once, with the same item and predecessor")
    func completeItemIsDone() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let created = try object(
            #"{"type":"conversation.item.created","event_id":"event_1","previous_item_id":"item_0","#
                + #""item":{"id":"item_1","status":"completed","role":"user"}}"#
        )
        let events = translator.serverEvent(created)
        #expect(events.map { $0["type"] } == ["conversation.item.added", "conversation.item.done"])
        #expect(events.map { $0["event_id"] } == ["event_1", "event_gw_1"])
        #expect(events[0]["item"] == events[1]["item"])
        #expect(events.allSatisfy { $0["previous_item_id"] == "item_0" })
    }

    @Test("an item under way is done just before its output is, with the item as it is then")
    func runningItemIsDoneLater() throws {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let created = try object(
            #"{"type":"conversation.item.created","previous_item_id":"item_0","#
                + #""item":{"id":"item_1","status":"in_progress","role":"assistant","content":[]}}"#
        )
        #expect(translator.serverEvent(created).map { $0["type"] } == ["conversation.item.added"])
        let done = try object(
            #"{"type":"response.output_item.done","event_id":"event_2","item":{"id":"item_1","status":"incomplete","#
                + #""role":"assistant","content":[{"type":"text","text":"x"}]}}"#
        )
        let events = translator.serverEvent(done)
        #expect(events.map { $0["type"] } == ["conversation.item.done", "response.output_item.done"])
        #expect(events[0]["previous_item_id"] == "item_0")
        #expect(events[0]["item"] == events[1]["item"])
        #expect(events[0]["item"]?["content"] == [["type": "output_text", "text": "x"]])
        #expect(translator.serverEvent(done).map { $0["type"] } == ["response.output_item.done"])
    }

    @Test("an item that never entered the conversation, or has left it, is not done there", arguments: [true, false])
    func absentItemIsNotDone(wasDeleted: Bool) {
        var translator = DialectTranslator(client: .ga, server: .beta)
        if wasDeleted {
            let item: JSON = ["id": "item_1", "status": "in_progress"]
            _ = translator.serverEvent(["type": "conversation.item.created", "item": item])
            _ = translator.serverEvent(["type": "conversation.item.deleted", "item_id": "item_1"])
        }
        let done: JSONObject = ["type": "response.output_item.done", "item": ["id": "item_1"]]
        #expect(translator.serverEvent(done) == [done])
    }

    @Test(
        "a call's arguments end with the name of its function",
        arguments: [
            "response.output_item.added", "conversation.item.created",
        ]
    )
    func namesFunction(source: String) {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let item: JSON = ["id": "item_1", "type": "function_call", "name": "get_weather", "status": "in_progress"]
        _ = translator.serverEvent(["type": .string(source), "item": item])
        let done: JSONObject = ["type": "response.function_call_arguments.done", "item_id": "item_1"]
        #expect(translator.serverEvent(done).first?["name"] == "get_weather")
        let other: JSONObject = ["type": "response.function_call_arguments.done", "item_id": "item_2"]
        #expect(translator.serverEvent(other) == [other])
        let named: JSONObject = ["type": "response.function_call_arguments.done", "item_id": "item_1", "name": "f"]
        #expect(translator.serverEvent(named) == [named])
    }

    @Test("transcription sessions have events of their own in beta", arguments: ["created", "updated"])
    func transcriptionSessions(suffix: String) throws {
        let ga = try object(
            #"{"type":"session.\#(suffix)","session":{"type":"transcription","#
                + #""object":"realtime.transcription_session","audio":{"input":{"transcription":null}}}}"#
        )
        let beta = try object(
            #"{"type":"transcription_session.\#(suffix)","session":{"object":"realtime.transcription_session","#
                + #""input_audio_transcription":null,"client_secret":null}}"#
        )
        var toBeta = DialectTranslator(client: .beta, server: .ga)
        #expect(toBeta.serverEvent(ga) == [beta])
        var toGA = DialectTranslator(client: .ga, server: .beta)
        #expect(toGA.serverEvent(beta) == [ga])
    }

    @Test("a session that is no object is shown as it is")
    func showsMalformedSessions() {
        let event: JSONObject = ["type": "session.created", "session": 5]
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(event) == [event])
        }
    }

    @Test("an item that is no object is shown as it is")
    func showsMalformedItems() {
        let event: JSONObject = ["type": "response.output_item.added", "item": [1]]
        for (client, server) in [(Dialect.beta, Dialect.ga), (.ga, .beta)] {
            var translator = DialectTranslator(client: client, server: server)
            #expect(translator.serverEvent(event) == [event])
        }
    }
}
