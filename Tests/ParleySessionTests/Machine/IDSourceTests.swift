// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import ParleySession
import Testing

@Suite("Ids")
struct IDSourceTests {
    @Test("have the shape of the reference")
    func shape() {
        var ids = IDSource(seed: 7)
        let made = [
            ("event_", 21, ids.event().text), ("item_", 21, ids.item()), ("resp_", 21, ids.response()),
            ("sess_", 21, ids.session()), ("conv_", 21, ids.conversation()), ("call_", 16, ids.call()),
        ]
        for (prefix, length, id) in made {
            #expect(id.hasPrefix(prefix))
            #expect(id.utf8.count == prefix.utf8.count + length)
            #expect(id.dropFirst(prefix.utf8.count).allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) })
            #expect(id.utf8.count <= 32)
        }
    }

    @Test("follow from the seed", arguments: [UInt64.min, 1, .max])
    func determinism(seed: UInt64) {
        var first = IDSource(seed: seed)
        var second = IDSource(seed: seed)
        var other = IDSource(seed: seed &+ 1)
        let ids = (0..<50).map { _ in first.item() }
        #expect(ids == (0..<50).map { _ in second.item() })
        #expect(Set(ids).isDisjoint(with: (0..<50).map { _ in other.item() }))
    }

    @Test("of events are made as all others are", arguments: [UInt64.min, 1, .max])
    func eventIDs(seed: UInt64) {
        var events = IDSource(seed: seed)
        var items = IDSource(seed: seed)
        for _ in 0..<50 { #expect(events.event().text.dropFirst(6) == items.item().dropFirst(5)) }
    }

    @Test("are never the same twice, and use every letter and digit")
    func uniqueness() {
        var ids = IDSource(seed: 0)
        let made = (0..<20_000).map { _ in ids.item() }
        #expect(Set(made).count == made.count)
        #expect(Set(made.flatMap { $0.dropFirst(5) }).count == 62)
    }
}
