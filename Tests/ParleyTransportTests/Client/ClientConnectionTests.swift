// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import ParleyTestPeers
import ParleyWebSocket
import Testing

@testable import ParleyTransport

/// Counts the reads that reach the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var reads = 0

    func read(context: ChannelHandlerContext) {
        reads += 1
        context.read()
    }
}

/// A client's connection on a channel without a socket.
private struct Pipeline {
    let channel: NIOAsyncTestingChannel
    let connection: ClientConnection

    init(bufferLimits: MessageBuffer.Limits = .init()) async throws {
        let loop = NIOAsyncTestingEventLoop()
        let connection = ClientConnection(eventLoop: loop, bufferLimits: bufferLimits)
        self.connection = connection
        channel = try await NIOAsyncTestingChannel(loop: loop) { channel in
            let machine = ConnectionMachine(
                role: .client,
                limits: ConnectionLimits(pingInterval: nil),
                now: .now()
            )
            let socket = WebSocketChannelHandler(machine, delegate: connection, isSecure: false)
            try channel.pipeline.syncOperations.addHandlers([ReadCounter(), socket])
        }
        try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
        let channel = channel
        try await loop.executeInContext {
            try channel.pipeline.syncOperations.handler(type: WebSocketChannelHandler.self).open(answer: ByteBuffer())
        }
    }

    /// The server sends a message of `count` bytes.
    func receive(_ count: Int) async throws {
        try await channel.writeInbound(ByteBuffer(bytes: RawPeer.bytes(0x82, [UInt8](repeating: 1, count: count))))
    }

    /// Asks for a read as the channel would, and says how many have reached the socket.
    func reads() async throws -> Int {
        let channel = channel
        return try await channel.testingEventLoop.executeInContext {
            channel.pipeline.read()
            return try channel.pipeline.syncOperations.handler(type: ReadCounter.self).reads
        }
    }

    func setWritable(_ isWritable: Bool) async throws {
        let channel = channel
        try await channel.testingEventLoop.executeInContext {
            channel.isWritable = isWritable
            channel.pipeline.fireChannelWritabilityChanged()
        }
        await channel.testingEventLoop.run()
    }

    /// What was written, as text without masks: the masking key of these tests is 0.
    func written() async throws -> [String] {
        var texts: [String] = []
        while let frame = try await channel.readOutbound(as: ByteBuffer.self) {
            texts.append(String(decoding: frame.readableBytesView.dropFirst(6), as: UTF8.self))
        }
        return texts
    }
}

@Suite("A client's connection and its tasks", .timeLimit(.minutes(1)))
struct ClientConnectionTests {
    @Test("While the buffer is full nothing is read, and again once half of it is empty")
    func fullByCount() async throws {
        let pipeline = try await Pipeline(bufferLimits: .init(messages: 4))
        for _ in 0..<3 { try await pipeline.receive(1) }
        let before = try await pipeline.reads()
        #expect(try await pipeline.reads() == before + 1)
        try await pipeline.receive(1)
        #expect(try await pipeline.reads() == before + 1)
        _ = await pipeline.connection.nextMessage()
        #expect(try await pipeline.reads() == before + 1)
        _ = await pipeline.connection.nextMessage()
        // The read that was held back, and the one that is asked for now.
        #expect(try await pipeline.reads() == before + 3)
    }

    @Test("The bytes that wait are bounded too")
    func fullByBytes() async throws {
        let pipeline = try await Pipeline(bufferLimits: .init(bytes: 1000))
        try await pipeline.receive(999)
        let before = try await pipeline.reads()
        try await pipeline.receive(1)
        #expect(try await pipeline.reads() == before)
        #expect(await pipeline.connection.nextMessage()?.payload.readableBytes == 999)
        #expect(try await pipeline.reads() == before + 2)
    }

    @Test("A close reads on, so that the answer behind a full buffer is seen")
    func closeReadsOn() async throws {
        let pipeline = try await Pipeline(bufferLimits: .init(messages: 1))
        try await pipeline.receive(1)
        let before = try await pipeline.reads()
        #expect(try await pipeline.reads() == before)
        pipeline.connection.abandon()
        await pipeline.channel.testingEventLoop.run()
        #expect(try await pipeline.reads() == before + 2)
        #expect(try await pipeline.channel.readOutbound(as: ByteBuffer.self)?.getBytes(at: 0, length: 1) == [0x88])
    }

    @Test("A send waits while the socket takes nothing, and gives up when its task does")
    func sendCancelled() async throws {
        let pipeline = try await Pipeline()
        try await pipeline.setWritable(false)
        let connection = pipeline.connection
        let sender = Task { () async -> SendFailure? in
            do throws(SendFailure) {
                try await connection.send(.text, ByteBuffer(string: "x"))
                return nil
            } catch {
                return error
            }
        }
        sender.cancel()
        #expect(await sender.value == .cancelled)
        try await pipeline.setWritable(true)
        #expect(try await pipeline.written() == [])
    }

