// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyServer

@Suite("Places for connections that compress")
struct CompressionPlacesTests {
    @Test("are taken as long as somebody holds them")
    func counting() {
        let places = CompressionPlaces()
        var held = (0..<3).map { _ in places.take() }
        #expect(places.count == 3)
        held.removeLast()
        #expect(places.count == 2)
        held = []
        #expect(places.count == 0)
    }
}
