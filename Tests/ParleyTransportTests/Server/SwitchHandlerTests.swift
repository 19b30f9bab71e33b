// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOEmbedded
import ParleyHandshake
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("Switching a connection from HTTP to WebSocket")
struct SwitchHandlerTests {
    private static let answer = """
        HTTP/1.1 101 Switching Protocols\r
        Upgrade: websocket\r
        Connection: Upgrade\r
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
        \r

        """

    @Test("An upgrade is answered with the plain 101 and nothing else")
    func plainAnswer() throws {
        let server = try ServerPipeline()
        #expect(try server.send(ServerPipeline.upgrade()) == Self.answer)
        #expect(server.delegate.calls == [.opened])
        #expect(server.application.paths == [])
    }

    @Test("The three subprotocols of a browser are answered with realtime alone")
    func subprotocol() throws {
        let server = try ServerPipeline()
        let offer =
            "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.sk-test, openai-beta.realtime-v1"
        let answer = try server.send(ServerPipeline.upgrade(fields: [offer, "Origin: http://127.0.0.1:3000"]))
        #expect(answer.contains("\r\nSec-WebSocket-Protocol: realtime\r\n"))
        #expect(!answer.contains("sk-test"))
    }

    @Test("Compression that is agreed on is in the answer, and messages after it are compressed both ways")
    func compression() throws {
        let policy = HandshakePolicy(compression: DeflateSettings(), isEchoEnabled: true)
        let server = try ServerPipeline(policy: policy) { socket, message in
            socket.send(.text) { $0.writeImmutableBuffer(message.payload) }
        }
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"
        let answer = try server.send(ServerPipeline.upgrade(fields: [offer]))
        #expect(answer.contains("\r\n\(offer)\r\n"))
        let text = String(repeating: "again and ", count: 20)
        let compression = Compression(DeflateAgreement(DeflateOffer()), settings: DeflateSettings())
        var client = ConnectionMachine(
            role: .client,
            limits: ConnectionLimits(),
            compression: compression,
            now: .uptimeNanoseconds(1),
            maskingKey: { 7 }
        )
        var frames = ByteBuffer()
        client.append(.text, to: &frames) { $0.writeString(text) }
        let echo = try server.send(frames)
        #expect(server.delegate.calls == [.opened, .received(text)])
        #expect(echo.getInteger(at: echo.readerIndex, as: UInt8.self) == 0xC1)
        client.received(echo, at: .uptimeNanoseconds(2))
        #expect(client.next() == .message(Message(kind: .text, payload: ByteBuffer(string: text))))
    }

    @Test("The upgrade may be any request of a connection")
    func upgradeOnLaterRequest() throws {
        let server = try ServerPipeline()
        for _ in 0..<3 {
            #expect(try server.send("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").hasPrefix("HTTP/1.1 200 OK"))
        }
        #expect(try server.send(ServerPipeline.upgrade()) == Self.answer)
        #expect(server.application.paths == ["/healthz", "/healthz", "/healthz"])
    }

    @Test("A request that came before the upgrade is answered first")
    func orderIsKept() throws {
        let server = try ServerPipeline()
        server.application.answersAtOnce = false
        let both = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + ServerPipeline.upgrade()
        #expect(try server.send(both) == "")
        server.application.answer()
        server.channel.embeddedEventLoop.run()
        let answers = String(buffer: try server.sent())
        #expect(answers.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answers.hasSuffix(Self.answer))
    }

    @Test("Messages that come in the same segment as the upgrade are delivered and answered at once")
    func earlyMessages() throws {
        let server = try ServerPipeline { socket, message in
            socket.send(.text) { $0.writeImmutableBuffer(message.payload) }
        }
        var bytes = ByteBuffer(string: ServerPipeline.upgrade())
        bytes.writeImmutableBuffer(ClientFrame.text("early"))
        var sent = try server.send(bytes)
        #expect(sent.readString(length: Self.answer.utf8.count) == Self.answer)
        #expect(sent == ServerFrame.text("early"))
        #expect(server.delegate.calls == [.opened, .received("early")])
    }

    @Test(
        "However the request is cut into segments, the connection switches",
        arguments: [1, 2, 7, 50]
    )
    func segments(size: Int) throws {
        let server = try ServerPipeline()
        var bytes = ByteBuffer(string: ServerPipeline.upgrade())
        bytes.writeImmutableBuffer(ClientFrame.text("hi"))
        while bytes.readableBytes > 0 {
            guard let slice = bytes.readSlice(length: min(size, bytes.readableBytes)) else { break }
            server.channel.pipeline.fireChannelRead(slice)
            server.channel.pipeline.fireChannelReadComplete()
            server.channel.embeddedEventLoop.run()
        }
        #expect(String(buffer: try server.sent()) == Self.answer)
        #expect(server.delegate.calls == [.opened, .received("hi")])
    }

    @Test("A refusal is an HTTP answer with its reason as JSON, and ends the connection")
    func refusal() throws {
        let server = try ServerPipeline(capacity: .overloaded(retryAfterSeconds: 7))
        let answer = try server.send(ServerPipeline.upgrade())
        #expect(answer.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
        #expect(answer.lowercased().contains("\r\nretry-after: 7\r\n"))
        #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        #expect(answer.contains("{\"error\":{"))
        #expect(server.delegate.calls == [])
    }

