// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts the connections of a server that compress.
final class CompressionPlaces: Sendable {
    private let taken = Atomic<Int>(0)

    /// Places taken now.
    var count: Int { taken.load(ordering: .relaxed) }

    /// Takes a place, which is free again when nothing refers to it any more.
    func take() -> Place { Place(of: self) }

    /// One connection's place.
    final class Place: Sendable {
        private let places: CompressionPlaces

        fileprivate init(of places: CompressionPlaces) {
            self.places = places
            places.taken.add(1, ordering: .relaxed)
        }

        deinit { places.taken.subtract(1, ordering: .relaxed) }
    }
}
