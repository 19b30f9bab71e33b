// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyRelay

@Suite("The log of a conversation's items")
struct ReplayLogTests {
    private var log = ReplayLog(maximumItems: 100, maximumBytes: 100_000)

    private static func item(_ id: String, _ role: String = "user", _ parts: JSON...) -> JSONObject {
        [
            "id": .string(id), "object": "realtime.item", "type": "message", "role": .string(role),
            "content": .array(parts),
        ]
    }

    private mutating func add(_ item: JSONObject, after previous: JSON?) {
        var event: JSONObject = ["item": .object(item)]
        event["previous_item_id"] = previous
        log.received(.itemAdded, event)
    }

    private func contents(_ dialect: Dialect = .ga) -> [JSON?] { log.creations(dialect).map { $0.item["content"] } }

    @Test("keeps the conversation's order")
    mutating func order() {
        add(Self.item("a"), after: .null)
        add(Self.item("b"), after: "a")
        add(Self.item("first"), after: .null)
        add(Self.item("between"), after: "a")
        add(Self.item("last"), after: nil)
        log.received(.itemDeleted, ["item_id": "b"])
        #expect(log.creations(.ga).map(\.id) == ["first", "a", "between", "last"])
    }

    @Test("takes an item as it was at its end, and ignores items that are not in the conversation")
    mutating func ends() {
        add(Self.item("a", "assistant"), after: .null)
        log.received(.outputItemDone, ["item": .object(Self.item("a", "assistant", ["type": "text", "text": "Yes."]))])
        log.received(.outputItemDone, ["item": .object(Self.item("out", "assistant", ["type": "text", "text": "?"]))])
        #expect(contents(.beta) == [[["type": "text", "text": "Yes."]]])
    }

    @Test("replays speech as its transcript, of an interrupted answer what was heard")
    mutating func speech() {
        add(Self.item("u", "user", ["type": "input_audio", "transcript": .null]), after: .null)
        add(
            Self.item("a", "assistant", ["type": "output_audio", "transcript": "0123456789012345678901234567890"]),
            after: "u"
        )
        #expect(contents().first == [["type": "input_text", "text": .string(ReplayLog.unheard)]])
        log.received(
            .transcriptionCompleted,
            ["item_id": "u", "content_index": 0, "transcript": "Hello?"]
        )
        log.received(.itemTruncated, ["item_id": "a", "content_index": 0, "audio_end_ms": 1_000])
        #expect(contents().first == [["type": "input_text", "text": "Hello?"]])
        #expect(contents().last == [["type": "output_text", "text": "012345678901234"]])
        log.received(.itemTruncated, ["item_id": "a", "content_index": 0, "audio_end_ms": 0])
        #expect(log.creations(.ga).map(\.id) == ["u"])
    }

    @Test("keeps calls, their outputs and images; leaves out what no client can create")
    mutating func kinds() {
        add(
            [
                "id": "c", "type": "function_call", "name": "f", "call_id": "call_1", "arguments": "{}",
                "status": "completed",
            ],
            after: .null
        )
        add(["id": "o", "type": "function_call_output", "call_id": "call_1", "output": "1"], after: "c")
        add(["id": "m", "type": "mcp_list_tools", "server_label": "x", "tools": []], after: "o")
        add(Self.item("i", "user", ["type": "input_image", "image_url": "data:,"]), after: "m")
        let created = log.creations(.ga)
        #expect(created.map(\.id) == ["c", "o", "i"])
        #expect(
            created[0].item == [
                "id": "c", "type": "function_call", "name": "f", "call_id": "call_1", "arguments": "{}",
            ]
        )
        #expect(created[2].item["content"] == [["type": "input_image", "image_url": "data:,"]])
    }

    @Test("forgets the oldest items when there are too many, or they are too large")
    mutating func limits() {
        log = ReplayLog(maximumItems: 2, maximumBytes: 1_000)
        for id in ["a", "b", "c"] { add(Self.item(id), after: nil) }
        #expect(log.creations(.ga).map(\.id) == ["b", "c"])
        add(
            Self.item("d", "user", ["type": "input_text", "text": .string(String(repeating: "x", count: 850))]),
            after: nil
        )
        #expect(log.creations(.ga).map(\.id) == ["d"])
        add(
            Self.item("e", "user", ["type": "input_text", "text": .string(String(repeating: "x", count: 2_000))]),
            after: nil
        )
        #expect(log.isEmpty)
    }
}
