// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Who waits for something to happen.
struct Waiters {
    /// What can be waited for.
    enum Happening: Sendable {
        case update(RealtimeUpdate)
        case ended(PendingResponses.Ended)
    }

    typealias Continuation = CheckedContinuation<Result<Happening, RealtimeClientError>, Never>

    private struct Waiter {
        let matches: @Sendable (Happening) -> Bool
        let continuation: Continuation
    }

    private var waiters: [Int: Waiter] = [:]
    private var last = 0

    /// How many wait.
    var count: Int { waiters.count }

    mutating func nextID() -> Int {
        last += 1
        return last
    }

    mutating func add(_ id: Int, _ matches: @escaping @Sendable (Happening) -> Bool, _ continuation: Continuation) {
        waiters[id] = Waiter(matches: matches, continuation: continuation)
    }

    mutating func happened(_ happening: Happening) {
        for (id, waiter) in waiters where waiter.matches(happening) {
            waiters[id] = nil
            waiter.continuation.resume(returning: .success(happening))
        }
    }

    mutating func fail(_ id: Int, _ error: RealtimeClientError) {
        waiters.removeValue(forKey: id)?.continuation.resume(returning: .failure(error))
    }

    mutating func failAll(_ error: RealtimeClientError) {
        for id in Array(waiters.keys) { fail(id, error) }
    }
}
