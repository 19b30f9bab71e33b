// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore
internal import ParleyHandshake
internal import ParleyTransport
internal import Synchronization

/// Counts who comes in, and knows who must wait.
///
/// Asked once per connection and once per handshake, never per message.
final class Door: Sendable {
    /// Seconds after which somebody who found everything full may try again.
    static let retryAfterSeconds = 5

    private struct State {
        var rules: Rules
        var connections: ConnectionQuota
        var handshakes: HandshakeQuota?
        var shutLines = LogThrottle()
        var refusalLines = LogThrottle()

        init(_ rules: Rules) {
            self.rules = rules
            connections = ConnectionQuota(total: rules.connections, perPeer: rules.perPeer)
            handshakes = rules.perSecond.map { HandshakeQuota(perSecond: $0) }
        }
    }

    /// What a configuration comes to.
    private struct Rules {
        let connections: Int
        let perPeer: Int?
        let perSecond: Int?
        /// Whether the limits for single peers hold for this machine, too.
        let limitsLoopbackConnections: Bool
        let limitsLoopbackHandshakes: Bool

        init(_ configuration: ServerConfiguration) {
            let perPeer = configuration.maxConnectionsPerAddress ?? ServerConfiguration.defaultConnectionsPerAddress
            let perSecond = configuration.handshakesPerSecond ?? ServerConfiguration.defaultHandshakesPerSecond
            connections = configuration.connectionLimit
            self.perPeer = perPeer > 0 ? perPeer : nil
            self.perSecond = perSecond > 0 ? perSecond : nil
            limitsLoopbackConnections = configuration.maxConnectionsPerAddress != nil
            limitsLoopbackHandshakes = configuration.handshakesPerSecond != nil
        }
    }

    private let state: Mutex<State>
    private let logger: Logger

    init(_ configuration: ServerConfiguration, logger: Logger) {
        state = Mutex(State(Rules(configuration)))
        self.logger = logger
    }

    /// Lets the limits of another configuration hold; connections that are open stay and count.
    func reload(_ configuration: ServerConfiguration) {
        let rules = Rules(configuration)
        state.withLock { state in
            state.connections.setLimits(total: rules.connections, perPeer: rules.perPeer)
            if rules.perSecond != state.rules.perSecond {
                state.handshakes = rules.perSecond.map { HandshakeQuota(perSecond: $0) }
            }
            state.rules = rules
        }
    }

    /// Connections that are open, of HTTP and WebSocket.
    var connectionCount: Int { state.withLock { $0.connections.count } }

    /// A connection was accepted.
    ///
    /// - Returns: Whether it may stay; ``closed(from:)`` must be called for those that do.
    func opened(from peer: SocketAddress?) -> Bool {
        let network = network(of: peer)
        let (stays, suppressed) = state.withLock { state in
            let isLimited = peer?.isLoopback != true || state.rules.limitsLoopbackConnections
            let stays = state.connections.opened(by: network, isLimited: isLimited)
            return (stays, stays ? nil : state.shutLines.line(at: .now()))
        }
        if let suppressed {
            logger.warning(
                "a connection was closed at once: there are too many; see --max-connections and --connections-per-address",
                metadata: Self.metadata(peer, suppressed)
            )
        }
        return stays
    }

    /// A connection that stayed is closed.
    func closed(from peer: SocketAddress?) {
        let network = network(of: peer)
        state.withLock { $0.connections.closed(by: network) }
    }

    /// Counts a connection that was accepted until it is closed.
    ///
    /// - Returns: Whether it may stay.
    func admits(_ channel: any Channel) -> Bool {
        let peer = channel.remoteAddress
        guard opened(from: peer) else { return false }
        channel.closeFuture.whenComplete { _ in self.closed(from: peer) }
        return true
    }

    /// Whether somebody may begin a handshake now, or ask for something that needs a key; asking counts.
    func capacity(for peer: SocketAddress?) -> Capacity {
        let network = network(of: peer)
        let isElsewhere = peer?.isLoopback != true
        let now = NIODeadline.now()
        return state.withLock { state in
            let rules = state.rules
            if let network, isElsewhere || rules.limitsLoopbackHandshakes,
                let next = state.handshakes?.take(network, at: now)
            {
                return .rateLimited(retryAfterSeconds: Self.seconds(next - now))
            }
            if isElsewhere || rules.limitsLoopbackConnections, state.connections.isOver(network) {
                return .addressFull(retryAfterSeconds: Self.retryAfterSeconds)
            }
            if state.connections.isOver { return .connectionsFull(retryAfterSeconds: Self.retryAfterSeconds) }
            return .available
        }
    }

    /// Whether the refusal of a handshake for want of capacity is to be logged.
    ///
    /// - Returns: How many were not since the last that was; `nil` if not.
    func refusalLine() -> Int? { state.withLock { $0.refusalLines.line(at: .now()) } }

    static func metadata(_ peer: SocketAddress?, _ suppressed: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["peer": "\(peer?.description ?? "unknown")"]
        if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
        return metadata
    }

    private func network(of peer: SocketAddress?) -> PeerNetwork? {
        peer.flatMap(\.network)
    }

    /// Whole seconds, rounded up.
    private static func seconds(_ time: TimeAmount) -> Int { Int((time.nanoseconds + 999_999_999) / 1_000_000_000) }
}

extension SocketAddress {
    /// Who has it, from the address's place in the system's structures.
    fileprivate var network: PeerNetwork? {
        switch self {
        case .v4(let address):
            withUnsafeBytes(of: address.address) { PeerNetwork(UnsafeRawBufferPointer(rebasing: $0[4..<8])) }
        case .v6(let address):
            withUnsafeBytes(of: address.address) { PeerNetwork(UnsafeRawBufferPointer(rebasing: $0[8..<24])) }
        case .unixDomainSocket: nil
        }
    }
}
