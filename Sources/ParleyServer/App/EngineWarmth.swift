// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ServiceLifecycle

/// Keeps ready what engines need, such as child processes, as long as the server runs.
struct EngineWarmth: Service {
    private let engines: AsyncStream<ServedEngine>
    private let continuation: AsyncStream<ServedEngine>.Continuation

    init(_ first: [ServedEngine]) {
        (engines, continuation) = AsyncStream.makeStream()
        keep(first)
    }

    /// Keeps these ready too.
    func keep(_ engines: [ServedEngine]) {
        for engine in engines { continuation.yield(engine) }
    }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await engine in engines.cancelOnGracefulShutdown() {
                guard let keepWarm = engine.keepWarm else { continue }
                group.addTask { await keepWarm() }
            }
            group.cancelAll()
        }
    }
}
