// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyHandshake
package import ParleyWebSocket

/// The server's part in a handshake that arrives on a channel.
package protocol UpgradeResponder: Sendable {
    /// Decides, and writes the line that says why. Whoever is accepted is to be served, by ``socket(for:isSecure:on:)``.
    func decide(_ request: HandshakeRequest, from peer: SocketAddress?) -> Decision
    /// Gives the answer to what is no request head, and writes the line that says so.
    func refuse(_ fault: RequestHeadFault, from peer: SocketAddress?) -> Refusal
    /// Makes whoever serves the connection that was accepted.
    func delegate(for decision: Decision, on eventLoop: any EventLoop) -> any WebSocketDelegate
    /// The memory of each event loop.
    var memories: LoopMemories { get }
    /// What a connection may take.
    var limits: ConnectionLimits { get }
    /// How a connection compresses that was accepted on these terms; nil for not at all.
    func compression(for accepted: Accepted) -> Compression?
}

extension UpgradeResponder {
    /// Makes the handler of a connection that was accepted, with TLS or not; has to be called on its event loop.
    func socket(for decision: Decision, isSecure: Bool, on eventLoop: any EventLoop) -> WebSocketChannelHandler {
        WebSocketChannelHandler(
            ConnectionMachine(
                role: .server,
                limits: limits,
                compression: decision.admission.accepted.flatMap { compression(for: $0) },
                now: .now()
            ),
            delegate: delegate(for: decision, on: eventLoop),
            isSecure: isSecure,
            memory: memories.memory(of: eventLoop)
        )
    }
}
