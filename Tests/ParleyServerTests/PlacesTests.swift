// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyServer

@Suite("Places of which there is a limited number")
struct PlacesTests {
    @Test("are taken until all are, by however many at a time", arguments: [1, 7, 100])
    func limit(limit: Int) async {
        let places = Places()
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<1_000).count { _ in places.take(below: limit) } }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == limit)
        #expect(places.count == limit)
    }

    @Test("can be taken again when they are given back")
    func givenBack() {
        let places = Places()
        #expect(places.take(below: 1))
        #expect(!places.take(below: 1))
        places.giveBack()
        #expect(places.take(below: 1))
    }

    @Test("are given back when nobody holds them any more")
    func held() {
        let places = Places()
        var holders = (0..<3)
            .map { _ in
                places.take()
                return places.holder()
            }
        #expect(places.count == 3)
        holders.removeLast()
        #expect(places.count == 2)
        holders = []
        #expect(places.count == 0)
    }

    @Test("are not to be had where none are allowed")
    func none() {
        let places = Places()
        #expect(!places.take(below: 0))
        #expect(places.count == 0)
    }
}
