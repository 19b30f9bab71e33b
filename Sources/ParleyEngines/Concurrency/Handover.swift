// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A queue between one producing and one consuming task that holds up the producer.
///
/// Async streams have no way to suspend the producer; here ``send(_:)`` returns only once no more than `limit` is
/// waiting. With a limit of zero it returns when the element was taken.
final class Handover<Element: Sendable>: Sendable {
    private struct State {
        var waiting: [Element] = []
        var load = 0
        var isFinished = false
        var failure: (any Error)?
        var producer: CheckedContinuation<Void, any Error>?
        var consumer: CheckedContinuation<Element?, any Error>?
    }

    private let limit: Int
    private let weigh: @Sendable (Element) -> Int
    private let state = Mutex(State())

    /// A queue that holds up its producer while elements that weigh more than `limit` together are waiting.
    init(limit: Int, weigh: @escaping @Sendable (Element) -> Int = { _ in 1 }) {
        self.limit = limit
        self.weigh = weigh
    }

    /// Adds an element, then suspends while too much is waiting.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    func send(_ element: Element) async throws {
        enqueue(element)
        try await room()
    }

    /// Adds an element at once, however much is waiting.
    func enqueue(_ element: Element) {
        let consumer = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
            guard !state.isFinished else { return nil }
            if let consumer = state.consumer.take() { return consumer }
            state.waiting.append(element)
            state.load += weigh(element)
            return nil
        }
        consumer?.resume(returning: element)
    }

    /// Suspends while too much is waiting.
    ///
    /// - Throws: `CancellationError` if the task is cancelled.
    func room() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let outcome = state.withLock { state -> Result<Void, any Error>? in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.load <= limit { return .success(()) }
                    state.producer = continuation
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.producer.take() }?.resume(throwing: CancellationError())
        }
    }

    /// Ends the queue: after what is waiting, the consumer gets `nil`, or `failure` thrown.
    func finish(throwing failure: (any Error)? = nil) {
        let consumer = state.withLock { state -> CheckedContinuation<Element?, any Error>? in
            guard !state.isFinished else { return nil }
            state.isFinished = true
            state.failure = failure
            return state.consumer.take()
        }
        if let failure { consumer?.resume(throwing: failure) } else { consumer?.resume(returning: nil) }
    }

    /// Takes the next element, waiting for it; `nil` at the end.
    ///
    /// - Throws: what the producer ended the queue with, or `CancellationError` if the task is cancelled.
    func next() async throws -> Element? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Element?, any Error>) in
                let (outcome, producer) = state.withLock { take(from: &$0, for: continuation) }
                producer?.resume()
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            state.withLock { $0.consumer.take() }?.resume(throwing: CancellationError())
        }
    }

    private func take(
        from state: inout State,
        for consumer: CheckedContinuation<Element?, any Error>
    ) -> (Result<Element?, any Error>?, producer: CheckedContinuation<Void, any Error>?) {
        if Task.isCancelled { return (.failure(CancellationError()), nil) }
        if !state.waiting.isEmpty {
            let element = state.waiting.removeFirst()
            state.load -= weigh(element)
            return (.success(element), state.load <= limit ? state.producer.take() : nil)
        }
        if let failure = state.failure { return (.failure(failure), nil) }
        if state.isFinished { return (.success(nil), nil) }
        state.consumer = consumer
        return (nil, nil)
    }
}
