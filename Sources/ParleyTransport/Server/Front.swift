// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore
package import ParleyWebSocket

/// What the first handlers of all connections of a listener have in common.
package final class Front: Sendable {
    let responder: any UpgradeResponder
    let limits: RequestHeadReader.Limits
    let isSecure: Bool
    let logger: Logger
    /// Adds the handlers of HTTP at the end of a channel's pipeline.
    let addHTTP: @Sendable (any Channel) throws -> Void
    private let deadlines: [ObjectIdentifier: NIOLoopBoundBox<HandshakeDeadlines>]

    /// What connections of a listener need.
    ///
    /// - Parameters:
    ///   - responder: Decides and serves.
    ///   - limits: How large a request head may be.
    ///   - timeout: How long the first request head of a connection may take, TLS included.
    ///   - isSecure: Whether the listener has TLS.
    ///   - eventLoopGroup: The loops of the connections.
    ///   - logger: Is told of TLS on a port without.
    ///   - addHTTP: Adds the handlers that serve plain requests, and WebSockets on later ones, at the end of a
    ///     channel's pipeline.
    package init(
        responder: any UpgradeResponder,
        limits: RequestHeadReader.Limits,
        timeout: TimeAmount,
        isSecure: Bool,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger,
        addHTTP: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.responder = responder
        self.limits = limits
        self.isSecure = isSecure
        self.logger = logger
        self.addHTTP = addHTTP
        var deadlines: [ObjectIdentifier: NIOLoopBoundBox<HandshakeDeadlines>] = [:]
        for eventLoop in eventLoopGroup.makeIterator() {
            deadlines[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(
                HandshakeDeadlines(timeout: timeout, on: eventLoop),
                eventLoop: eventLoop
            )
        }
        self.deadlines = deadlines
    }

    /// The connections of a loop whose handshake is not done; has to be called on it.
    func deadlines(of eventLoop: any EventLoop) -> HandshakeDeadlines? {
        deadlines[ObjectIdentifier(eventLoop)]?.value
    }
}
