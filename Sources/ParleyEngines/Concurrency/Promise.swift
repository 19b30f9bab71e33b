// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A value that one task will have and any number of tasks wait for, each able to give up by itself.
final class Promise<Value: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Result<Value, any Error>, Never>

    private struct State {
        var result: Result<Value, any Error>?
        var waiting: [Int: Waiter] = [:]
        var nextID = 0
    }

    private let state = Mutex(State())

    /// Sets the value; later calls change nothing.
    func fulfil(with result: Result<Value, any Error>) {
        let waiting = state.withLock { state -> [Int: Waiter] in
            guard state.result == nil else { return [:] }
            state.result = result
            defer { state.waiting.removeAll() }
            return state.waiting
        }
        for waiter in waiting.values { waiter.resume(returning: result) }
    }

    /// Waits for the value.
    ///
    /// - Throws: what the promise was fulfilled with, or `CancellationError` if the waiting task is cancelled.
    func value() async throws -> Value {
        let id = newID()
        let result = await withTaskCancellationHandler {
            await wait(as: id) { Task.isCancelled }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: .failure(CancellationError()))
        }
        return try result.get()
    }

    /// Waits for what the promise is fulfilled with, even if the waiting task is cancelled: for what comes soon in any
    /// case.
    func outcome() async -> Result<Value, any Error> { await wait(as: newID()) { false } }

    private func newID() -> Int {
        state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
    }

    private func wait(as id: Int, unless isCancelled: () -> Bool) async -> Result<Value, any Error> {
        await withCheckedContinuation { waiter in
            let result = state.withLock { state -> Result<Value, any Error>? in
                if let result = state.result { return result }
                if isCancelled() { return .failure(CancellationError()) }
                state.waiting[id] = waiter
                return nil
            }
            if let result { waiter.resume(returning: result) }
        }
    }
}
