// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("A WebSocket on a channel")
struct WebSocketChannelHandlerTests {
    /// A connection whose handshake is over.
    private static func open(
        onMessage: @escaping @Sendable (WebSocketChannelHandler, Message) -> Void = { _, _ in }
    ) throws -> ServerPipeline {
        let server = try ServerPipeline(onMessage: onMessage)
        try server.send(ServerPipeline.upgrade())
        return server
    }

    @Test("Replies to a burst of messages are flushed together")
    func oneFlushPerBurst() throws {
        let server = try Self.open { socket, message in
            socket.send(.text) { $0.writeImmutableBuffer(message.payload) }
        }
        server.channel.pipeline.fireChannelRead(ClientFrame.text("a"))
        server.channel.pipeline.fireChannelRead(ClientFrame.text("b"))
        #expect(try server.sent().readableBytes == 0)
        server.channel.pipeline.fireChannelReadComplete()
        var expected = ServerFrame.text("a")
        expected.writeImmutableBuffer(ServerFrame.text("b"))
        #expect(try server.sent() == expected)
    }

    @Test("The client's close is answered with its own code, and TCP is ended at once")
    func closeIsAnswered() throws {
        let server = try Self.open()
        #expect(try server.send(ClientFrame.close(1000)) == ServerFrame.close(1000))
        let summary = CloseSummary(code: .normalClosure, reason: "", initiator: .peer, wasClean: true)
        #expect(server.delegate.calls == [.opened, .closed(summary)])
    }

    @Test("A close by the server waits for the client's, but not for ever")
    func closeByServer() throws {
        let server = try Self.open { socket, _ in socket.close(.goingAway, reason: "bye") }
        #expect(try server.send(ClientFrame.text("x")) == ServerFrame.close(1001, "bye"))
        #expect(server.delegate.calls == [.opened, .received("x")])
        try server.send(ClientFrame.close(1001))
        #expect(server.delegate.calls.count == 3)
    }

    @Test("A frame that breaks the protocol is answered with 1002 and its reason")
    func violation() throws {
        let server = try Self.open()
        let unmasked = ByteBuffer(bytes: [0x81, 0x01, 0x61])
        let sent = try server.send(unmasked)
        #expect(sent.getInteger(at: 0, as: UInt8.self) == 0x88)
        #expect(sent.getInteger(at: 2, as: UInt16.self) == 1002)
        guard case .closed(let summary)? = server.delegate.calls.last else {
            Issue.record("not closed: \(server.delegate.calls)")
            return
        }
        #expect(summary.violation != nil)
    }

    @Test("A connection that breaks off is reported once")
    func connectionBreaks() throws {
        let server = try Self.open()
        server.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        server.channel.pipeline.fireChannelInactive()
        let closes = server.delegate.calls.filter { call in
            guard case .closed = call else { return false }
            return true
        }
        #expect(closes == [.closed(CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false))])
    }

    @Test("A server that is to stop tells the delegate and keeps the connection")
    func quiescing() throws {
        let server = try Self.open()
        server.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        #expect(server.delegate.calls == [.opened, .shouldDrain])
        #expect(server.channel.isActive)
    }

    @Test("Nothing is sent after the close frame")
    func nothingAfterClose() throws {
        let server = try Self.open { socket, _ in
            socket.close(.normalClosure, reason: "")
            socket.send(.text) { $0.writeStaticString("late") }
        }
        #expect(try server.send(ClientFrame.text("x")) == ServerFrame.close(1000))
    }

    @Test("A client that takes nothing more is not worked for until it does")
    func notWritable() throws {
        let server = try Self.open()
        server.channel.isWritable = false
        server.channel.pipeline.fireChannelWritabilityChanged()
        try server.send(ClientFrame.text("x"))
        #expect(server.delegate.calls == [.opened])
        server.channel.isWritable = true
        server.channel.pipeline.fireChannelWritabilityChanged()
        server.channel.embeddedEventLoop.run()
        #expect(server.delegate.calls == [.opened, .becameWritable, .received("x")])
    }

    @Test("A client that takes nothing more may still close")
    func closeWhileNotWritable() throws {
        let server = try Self.open()
        server.channel.isWritable = false
        server.channel.pipeline.fireChannelWritabilityChanged()
        server.channel.pipeline.fireChannelInactive()
        let end = CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false)
        #expect(server.delegate.calls == [.opened, .closed(end)])
    }
}
