// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import NIOCore
import ParleyTestPeers

@testable import ParleyTransport

/// A listener on loops of our own, and the connections it accepts.
final class SocketServer {
    let listener: any Channel
    private var arrivals: AsyncStream<ServedConnection>.Iterator

    /// Listens on a free port; `prepare` is called with each accepted channel, before it is served.
    init(
        group: SocketEventLoopGroup? = nil,
        host: String = "127.0.0.1",
        prepare: @escaping @Sendable (any Channel) throws -> Void = { _ in }
    ) async throws {
        let (stream, source) = AsyncStream<ServedConnection>.makeStream()
        arrivals = stream.makeAsyncIterator()
        let group = try group ?? SocketEventLoopGroup.shared.get()
        listener = try await Listening(on: group) { _ in
        } childInitializer: { channel in
            try prepare(channel)
            let (events, told) = AsyncStream<ServedConnection.Event>.makeStream()
            try channel.pipeline.syncOperations.addHandler(Teller(told))
            source.yield(ServedConnection(channel, events))
        }
        .bind(host: host, port: 0)
    }

    var port: Int { listener.localAddress?.port ?? 0 }

    /// The next connection.
    func accepted() async throws -> ServedConnection {
        guard let next = await arrivals.next(isolation: #isolation) else { throw ChannelError.eof }
        return next
    }

    /// A client, and the server's end of its connection.
    func connect() async throws -> (client: RawPeer, served: ServedConnection) {
        let client = try await RawPeer.connected(to: port)
        return (client, try await accepted())
    }

    /// Listens no more.
    func close() async throws { try await listener.close() }
}

/// The server's end of a connection, and what its pipeline is told.
// Sendable: handed over once, from the event loop to the test.
final class ServedConnection: @unchecked Sendable {
    enum Event: Sendable, Equatable {
        case read(String)
        case inputClosed
        case outputClosed
        case writable(Bool)
        case error
        case inactive
    }

    let channel: any Channel
    private var events: AsyncStream<Event>.Iterator

    init(_ channel: any Channel, _ events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events.makeAsyncIterator()
    }

    /// What it is told next.
    func told() async -> Event? { await events.next(isolation: #isolation) }

    /// Waits until it is told something.
    func told(_ event: Event) async {
        while let next = await told(), next != event {}
    }

    /// Writes; nobody waits until it is sent.
    func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void> { channel.writeAndFlush(bytes) }

    /// Puts a write in its place in the queue, and does not have it sent.
    func enqueue(_ bytes: ByteBuffer) -> EventLoopFuture<Void> { channel.write(bytes) }

    /// Ends the output; nobody waits for it.
    func endOutput() -> EventLoopFuture<Void> { channel.close(mode: .output) }

    /// Does something on the channel's event loop.
    func onLoop<Result: Sendable>(_ body: @escaping @Sendable (any Channel) throws -> Result) async throws -> Result {
        try await channel.eventLoop.submit { [channel] in try body(channel) }.get()
    }
}

/// Tells a test what a pipeline is told.
private final class Teller: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let told: AsyncStream<ServedConnection.Event>.Continuation

    init(_ told: AsyncStream<ServedConnection.Event>.Continuation) { self.told = told }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        told.yield(.read(String(buffer: unwrapInboundIn(data))))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: told.yield(.inputClosed)
        case ChannelEvent.outputClosed: told.yield(.outputClosed)
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        told.yield(.writable(context.channel.isWritable))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { told.yield(.error) }

    func channelInactive(context: ChannelHandlerContext) {
        told.yield(.inactive)
        told.finish()
    }
}
#endif
