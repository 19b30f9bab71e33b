// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import ParleyHandshake
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("The first request of a connection")
struct FrontHandlerTests {
    private static let answer = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """

    /// A connection and the number of pipelines for HTTP that were built for it.
    private func connect(
        policy: HandshakePolicy = HandshakePolicy(isEchoEnabled: true),
        capacity: Capacity = .available,
        limits: RequestHeadReader.Limits = .init(),
        onMessage: @escaping @Sendable (WebSocketChannelHandler, Message) -> Void = { _, _ in }
    ) throws -> ServerPipeline {
        try ServerPipeline(policy: policy, capacity: capacity, headLimits: limits, onMessage: onMessage)
    }

    @Test("An upgrade is answered without a pipeline for HTTP, and the first handler leaves")
    func upgrade() throws {
        let server = try connect()
        #expect(try server.send(ServerPipeline.upgrade()) == Self.answer)
        #expect(server.delegate.calls == [.opened])
        #expect(!server.hasHTTP)
        #expect(throws: (any Error).self) {
            try server.channel.pipeline.syncOperations.handler(type: FrontHandler.self)
        }
    }

    @Test("What the delegate sends when it is opened follows the answer")
    func greeting() throws {
        let server = try connect()
        var sent = try server.send(ByteBuffer(string: ServerPipeline.upgrade()))
        server.delegate.send("hello")
        #expect(sent.readString(length: Self.answer.utf8.count) == Self.answer)
        #expect(try server.sent() == ServerFrame.text("hello"))
    }

    @Test("Messages behind the request are delivered and answered, however they are cut", arguments: [0, 1, 3, 9])
    func early(length: Int) throws {
        let server = try connect { socket, message in
            socket.send(.text) { $0.writeImmutableBuffer(message.payload) }
        }
        var bytes = ByteBuffer(string: ServerPipeline.upgrade())
        var frame = ClientFrame.text("early")
        if let beginning = frame.readSlice(length: length) { bytes.writeImmutableBuffer(beginning) }
        var sent = try server.send(bytes)
        var rest = try server.send(frame)
        sent.writeBuffer(&rest)
        #expect(sent.readString(length: Self.answer.utf8.count) == Self.answer)
        #expect(sent == ServerFrame.text("early"))
    }

    @Test("A plain request gets the pipeline for HTTP and all its bytes, however they are cut", arguments: [1, 7, 500])
    func plain(size: Int) throws {
        let server = try connect()
        var bytes = ByteBuffer(string: "POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc")
        var answer = ""
        while bytes.readableBytes > 0, let piece = bytes.readSlice(length: min(size, bytes.readableBytes)) {
            answer += String(buffer: try server.send(piece))
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 OK"))
        #expect(server.hasHTTP)
        #expect(server.application.paths == ["/v1/x"])
    }

    @Test("Requests and an upgrade that came in one segment are all answered, in their order")
    func pipelined() throws {
        let server = try connect()
        let plain = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        let answers = try server.send(plain + plain + ServerPipeline.upgrade())
        #expect(answers.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answers.hasSuffix(Self.answer))
        #expect(server.application.paths == ["/healthz", "/healthz"])
        #expect(server.delegate.calls == [.opened])
    }

    @Test("A refusal is the same HTTP answer as on a later request, and ends our side")
    func refusal() throws {
        let first = try connect(capacity: .overloaded(retryAfterSeconds: 7))
        let later = try connect(capacity: .overloaded(retryAfterSeconds: 7))
        try later.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        let answer = try first.send(ServerPipeline.upgrade())
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.contains("\r\nConnection: close\r\n") && answer.contains("\r\nRetry-After: 7\r\n"))
        #expect(try later.send(ServerPipeline.upgrade()) == answer)
        #expect(first.delegate.calls == [])
    }

    @Test(
        "An upgrade with a body is refused, since its bytes could be taken for frames",
        arguments: ["Content-Length: 5", "Transfer-Encoding: chunked", "Transfer-Encoding: identity"]
    )
    func body(field: String) throws {
        let server = try connect()
        let answer = try server.send(ServerPipeline.upgrade(fields: [field]) + "hello")
        #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(answer.contains("upgrade_with_body"))
        #expect(try server.send(ServerPipeline.upgrade()) == "")
    }

    @Test(
        "Bytes that are no head are refused with the reason as JSON",
        arguments: [
            ("GET / HTTP/1.1\n", "400 Bad Request", "line_ending_malformed"),
            ("GET / HTTP/1.1\r\nA : b\r\n\r\n", "400 Bad Request", "field_name_malformed"),
            ("PRI * HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported", "http_version_unsupported"),
            ("GET / HTTP/1.1\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", "431", "too_many_fields"),
            ("GET / HTTP/1.1\r\nA: 0123456789012345678901234567890123456789", "431", "request_head_too_large"),
            ("GET /0123456789012345678901234567890123456789", "414 URI Too Long", "request_line_too_long"),
        ] as [(String, String, String)]
    )
    func faults(text: String, status: String, code: String) throws {
        let server = try connect(limits: .init(bytes: 50, fields: 2, requestLine: 30))
        let answer = try server.send(text)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        #expect(answer.contains("\"code\":\"\(code)\""))
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(!server.hasHTTP)
    }

    @Test("A head that does not end in time is told so, and the connection is closed")
    func deadline() throws {
        let server = try connect()
        try server.send("GET / HTTP/1.1\r\n")
        server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout - .nanoseconds(1))
        #expect(try server.sent().readableBytes == 0)
        server.channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        let answer = String(buffer: try server.sent())
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(answer.contains("\"code\":\"handshake_timeout\""))
        server.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!server.channel.isActive)
    }

    @Test("One byte now and then does not move the deadline")
    func dripping() throws {
        let server = try connect()
        var answer = ""
        for byte in "GET / HTTP/1.1" {
            answer += try server.send(String(byte))
            server.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        answer += String(buffer: try server.sent())
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
    }

    @Test("Whoever sends nothing is shown out without a word")
    func silence() throws {
        let server = try connect()
        server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout)
        #expect(try server.sent().readableBytes == 0)
        #expect(!server.channel.isActive)
    }

    @Test("A WebSocket and a plain request that came in time are not timed")
    func inTime() throws {
        let socket = try connect()
        let plain = try connect()
        try socket.send(ServerPipeline.upgrade())
        try plain.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for server in [socket, plain] {
            server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout * 2)
            #expect(server.channel.isActive)
        }
    }

    @Test("Before its head has come, a connection is closed when the server stops or the client ends its side")
    func ends() throws {
        for event: any Sendable in [ChannelShouldQuiesceEvent(), ChannelEvent.inputClosed] {
            let server = try connect()
            try server.send("GET / HTTP/1.1\r\n")
            server.channel.pipeline.fireUserInboundEventTriggered(event)
            server.channel.embeddedEventLoop.run()
            #expect(!server.channel.isActive)
        }
    }

    @Test("A TLS hello on a plain port ends the connection without an answer")
    func hello() throws {
        let server = try connect()
        #expect(try server.send(ByteBuffer(bytes: [0x16, 0x03, 0x01, 0x02, 0x00])).readableBytes == 0)
        #expect(!server.channel.isActive)
    }
}
