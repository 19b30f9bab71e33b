// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Stops one child task of a group, which its owner cannot cancel by itself.
final class StopSignal: Sendable {
    private let stopped = Atomic(false)
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    /// A signal that is not given yet.
    init() { (stream, continuation) = AsyncStream.makeStream() }

    /// Gives the signal.
    func stop() {
        stopped.store(true, ordering: .releasing)
        continuation.finish()
    }

    /// - Throws: `CancellationError` once the signal is given, also before the task's cancellation has got through.
    func check() throws {
        if stopped.load(ordering: .acquiring) { throw CancellationError() }
        try Task.checkCancellation()
    }

    /// Runs `work` and cancels it when the signal is given; returns when it has returned.
    func run(_ work: @escaping @Sendable () async -> Void) async {
        await withTaskGroup { [stream] group in
            group.addTask { await work() }
            group.addTask { for await _ in stream {} }
            await group.next()
            group.cancelAll()
        }
    }
}
