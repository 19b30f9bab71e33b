// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOPosix
import ParleyTransport
import ParleyWebSocket
import Testing

/// A URL on this machine.
func local(_ port: Int, _ target: String = "/", scheme: String = "ws") throws -> WebSocketURL {
    try WebSocketURL("\(scheme)://127.0.0.1:\(port)\(target)")
}

/// Options for a test: nothing is pinged.
func options(_ change: (inout ConnectOptions) -> Void = { _ in }) -> ConnectOptions {
    var options = ConnectOptions()
    options.limits.pingInterval = nil
    change(&options)
    return options
}

/// Opens a WebSocket as the tests do.
func connect(_ url: WebSocketURL, _ options: ConnectOptions = options()) async throws(ConnectFailure) -> WebSocketClient
{
    try await WebSocketClient.connect(to: url, options: options, logger: Logger(label: "test"))
}

/// Why a WebSocket could not be opened; records an issue if it could.
func connectFailure(
    _ url: WebSocketURL,
    _ options: ConnectOptions = options(),
    sourceLocation: SourceLocation = #_sourceLocation
) async -> ConnectFailure? {
    do {
        _ = try await connect(url, options)
        Issue.record("the WebSocket opened", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

/// Gives fixed answers, on an event loop of its own.
struct FixedResolver: Resolver {
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    var v4: Result<[SocketAddress], Refusal>?
    var v6: Result<[SocketAddress], Refusal>?

    private let eventLoop = MultiThreadedEventLoopGroup.singleton.next()

    init(v4: Result<[SocketAddress], Refusal>?, v6: Result<[SocketAddress], Refusal>?) {
        self.v4 = v4
        self.v6 = v6
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(v4) }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer(v6) }

    func cancelQueries() {}

    private func answer(_ result: Result<[SocketAddress], Refusal>?) -> EventLoopFuture<[SocketAddress]> {
        // A resolver that never answers still keeps its promise in the end.
        guard let result else { return eventLoop.scheduleTask(in: .seconds(2)) { [] }.futureResult }
        return eventLoop.makeCompletedFuture(result.mapError { $0 as any Error })
    }
}
