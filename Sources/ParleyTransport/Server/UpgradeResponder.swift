// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyHandshake
package import ParleyWebSocket

/// The server's part in a handshake that arrives on a channel.
package protocol UpgradeResponder: Sendable {
    /// Decides, and writes the line that says why.
    func decide(_ request: HandshakeRequest, from peer: SocketAddress?) -> Decision
    /// Makes whoever serves the connection that was accepted.
    func delegate(for decision: Decision, on eventLoop: any EventLoop) -> any WebSocketDelegate
    /// The memory of each event loop.
    var memories: LoopMemories { get }
    /// What a connection may take.
    var limits: ConnectionLimits { get }
}
