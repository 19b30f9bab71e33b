// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ServiceLifecycle

/// Keeps ready what engines need, such as child processes and connections, as long as the server has those engines.
struct EngineWarmth: Service {
    private let tables: AsyncStream<[ServedEngine]>
    private let continuation: AsyncStream<[ServedEngine]>.Continuation

    init(_ first: [ServedEngine]) {
        (tables, continuation) = AsyncStream.makeStream()
        keep(first)
    }

    /// Keeps these ready from now on, and no others: sessions that an engine still has go on without.
    func keep(_ engines: [ServedEngine]) { continuation.yield(engines) }

    func run() async throws {
        await withDiscardingTaskGroup { group in
            // Ends what keeps an engine ready, by the engine.
            var ends: [ObjectIdentifier: AsyncStream<Never>.Continuation] = [:]
            for await engines in tables.cancelOnGracefulShutdown() {
                let wanted = Set(engines.map { ObjectIdentifier($0.identity) })
                for (engine, end) in ends where !wanted.contains(engine) {
                    end.finish()
                    ends[engine] = nil
                }
                for engine in engines where ends[ObjectIdentifier(engine.identity)] == nil {
                    guard let keepWarm = engine.keepWarm else { continue }
                    let (untilGone, end) = AsyncStream<Never>.makeStream()
                    ends[ObjectIdentifier(engine.identity)] = end
                    group.addTask {
                        await withDiscardingTaskGroup { group in
                            group.addTask { await keepWarm() }
                            for await _ in untilGone {}
                            group.cancelAll()
                        }
                    }
                }
            }
            group.cancelAll()
        }
    }
}