    @Test("What waited is sent in order once the socket takes bytes")
    func sendsInOrder() async throws {
        let pipeline = try await Pipeline()
        let connection = pipeline.connection
        try await connection.send(.text, ByteBuffer(string: "at once"))
        #expect(try await pipeline.written() == ["at once"])
        try await pipeline.setWritable(false)
        let sender = Task {
            for text in ["a", "b", "c"] { try await connection.send(.text, ByteBuffer(string: text)) }
        }
        try await pipeline.setWritable(true)
        try await sender.value
        #expect(try await pipeline.written() == ["a", "b", "c"])
    }

    @Test("A send that waits when the connection ends is told so")
    func sendAtTheEnd() async throws {
        let pipeline = try await Pipeline()
        try await pipeline.setWritable(false)
        let connection = pipeline.connection
        let sender = Task { () async -> SendFailure? in
            do throws(SendFailure) {
                try await connection.send(.text, ByteBuffer(string: "x"))
                return nil
            } catch {
                return error
            }
        }
        try await pipeline.channel.close()
        let summary = CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false)
        #expect(await sender.value == .closed(summary))
        #expect(await connection.end() == summary)
        #expect(await connection.nextMessage() == nil)
    }

    @Test("While the connection closes nothing more can be sent")
    func sendWhileClosing() async throws {
        let pipeline = try await Pipeline()
        pipeline.connection.abandon()
        await pipeline.channel.testingEventLoop.run()
        await #expect(throws: SendFailure.closed(nil)) {
            try await pipeline.connection.send(.text, ByteBuffer(string: "x"))
        }
    }

    @Test("Messages before a frame that breaks the protocol can be answered, and the close frame follows")
    func answersBeforeTheFailure() async throws {
        let pipeline = try await Pipeline()
        var bytes = RawPeer.bytes(0x81, Array("a".utf8)) + RawPeer.bytes(0x81, Array("b".utf8))
        bytes += RawPeer.bytes(0x83, [])
        try await pipeline.channel.writeInbound(ByteBuffer(bytes: bytes))
        let connection = pipeline.connection
        for _ in 0..<2 {
            let message = try #require(await connection.nextMessage())
            try await connection.send(message.kind, message.payload)
        }
        #expect(try await pipeline.written() == ["a", "b"])
        #expect(await connection.nextMessage() == nil)
        #expect(try await pipeline.channel.readOutbound(as: ByteBuffer.self)?.getBytes(at: 0, length: 1) == [0x88])
        #expect(await connection.end().violation == .reservedOpcode)
    }

    @Test("A frame that breaks the protocol ends a connection at once that has nothing to answer")
    func failureWithoutAnswers() async throws {
        let pipeline = try await Pipeline()
        try await pipeline.channel.writeInbound(ByteBuffer(bytes: RawPeer.bytes(0x83, [])))
        #expect(await pipeline.connection.end().violation == .reservedOpcode)
    }

    @Test("A reader whose task is cancelled already gets nothing")
    func readerCancelledBefore() async throws {
        let pipeline = try await Pipeline()
        try await pipeline.receive(1)
        let connection = pipeline.connection
        let reader = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await connection.nextMessage()
        }
        #expect(await reader.value == nil)
    }
}

@Suite("Messages that wait for their reader")
struct MessageBufferTests {
    private static func message(_ count: Int) -> Message {
        Message(kind: .binary, payload: ByteBuffer(repeating: 0, count: count))
    }

    @Test("It is full by messages or bytes and has room when half is empty")
    func limits() {
        var buffer = MessageBuffer(limits: .init(messages: 2, bytes: 10))
        #expect(buffer.hasRoom && !buffer.isFull)
        buffer.append(Self.message(1))
        #expect(buffer.hasRoom && !buffer.isFull)
        buffer.append(Self.message(1))
        #expect(!buffer.hasRoom && buffer.isFull)
        _ = buffer.next()
        #expect(buffer.hasRoom && !buffer.isFull)
        buffer.append(Self.message(9))
        #expect(buffer.isFull)
        #expect(buffer.next()?.payload.readableBytes == 1)
        #expect(!buffer.hasRoom && !buffer.isFull)
        #expect(buffer.next()?.payload.readableBytes == 9)
        #expect(buffer.next() == nil)
    }

    @Test("Limits below one message would stop everything and are raised")
    func smallestLimits() {
        let limits = MessageBuffer.Limits(messages: 0, bytes: -5)
        #expect(limits == MessageBuffer.Limits(messages: 1, bytes: 1))
        var buffer = MessageBuffer(limits: limits)
        #expect(!buffer.isFull)
        buffer.append(Self.message(0))
        #expect(buffer.isFull)
        _ = buffer.next()
        #expect(buffer.hasRoom)
    }
}