    @Test("A version other than 13 is told which one is spoken")
    func wrongVersion() throws {
        let server = try ServerPipeline()
        let request = ServerPipeline.upgrade().replacing("Version: 13", with: "Version: 8")
        let answer = try server.send(request)
        #expect(answer.hasPrefix("HTTP/1.1 426 Upgrade Required\r\n"))
        #expect(answer.lowercased().contains("\r\nsec-websocket-version: 13\r\n"))
    }

    private static let plain = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"

    @Test(
        "A later head above a limit is refused as the first one is",
        arguments: [
            ("A: b\r\nB: b\r\nC: b\r\n\r\n", "431", "too_many_fields"),
            ("A: \(String(repeating: "x", count: 200))", "431", "request_head_too_large"),
        ] as [(String, String, String)]
    )
    func laterHeadAboveLimit(fields: String, status: String, code: String) throws {
        let server = try ServerPipeline(headLimits: .init(bytes: 150, fields: 3))
        try server.send(Self.plain)
        let answer = try server.send("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields)
        #expect(answer.hasPrefix("HTTP/1.1 \(status)"))
        #expect(answer.contains("\"code\":\"\(code)\""))
        #expect(server.application.paths == ["/healthz"])
        server.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!server.channel.isActive)
    }

    @Test("A later request line above its limit is refused with 414")
    func laterRequestLine() throws {
        let server = try ServerPipeline(headLimits: .init(requestLine: 30))
        try server.send(Self.plain)
        let answer = try server.send("GET /0123456789012345678901 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        #expect(answer.hasPrefix("HTTP/1.1 414 URI Too Long"))
    }

    @Test("A later head that does not end in time is refused with 408, from its first byte on")
    func laterHeadInTime() throws {
        let server = try ServerPipeline()
        try server.send(Self.plain)
        server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout)
        try server.send("\r\n")
        server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout)
        try server.send("GET / HT")
        server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout - .nanoseconds(1))
        #expect(try server.sent().readableBytes == 0)
        server.channel.embeddedEventLoop.advanceTime(by: .nanoseconds(1))
        let answer = String(buffer: try server.sent())
        #expect(answer.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(answer.contains("\"code\":\"handshake_timeout\""))
    }

    @Test("A later head that came in time is not timed, and neither is its body or a WebSocket")
    func laterHeadCame() throws {
        let body = try ServerPipeline()
        try body.send(Self.plain)
        try body.send("POST / HTTP/1.1\r\nHo")
        try body.send("st: 127.0.0.1\r\nContent-Length: 3\r\n\r\na")
        let socket = try ServerPipeline()
        try socket.send(Self.plain)
        try socket.send("GET /v1/realtime?model=m HTT")
        try socket.send(String(ServerPipeline.upgrade("/v1/realtime?model=m").dropFirst(28)))
        for server in [body, socket] {
            server.channel.embeddedEventLoop.advanceTime(by: ServerPipeline.handshakeTimeout * 2)
            #expect(server.channel.isActive)
            #expect(try server.sent().readableBytes == 0)
        }
        #expect(socket.delegate.calls == [.opened])
    }

    @Test("The refusal of a later head waits for the answers to the requests before it")
    func laterRefusalWaits() throws {
        let server = try ServerPipeline(headLimits: .init(fields: 1))
        server.application.answersAtOnce = false
        #expect(try server.send(Self.plain + "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n\r\n") == "")
        server.application.answer()
        server.channel.embeddedEventLoop.run()
        let answers = String(buffer: try server.sent())
        #expect(answers.hasPrefix("HTTP/1.1 200 OK"))
        #expect(answers.contains("HTTP/1.1 431 "))
    }

    @Test(
        "A request without Host, or with two, is refused, whether it is the first or a later one",
        arguments: [
            ("", "host_missing"), ("Host: a\r\nHost: a\r\n", "host_repeated"), ("Host: a b\r\n", "host_malformed"),
        ] as [(String, String)]
    )
    func host(fields: String, code: String) throws {
        for before in ["", Self.plain] {
            let server = try ServerPipeline()
            if !before.isEmpty { try server.send(before) }
            let answer = try server.send("GET /healthz HTTP/1.1\r\n\(fields)\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
            #expect(answer.contains("\"code\":\"\(code)\""))
            #expect(server.application.paths == (before.isEmpty ? [] : ["/healthz"]))
        }
    }

    @Test("HTTP/1.0 may leave Host out")
    func hostOfOldHTTP() throws {
        let server = try ServerPipeline()
        #expect(try server.send("GET /healthz HTTP/1.0\r\n\r\n").contains(" 200 OK"))
    }

    @Test("Requests that ask for no WebSocket reach the application with their bodies")
    func plainRequestsPass() throws {
        let server = try ServerPipeline()
        let request = "POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc"
        #expect(try server.send(request).hasPrefix("HTTP/1.1 200 OK"))
        #expect(server.application.paths == ["/v1/x"])
    }
}
