// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyTestSupport
import ParleyWebSocket
import Testing

@testable import ParleyRelay

@Suite("A relay hands on what passes")
struct PassingTests {
    @Test("byte for byte between equal dialects, whatever it is", arguments: [Dialect.ga, .beta])
    func untouched(dialect: Dialect) {
        let texts = [
            #"{ "type" : "input_audio_buffer.append", "audio":"AAA\/", "x":1.0e2}"#, #"{"audio":"AA","type":"x"}"#,
            "no json", #"{"type":"session.update","session":{"instructions":"\u00e9"}}"#, "[]", "",
        ]
        var harness = RelayHarness.live(client: dialect, upstream: dialect)
        for text in texts { harness.clientText(text) }
        #expect(harness.payloads[.upstream(1)]?.map { String(buffer: $0) } == texts)
        for text in texts { harness.upstreamText(1, text) }
        #expect(harness.payloads[.client]?.map { String(buffer: $0) } == texts)
    }

    @Test("binary messages too")
    func binary() {
        var harness = RelayHarness.live(client: .beta, upstream: .ga)
        harness.perform(.message(.client, Message(kind: .binary, payload: ByteBuffer(string: "x"))))
        harness.perform(.message(.upstream(1), Message(kind: .binary, payload: ByteBuffer(string: "y"))))
        #expect(harness.done == ["upstream 1 x", "client y"])
    }

    @Test("translated between the dialects, and audio to GA unchanged")
    func translated() {
        var harness = RelayHarness.live(client: .beta, upstream: .ga)
        harness.clientText(#"{"event_id":"e1", "type":"input_audio_buffer.append","audio":"AAAA"}"#)
        harness.client(["type": "session.update", "session": ["voice": "ash", "temperature": 0.7]])
        harness.upstream(1, ["type": "response.output_audio.delta", "delta": "AAAA", "item_id": "i"])
        #expect(
            harness.payloads[.upstream(1)]?.map { String(buffer: $0) } == [
                #"{"event_id":"e1", "type":"input_audio_buffer.append","audio":"AAAA"}"#,
                #"{"type":"session.update","session":{"type":"realtime","audio":{"output":{"voice":"ash"}}}}"#,
            ]
        )
        #expect(harness.sent[.client]?.map { $0["type"] } == ["response.audio.delta"])
        #expect(harness.notes == ["left out, since the other dialect has no place for it: session.temperature"])
    }

    @Test("and answers what the upstream's dialect cannot say")
    func answered() {
        var harness = RelayHarness.live(client: .ga, upstream: .beta)
        let image: JSON = ["type": "input_image", "image_url": "data:image/png;base64,AA"]
        harness.client([
            "type": "conversation.item.create", "event_id": "mine",
            "item": ["type": "message", "role": "user", "content": [image]],
        ])
        #expect(harness.done == ["client error"])
        #expect(harness.sent[.client]?.first?["error"]?["event_id"] == "mine")
    }

    @Test("every sample sequence of a server comes through in the client's own words", arguments: [Dialect.ga, .beta])
    func sequences(upstream: Dialect) throws {
        let client: Dialect = upstream == .ga ? .beta : .ga
        let schema = try EventSchema.server(client)
        for name in try Fixtures.names(in: "sequences/\(upstream.rawValue)") where !name.hasPrefix("21_") {
            var harness = RelayHarness(client: client, upstream: upstream)
            harness.open()
            for step in try SampleSequence(upstream, name).steps {
                // Some lines say how the connection ends.
                if step.isFromClient || step.type.isEmpty { continue }
                harness.upstream(1, step.event)
            }
            for event in harness.sent[.client] ?? [] {
                #expect(schema.problems(event) == [], "\(name)")
            }
            #expect(harness.sent[.client]?.isEmpty == false, "\(name)")
        }
    }

    @Test("what the client sends while the upstream is opened waits and keeps its order")
    func held() {
        var harness = RelayHarness()
        harness.perform(.opened)
        harness.clientText("a")
        harness.clientText("b")
        #expect(harness.takeDone() == ["connect 1"])
        harness.perform(.upstreamOpened(1))
        harness.clientText("c")
        #expect(harness.done == ["upstream 1 a", "upstream 1 b", "upstream 1 c"])
    }

    @Test("a client that asks for the model it got by another name gets no error")
    func modelAlias() {
        let model = (asked: "gpt-4o-realtime-preview", used: "gpt-realtime")
        for dialect in [Dialect.ga, .beta] {
            var harness = RelayHarness(client: dialect, upstream: .ga, model: model)
            harness.open()
            harness.upstream(1, RelayHarness.created(.ga))
            harness.client([
                "type": "session.update",
                "session": ["model": "gpt-4o-realtime-preview", "instructions": "Hi."],
            ])
            #expect(harness.sent[.upstream(1)]?.count == 1)
            #expect(harness.sent[.upstream(1)]?.first?["session"]?["model"] == nil)
            #expect(harness.sent[.upstream(1)]?.first?["session"]?["instructions"] == "Hi.")
        }
    }
}
