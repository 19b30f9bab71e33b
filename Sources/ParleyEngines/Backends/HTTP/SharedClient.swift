// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix

/// The one HTTP client of the process: connections stay open and are used again by all sessions.
enum SharedClient {
    /// Never shut down: it lives as long as the process.
    static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        // The limits of each slot are watched by `ExchangeTimer`.
        configuration.timeout = .init(connect: .minutes(5), read: nil)
        // A key must not follow to another server.
        configuration.redirectConfiguration = .disallow
        // A session holds a connection for as long as an answer takes.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4_096
        configuration.connectionPool.idleTimeout = .seconds(60)
        // A refused connection is told at once, so that the client hears why.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton),
            configuration: configuration
        )
    }()

    /// Where timers run.
    static var eventLoop: any EventLoop { client.eventLoopGroup.any() }
}
