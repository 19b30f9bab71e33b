// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts what a server has a limited number of, exactly, for all event loops and without a lock.
final class Places: Sendable {
    private let taken = Atomic<Int>(0)

    /// Places taken now.
    var count: Int { taken.load(ordering: .relaxed) }

    /// Takes a place if fewer than `limit` are taken; somebody has to ``giveBack()`` it then.
    ///
    /// - Returns: Whether it was taken.
    func take(below limit: Int) -> Bool {
        var seen = count
        while seen < limit {
            let (exchanged, original) = taken.weakCompareExchange(
                expected: seen,
                desired: seen + 1,
                ordering: .relaxed
            )
            if exchanged { return true }
            seen = original
        }
        return false
    }

    /// Takes a place, however many are taken.
    func take() { taken.add(1, ordering: .relaxed) }

    /// A place that was taken is free again.
    func giveBack() { taken.subtract(1, ordering: .relaxed) }

    /// Holds a place that was taken, and gives it back when nothing refers to it any more.
    func holder() -> Holder { Holder(of: self) }

    /// One place.
    final class Holder: Sendable {
        private let places: Places

        fileprivate init(of places: Places) { self.places = places }

        deinit { places.giveBack() }
    }
}
