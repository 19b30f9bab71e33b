// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// Looks names up and notes what came of it.
final class RecordingResolver: Resolver, Sendable {
    private let resolver: any Resolver & Sendable
    private let eventLoop: any EventLoop
    private let resolved: @Sendable ([SocketAddress]) -> Void

    /// - Parameters:
    ///   - resolver: Does the work.
    ///   - eventLoop: Where `resolved` is called, whatever event loop the resolver uses.
    ///   - resolved: Gets the addresses of one family.
    init(
        _ resolver: any Resolver & Sendable,
        on eventLoop: any EventLoop,
        resolved: @escaping @Sendable ([SocketAddress]) -> Void
    ) {
        self.resolver = resolver
        self.eventLoop = eventLoop
        self.resolved = resolved
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        recorded(resolver.initiateAQuery(host: host, port: port))
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        recorded(resolver.initiateAAAAQuery(host: host, port: port))
    }

    func cancelQueries() { resolver.cancelQueries() }

    private func recorded(_ addresses: EventLoopFuture<[SocketAddress]>) -> EventLoopFuture<[SocketAddress]> {
        addresses.hop(to: eventLoop)
            .map { [resolved] addresses in
                resolved(addresses)
                return addresses
            }
    }
}
