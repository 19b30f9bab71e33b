// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix

/// A port to listen on.
package struct Listening: Sendable {
    /// Connections that may wait to be accepted.
    private static let backlog: CInt = 1024

    private let group: any EventLoopGroup
    private let initializer: @Sendable (any Channel) throws -> Void
    private let childInitializer: @Sendable (any Channel) throws -> Void

    /// - Parameters:
    ///   - group: The loops of the connections, of NIOPosix or, on Linux, ``SocketEventLoopGroup``.
    ///   - initializer: Adds handlers to the listening channel; they are told of each accepted channel.
    ///   - childInitializer: Adds handlers to an accepted channel, which is closed if it throws.
    package init(
        on group: any EventLoopGroup,
        initializer: @escaping @Sendable (any Channel) throws -> Void,
        childInitializer: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.group = group
        self.initializer = initializer
        self.childInitializer = childInitializer
    }

    /// Listens.
    ///
    /// - Parameters:
    ///   - host: A name or an address.
    ///   - port: 0 for any that is free.
    /// - Returns: The listening channel.
    /// - Throws: What the system says.
    package func bind(host: String, port: Int) async throws -> any Channel {
        let (initializer, childInitializer) = (initializer, childInitializer)
        #if os(Linux)
        if let group = group as? SocketEventLoopGroup {
            let address = try SocketAddress.makeAddressResolvingHost(host, port: port)
            return try await bind(address, on: group)
        }
        #endif
        return try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try initializer(channel) }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try childInitializer(channel) }
            }
            .bind(host: host, port: port)
            .get()
    }

    #if os(Linux)
    private func bind(_ address: SocketAddress, on group: SocketEventLoopGroup) async throws -> any Channel {
        let (initializer, childInitializer, loop) = (initializer, childInitializer, group.nextLoop())
        return
            try await loop.submit {
                let channel = ListenerChannel(
                    try listeningSocket(at: address, backlog: Self.backlog),
                    on: loop,
                    group: group,
                    initializer: childInitializer
                )
                do {
                    try initializer(channel)
                } catch {
                    channel.close0(error: error, mode: .all, promise: nil)
                    throw error
                }
                channel.activate()
                return channel
            }
            .get()
    }
    #endif
}
