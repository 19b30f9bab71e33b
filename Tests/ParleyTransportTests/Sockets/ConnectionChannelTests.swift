// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import NIOCore
import NIOPosix
import ParleyTestPeers
import Synchronization
import Testing

@testable import ParleyTransport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

@Suite("A connection on a loop of our own")
struct ConnectionChannelTests {
    /// More than the system's buffers hold while nobody reads.
    private static let much = [UInt8](repeating: 0x6D, count: 32 * 1024 * 1024)

    private static func halfOpen(_ channel: any Channel) throws {
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
    }

    // MARK: Reading

    @Test("reads by itself, and again after each read")
    func reads() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        for text in ["a", "b", "c"] {
            try await client.write(text)
            #expect(await served.told() == .read(text))
        }
        #expect(served.channel.isActive)
        try await client.close()
        #expect(await served.told() == .inactive)
        try await served.channel.closeFuture.get()
        #expect(!served.channel.isActive)
        try await server.close()
    }

    @Test("reads only when told to, if that is wanted, and once for each time")
    func readsOnDemand() async throws {
        let server = try await SocketServer { try $0.syncOptions?.setOption(.autoRead, value: false) }
        let (client, served) = try await server.connect()
        try await client.write("a")
        served.channel.read()
        #expect(await served.told() == .read("a"))
        try await client.write("b")
        // Had it read by itself, this would come later than what follows.
        try await served.onLoop { $0.pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed) }
        #expect(await served.told() == .outputClosed)
        try await served.onLoop { try $0.syncOptions?.setOption(.autoRead, value: true) }
        #expect(await served.told() == .read("b"))
        #expect(try await served.channel.getOption(.autoRead).get())
        try await client.close()
        try await server.close()
    }

    @Test("hears the end of the client even while nobody reads, and what came before it")
    func endWhileNotReading() async throws {
        let server = try await SocketServer { channel in
            try Self.halfOpen(channel)
            try channel.syncOptions?.setOption(.autoRead, value: false)
        }
        let (client, served) = try await server.connect()
        try await client.write("last words")
        try await client.endOutput()
        #expect(await served.told() == .read("last words"))
        #expect(await served.told() == .inputClosed)
        try await served.channel.close()
        try await server.close()
    }

    @Test("goes on in one direction when the client has ended the other")
    func halfClosure() async throws {
        let server = try await SocketServer(prepare: Self.halfOpen)
        let (client, served) = try await server.connect()
        try await client.endOutput()
        #expect(await served.told() == .inputClosed)
        try await served.channel.writeAndFlush(ByteBuffer(string: "still here"))
        try await served.channel.close(mode: .output)
        #expect(try await client.untilEnd() == Array("still here".utf8))
        #expect(await served.told() == .inactive)
        try await served.channel.closeFuture.get()
        try await server.close()
    }

    @Test("closes with the client's end, if half a connection is of no use")
    func noHalfClosure() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        try await client.write("a")
        try await client.endOutput()
        #expect(await served.told() == .read("a"))
        #expect(await served.told() == .inactive)
        #expect(try await client.untilEnd().isEmpty)
        try await server.close()
    }

    @Test("tells of a reset, after what came before it")
    func reset() async throws {
        let server = try await SocketServer(prepare: Self.halfOpen)
        let (client, served) = try await server.connect()
        try await client.write("a")
        #expect(await served.told() == .read("a"))
        try await client.reset()
        #expect(await served.told() == .error)
        #expect(await served.told() == .inactive)
        await #expect(throws: ChannelError.ioOnClosedChannel) {
            try await served.channel.writeAndFlush(ByteBuffer(string: "b"))
        }
        try await server.close()
    }

    @Test("can end its input itself")
    func closesInput() async throws {
        let server = try await SocketServer(prepare: Self.halfOpen)
        let (client, served) = try await server.connect()
        try await served.channel.close(mode: .input)
        #expect(await served.told() == .inputClosed)
        await #expect(throws: ChannelError.inputClosed) { try await served.channel.close(mode: .input) }
        try await served.channel.writeAndFlush(ByteBuffer(string: "a"))
        try await served.channel.close(mode: .output)
        #expect(try await client.untilEnd() == Array("a".utf8))
        try await server.close()
    }

    // MARK: Writing

    @Test("keeps what the socket does not take, and tells who sends")
    func backpressure() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        try await client.pauseReading(true)
        let written = served.write(ByteBuffer(bytes: Self.much))
        #expect(await served.told() == .writable(false))
        #expect(!served.channel.isWritable)
        #expect(try await served.channel.getOption(.bufferedWritableBytes).get() > 0)
        try await client.pauseReading(false)
        #expect(try await client.bytes(Self.much.count) == Self.much)
        try await written.get()
        #expect(await served.told() == .writable(true))
        #expect(served.channel.isWritable)
        try await client.close()
        try await server.close()
    }

    @Test("sends pieces in their order, and nothing before it is told to")
    func order() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        let sent = try await served.onLoop { channel in
            for number in 0..<100 { channel.write(ByteBuffer(string: "\(number),"), promise: nil) }
            channel.write(ByteBuffer(), promise: nil)
            return channel.writeAndFlush(ByteBuffer(string: "end"))
        }
        try await sent.get()
        let expected = (0..<100).map { "\($0)," }.joined() + "end"
        #expect(try await client.bytes(expected.utf8.count) == Array(expected.utf8))
        let unflushed = served.enqueue(ByteBuffer(string: "never sent"))
        try await served.channel.close()
        await #expect(throws: ChannelError.ioOnClosedChannel) { try await unflushed.get() }
        #expect(try await client.untilEnd().isEmpty)
        try await server.close()
    }

    @Test("ends its output behind everything that was written")
    func endsOutput() async throws {
        let server = try await SocketServer(prepare: Self.halfOpen)
        let (client, served) = try await server.connect()
        try await client.pauseReading(true)
        let (ended, second) = try await served.onLoop { channel in
            channel.writeAndFlush(ByteBuffer(bytes: Self.much), promise: nil)
            return (channel.close(mode: .output), channel.close(mode: .output))
        }
        await #expect(throws: ChannelError.outputClosed) { try await second.get() }
        await #expect(throws: ChannelError.outputClosed) { try await served.channel.writeAndFlush(ByteBuffer()) }
        // The client's end does not cut off what is on its way.
        try await client.endOutput()
        await served.told(.inputClosed)
        try await client.pauseReading(false)
        #expect(try await client.untilEnd() == Self.much)
        try await ended.get()
        try await served.channel.closeFuture.get()
        try await server.close()
    }

    @Test("drops what was not sent when it is closed, and says so")
    func dropped() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        try await client.pauseReading(true)
        let written = served.write(ByteBuffer(bytes: Self.much))
        await served.told(.writable(false))
        let ended = served.endOutput()
        try await served.channel.close()
        await #expect(throws: ChannelError.ioOnClosedChannel) { try await written.get() }
        await #expect(throws: ChannelError.ioOnClosedChannel) { try await ended.get() }
        await #expect(throws: ChannelError.alreadyClosed) { try await served.channel.close() }
        try await client.close()
        try await server.close()
    }

    @Test("fails what was not sent when the client breaks off")
    func brokenWhileSending() async throws {
        let server = try await SocketServer(prepare: Self.halfOpen)
        let (client, served) = try await server.connect()
        try await client.pauseReading(true)
        let written = served.write(ByteBuffer(bytes: Self.much))
        await served.told(.writable(false))
        try await client.reset()
        await #expect(throws: IOError.self) { try await written.get() }
        try await served.channel.closeFuture.get()
        try await server.close()
    }

    @Test("can make its end a reset")
    func lingers() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        let socket = try #require(served.channel as? any SocketOptionProvider)
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await served.channel.close()
        #expect(try await client.untilEnd().isEmpty)
        await #expect(throws: (any Error).self) { try await socket.setSoLinger(linger(l_onoff: 0, l_linger: 0)).get() }
        try await server.close()
    }

    // MARK: The rest

    @Test("refuses what it cannot do")
    func unsupported() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        let channel = served.channel
        let somewhere = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        let unsupported = ChannelError.operationUnsupported
        await #expect(throws: unsupported) { try await channel.connect(to: somewhere) }
        await #expect(throws: unsupported) { try await channel.bind(to: somewhere) }
        await #expect(throws: unsupported) { try await channel.register().get() }
        await #expect(throws: unsupported) { try await channel.triggerUserOutboundEvent("?") }
        await #expect(throws: unsupported) { try await channel.setOption(.maxMessagesPerRead, value: 1).get() }
        await #expect(throws: unsupported) { _ = try await channel.getOption(.writeSpin).get() }
        #expect(try await !channel.getOption(.allowRemoteHalfClosure).get())
        try await client.close()
        try await server.close()
    }

    @Test("knows both addresses and its parent")
    func addresses() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        #expect(served.channel.parent === server.listener)
        #expect(served.channel.remoteAddress?.ipAddress == "127.0.0.1")
        #expect(try await served.onLoop { $0.localAddress?.port } == server.port)
        try await served.channel.close()
        await #expect(throws: ChannelError.ioOnClosedChannel) {
            _ = try await served.onLoop { try $0._channelCore.localAddress0() }
        }
        try await client.close()
        try await server.close()
    }

    /// Takes the bytes of a connection past its pipeline.
    private final class Taker: ConnectionReceiver, Sendable {
        let taken: AsyncStream<String>
        private let source: AsyncStream<String>.Continuation

        init() { (taken, source) = AsyncStream.makeStream() }

        func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
            source.yield(String(decoding: bytes, as: UTF8.self))
            return bytes.count > 1
        }
    }

    @Test("hands its bytes to a receiver, if there is one, and reads on as that one wants")
    func receiver() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        let taker = Taker()
        try await served.onLoop { ($0 as? ConnectionChannel)?.receiver = taker }
        var taken = taker.taken.makeAsyncIterator()
        try await client.write("more")
        #expect(await taken.next() == "more")
        try await client.write("1")
        #expect(await taken.next() == "1")
        try await client.write("waits")
        try await served.onLoop { $0.pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed) }
        #expect(await served.told() == .outputClosed)
        served.channel.read()
        #expect(await taken.next() == "waits")
        try await client.close()
        #expect(await served.told() == .inactive)
        try await server.close()
    }

    @Test("takes over a connection that NIO has opened, with what has come already")
    func takeover() async throws {
        let loop = try SocketEventLoopGroup.shared.get().nextLoop()
        let read = Signal()
        let answer = try await RawServer.run { peer in
            try await peer.write("first")
            await read.wait()
            #expect(try await peer.bytes(6) == Array("second".utf8))
            try await peer.write("third")
        } body: { port in
            let dialing = ClientBootstrap(group: loop.dialer).channelOption(.autoRead, value: false)
                .connect(host: "127.0.0.1", port: port)
            let channel = try await loop.takeOver(dialing).get()
            #expect(channel.eventLoop === loop)
            #expect(channel.remoteAddress?.port == port)
            let (texts, source) = AsyncStream<String>.makeStream()
            try await loop.submit {
                try channel.pipeline.syncOperations.addHandler(TextSource(source))
                try channel.syncOptions?.setOption(.autoRead, value: true)
            }
            .get()
            var received = ""
            for await text in texts {
                received += text
                if received == "first" {
                    read.raise()
                    try await channel.writeAndFlush(ByteBuffer(string: "second"))
                }
            }
            return received
        }
        #expect(answer == "firstthird")
    }

    private final class TextSource: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let source: AsyncStream<String>.Continuation

        init(_ source: AsyncStream<String>.Continuation) { self.source = source }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            source.yield(String(buffer: unwrapInboundIn(data)))
        }

        func channelInactive(context: ChannelHandlerContext) { source.finish() }
    }
}
#endif
