// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Who waits for an update.
struct Waiters {
    private struct Waiter {
        let matches: @Sendable (RealtimeUpdate) -> Bool
        let continuation: CheckedContinuation<Result<RealtimeUpdate, RealtimeClientError>, Never>
    }

    private var waiters: [Int: Waiter] = [:]
    private var last = 0

    mutating func nextID() -> Int {
        last += 1
        return last
    }

    mutating func add(
        _ id: Int,
        _ matches: @escaping @Sendable (RealtimeUpdate) -> Bool,
        _ continuation: CheckedContinuation<Result<RealtimeUpdate, RealtimeClientError>, Never>
    ) {
        waiters[id] = Waiter(matches: matches, continuation: continuation)
    }

    mutating func received(_ update: RealtimeUpdate) {
        for (id, waiter) in waiters where waiter.matches(update) {
            waiters[id] = nil
            waiter.continuation.resume(returning: .success(update))
        }
    }

    mutating func fail(_ id: Int, _ error: RealtimeClientError) {
        waiters.removeValue(forKey: id)?.continuation.resume(returning: .failure(error))
    }

    mutating func failAll(_ error: RealtimeClientError) {
        for id in Array(waiters.keys) { fail(id, error) }
    }
}
