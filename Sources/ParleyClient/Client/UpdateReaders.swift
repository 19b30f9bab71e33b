// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Who reads a client's updates.
struct UpdateReaders: Sendable {
    /// Most updates that wait for one reader.
    static let limit = 1_024

    private var continuations: [Int: RealtimeUpdates.Continuation] = [:]
    private var nextID = 0

    mutating func add(_ continuation: RealtimeUpdates.Continuation) -> Int {
        nextID += 1
        continuations[nextID] = continuation
        return nextID
    }

    mutating func remove(_ id: Int) { continuations[id] = nil }

    mutating func send(_ update: RealtimeUpdate) {
        for (id, continuation) in continuations {
            guard case .dropped = continuation.yield(update) else { continue }
            continuation.finish(throwing: RealtimeClientError.fellBehind(limit: Self.limit))
            continuations[id] = nil
        }
    }

    mutating func finish() {
        for continuation in continuations.values { continuation.finish() }
        continuations = [:]
    }
}
