// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyServer

@testable import ParleyClient

/// The real server on a free port of this machine.
enum TestServer {
    struct NotStarted: Error {}

    /// Runs a server, on any free port unless the configuration names one, for as long as `body` takes, which gets its port.
    static func serving<Result: Sendable>(
        _ configuration: ServerConfiguration? = nil,
        _ body: @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        var anyPort = ServerConfiguration()
        anyPort.port = 0
        let configuration = configuration ?? anyPort
        let server = RealtimeServer(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
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
}

extension RealtimeClient {
    /// Returns when so many wait for what happens next: those who were begun beside the caller have begun to wait then.
    func untilAwaited(by count: Int = 1) async {
        while waiters.count < count { await Task.yield() }
    }
}
