// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyEvents
import ParleyRelay
import ParleyServer
import ParleySession

/// The real server on a free port of this machine.
enum RunningServer {
    struct NotStarted: Error {}

    /// Runs a server whose sessions `engine`, or else what the configuration names, answers for as long as `body` takes,
    /// which gets its port.
    static func serving<Result: Sendable>(
        _ engine: (any Engine)?,
        configuration: ServerConfiguration = ServerConfiguration(),
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        var configuration = configuration
        configuration.port = 0
        let logger = Logger(label: "test") { _ in SilentLog() }
        let server =
            engine.map { RealtimeServer(configuration, engine: $0, logger: logger) }
            ?? RealtimeServer(configuration, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await server.run { port.yield($0.port) }
            }
            var started = ports.makeAsyncIterator()
            guard let port = await started.next() else {
                try await group.next()
                throw NotStarted()
            }
            let result = try await body(port)
            group.cancelAll()
            return result
        }
    }

    /// The same, if `upstream` is given behind a relay that speaks that dialect with it and takes the same keys.
    static func serving<Result: Sendable>(
        _ engine: any Engine,
        configuration: ServerConfiguration,
        behind upstream: Dialect?,
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        guard let upstream else { return try await serving(engine, configuration: configuration, body) }
        return try await serving(engine, configuration: configuration) { port in
            var relay = configuration
            relay.maxSessionSeconds = ServerConfiguration().maxSessionSeconds
            relay.engine = .relay
            var settings = RelaySettings(upstream: "ws://127.0.0.1:\(port)")
            settings.dialect = upstream
            settings.key = configuration.apiKeys.first
            relay.relay = settings
            return try await serving(engine, configuration: relay, body)
        }
    }

    private typealias SilentLog = SwiftLogNoOpLogHandler
}
