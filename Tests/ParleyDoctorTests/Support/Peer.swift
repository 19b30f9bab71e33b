// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One end of a TCP connection in a test: writes bytes and sees what comes, ends included.
struct Peer: Sendable {
    enum Arrival: Sendable, Equatable {
        case bytes([UInt8])
        case halfEnd
        case reset
        case end
    }

    let channel: any Channel
    let arrivals: AsyncStream<Arrival>

    /// A connection to a port of this machine.
    static func connect(to port: Int) async throws -> Peer {
        let (arrivals, source) = AsyncStream<Arrival>.makeStream()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ArrivalSource(source))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return Peer(channel: channel, arrivals: arrivals)
    }

    /// A server on a free port, and the connections that come to it.
    static func listen(reads: Bool = true) async throws -> (server: any Channel, port: Int, peers: AsyncStream<Peer>) {
        let (peers, accepted) = AsyncStream<Peer>.makeStream()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.autoRead, value: reads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let (arrivals, source) = AsyncStream<Arrival>.makeStream()
                    try channel.pipeline.syncOperations.addHandler(ArrivalSource(source))
                    accepted.yield(Peer(channel: channel, arrivals: arrivals))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return (server, server.localAddress?.port ?? 0, peers)
    }

    func write(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    func endOutput() async throws { try await channel.close(mode: .output) }

    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// The next bytes, `count` of them and more if more came with them.
    func read(_ count: Int) async -> [UInt8] {
        var read: [UInt8] = []
        for await arrival in arrivals {
            guard case .bytes(let bytes) = arrival else { break }
            read += bytes
            if read.count >= count { break }
        }
        return read
    }

    /// Everything up to an end, and the end.
    func untilEnd() async -> (bytes: [UInt8], end: Arrival?) {
        var read: [UInt8] = []
        for await arrival in arrivals {
            guard case .bytes(let bytes) = arrival else { return (read, arrival) }
            read += bytes
        }
        return (read, nil)
    }
}

extension AsyncStream where Element: Sendable {
    /// The next element; a stream of peers has one for each connection.
    var first: Element? {
        get async {
            for await element in self { return element }
            return nil
        }
    }
}

private final class ArrivalSource: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let source: AsyncStream<Peer.Arrival>.Continuation
    private var wasReset = false

    init(_ source: AsyncStream<Peer.Arrival>.Continuation) { self.source = source }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        source.yield(.bytes(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { source.yield(.halfEnd) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if (error as? IOError)?.errnoCode == ECONNRESET { wasReset = true }
    }

    func channelInactive(context: ChannelHandlerContext) {
        source.yield(wasReset ? .reset : .end)
        source.finish()
    }
}
