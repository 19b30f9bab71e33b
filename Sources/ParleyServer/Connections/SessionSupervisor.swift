// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore
internal import ParleySession
internal import ServiceLifecycle

/// Runs the engines of all sessions as child tasks of one task, so that none outlives the server.
struct SessionSupervisor: Service {
    /// What the engine of one session needs.
    struct Job: Sendable {
        let engine: any Engine
        let session: EngineSession
        /// Ends when the connection has.
        let untilClosed: AsyncStream<Never>
        let logger: Logger
    }

    private let jobs: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation

    init() { (jobs, continuation) = AsyncStream.makeStream() }

    /// Runs an engine for a session until its connection is closed.
    func start(_ job: Job) { continuation.yield(job) }

    func run() async {
        await withDiscardingTaskGroup { group in
            for await job in jobs.cancelOnGracefulShutdown() {
                group.addTask { await Self.run(job) }
            }
        }
    }

    private static func run(_ job: Job) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await job.engine.run(job.session)
                } catch is CancellationError {
                    // The session is over.
                } catch {
                    job.logger.error("engine stopped", metadata: ["error": "\(error)"])
                }
            }
            for await _ in job.untilClosed {}
            group.cancelAll()
        }
    }
}
