// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

/// A client has one model whatever its server speaks.
@Suite("The client's edge")
struct ClientEdgeTests {
    @Test("what is no JSON object is refused and kept", arguments: ["", "{", "[]", "7", "\"x\"", "{} {}"])
    func invalid(text: String) {
        for dialect in Dialect.allCases {
            var edge = ClientEdge(dialect: dialect)
            guard case .invalid(let error, let bytes) = edge.received(message(text)) else {
                Issue.record("taken for an event")
                continue
            }
            #expect(error.code == "invalid_event")
            #expect(bytes == message(text))
        }
    }

    @Test("whatever is an object is an event", arguments: [#"{}"#, #"{"type":null}"#, #"{"type":"future","n":1.0}"#])
    func odd(text: String) throws {
        for dialect in Dialect.allCases {
            var edge = ClientEdge(dialect: dialect)
            let events = edge.received(message(text)).events
            #expect(events.map(\.object.text) == [text])
            #expect(events.map(\.event.isUnknown) == [true])
            #expect(events.map(\.isAdded) == [false])
        }
    }

    @Test("GA events pass in both directions")
    func ga() throws {
        var edge = ClientEdge(dialect: .ga)
        var buffer = ByteBuffer()
        #expect(edge.send(.inputAudioBufferAppend(ByteBuffer(bytes: [1, 2])), eventID: "e", into: &buffer) == .written)
        #expect(String(buffer: buffer) == #"{"type":"input_audio_buffer.append","event_id":"e","audio":"AQI="}"#)
        buffer.clear()
        #expect(edge.send(["type": "future.event", "n": 1], into: &buffer) == .written)
        #expect(String(buffer: buffer) == #"{"type":"future.event","n":1}"#)
        #expect(edge.dropped == [])
        let events = edge.received(message(#"{"type":"input_audio_buffer.cleared","event_id":"e"}"#)).events
        #expect(events.map(\.event) == [.inputAudioBufferCleared])
        #expect(events.map(\.gaObject) == events.map(\.object))
    }

    @Test("a beta server is told what it knows")
    func betaSending() throws {
        var edge = ClientEdge(dialect: .beta)
        var buffer = ByteBuffer()
        let update: JSONObject = [
            "type": "realtime", "output_modalities": ["audio"], "audio": ["output": ["voice": "v"]],
            "truncation": "disabled",
        ]
        #expect(edge.send(.sessionUpdate(update), eventID: "e", into: &buffer) == .written)
        #expect(
            try JSON(parsing: buffer) == [
                "type": "session.update", "event_id": "e", "session": ["modalities": ["text", "audio"], "voice": "v"],
            ]
        )
        #expect(edge.dropped == ["session.truncation"])
        buffer.clear()
        #expect(edge.send(.inputAudioBufferAppend(ByteBuffer(bytes: [1, 2])), eventID: nil, into: &buffer) == .written)
        #expect(String(buffer: buffer) == #"{"type":"input_audio_buffer.append","audio":"AQI="}"#)
    }

    @Test("what a beta server has no place for is answered")
    func betaRefusal() throws {
        var edge = ClientEdge(dialect: .beta)
        var buffer = ByteBuffer()
        let item = Item(kind: .message(role: .user, content: [.inputImage(url: "data:,", detail: nil)]))
        let answers = edge.send(.conversationItemCreate(item, previousItemID: nil), eventID: "e", into: &buffer).answers
        #expect(buffer.readableBytes == 0)
        guard case .error(let error)? = answers.first?.event else {
            Issue.record("\(answers)")
            return
        }
        #expect(error.code == "unsupported_in_dialect" && error.eventID == "e")
        #expect(answers.map(\.isAdded) == [true])
    }

    @Test("one beta event may be two, of which one stands for it")
    func added() throws {
        var edge = ClientEdge(dialect: .beta)
        let text =
            #"{"type":"conversation.item.created","event_id":"e","previous_item_id":null,"item":{"id":"i","type":"message","status":"completed","role":"user","content":[]}}"#
        let events = edge.received(message(text)).events
        #expect(events.map(\.event.type) == ["conversation.item.added", "conversation.item.done"])
        #expect(events.map(\.isAdded) == [false, true])
        #expect(events.map(\.object.text) == [text, text])
        #expect(events.map(\.dialect) == [.beta, .beta])
        #expect(events.first?.eventID == "e" && events.last?.eventID != "e")
    }

    @Test("an event that GA clients are spared is still told")
    func spared() throws {
        var edge = ClientEdge(dialect: .beta)
        let events =
            edge.received(
                message(#"{"type":"conversation.created","event_id":"e","conversation":{"id":"c"}}"#)
            )
            .events
        #expect(events.map(\.event) == [.conversationCreated(id: "c")])
    }

    @Test("a beta server's calls get the names of their functions from earlier events")
    func functionName() throws {
        var edge = ClientEdge(dialect: .beta)
        _ = edge.received(
            try object(
                #"{"type":"response.output_item.added","event_id":"a","response_id":"r","output_index":0,"item":{"id":"i","type":"function_call","status":"in_progress","name":"f","call_id":"c","arguments":""}}"#
            )
        )
        let events = edge.received(
            try object(
                #"{"type":"response.function_call_arguments.done","event_id":"b","response_id":"r","item_id":"i","output_index":0,"call_id":"c","arguments":"{}"}"#
            )
        )
        #expect(
            events.map(\.event) == [
                .argumentsDone(responseID: "r", itemID: "i", outputIndex: 0, callID: "c", name: "f", arguments: "{}")
            ]
        )
    }

    static let commonSequences = Result {
        try Fixtures.sequenceNames(.beta).filter(Set(Fixtures.sequenceNames(.ga)).contains)
    }

    /// What a server says in a sequence, as a client reads it.
    static func events(_ dialect: Dialect, _ name: String) throws -> [ServerEvent] {
        var edge = ClientEdge(dialect: dialect)
        var events: [ServerEvent] = []
        for step in try Fixtures.sequence(dialect, name) {
            if step.isFromClient {
                var buffer = ByteBuffer()
                let isOfBothDialects = step.event["type"]?.stringValue?.hasPrefix("input_audio_buffer.") == true
                if isOfBothDialects { _ = edge.send(step.event, into: &buffer) }
            } else {
                events += edge.received(step.event).map(\.event)
            }
        }
        return events
    }

    @Test("both dialects tell the same", arguments: try ClientEdgeTests.commonSequences.get())
    func sequences(name: String) throws {
        let ga = try Self.events(.ga, name)
        let beta = try Self.events(.beta, name).filter { $0.type != "rate_limits.updated" }
        #expect(!ga.isEmpty && !ga.contains(where: \.isUnknown))
        #expect(ga.count == beta.count)
        for (ga, beta) in zip(ga, beta) { #expect(ga == beta) }
    }
}
