// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import NIOPosix
import ParleyTestPeers
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("Opening a WebSocket through a proxy", .timeLimit(.minutes(1)))
struct ConnectProxyTests {
    private static func proxy(_ port: Int, user: String = "") throws -> ProxyURL {
        try ProxyURL("http://\(user)127.0.0.1:\(port)")
    }

    @Test("The proxy is asked for a tunnel, and the handshake goes through it")
    func tunnel() async throws {
        try await RawServer.run { peer in
            let asked = try await peer.head()
            #expect(asked == ["CONNECT voice.example:80 HTTP/1.1", "Host: voice.example:80"])
            try await peer.write("HTTP/1.1 200 Connection established\r\n\r\n")
            let head = try await peer.open()
            #expect(head.first == "GET /v1/realtime HTTP/1.1")
            #expect(RawPeer.value(of: "Host", in: head) == "voice.example")
            try await peer.answerClose()
        } body: { port in
            let proxy = try Self.proxy(port)
            let url = try WebSocketURL("ws://voice.example/v1/realtime")
            let client = try await connect(url, options { $0.proxy = proxy })
            #expect(client.timeline.spans.map(\.phase) == [.url, .connect, .proxy, .send, .answer, .checks])
            #expect(client.timeline.remoteAddress?.port == port)
            #expect(
                String(decoding: client.timeline.proxyHead, as: UTF8.self)
                    == "HTTP/1.1 200 Connection established\r\n\r\n"
            )
            await client.close()
        }
    }

    @Test("User and password are sent in Basic form")
    func credentials() async throws {
        try await RawServer.run { peer in
            let asked = try await peer.head()
            #expect(RawPeer.value(of: "Proxy-Authorization", in: asked) == "Basic dTpw")
            try await peer.write("HTTP/1.1 204 Fine\r\n\r\n")
            let head = try await peer.open()
            #expect(RawPeer.value(of: "Proxy-Authorization", in: head) == nil)
            try await peer.answerClose()
        } body: { port in
            let proxy = try Self.proxy(port, user: "u:p@")
            let client = try await connect(WebSocketURL("ws://[fd00::1]:8080"), options { $0.proxy = proxy })
            await client.close()
        }
    }

    @Test("A refusal is the proxy's, with its fields and body")
    func refusal() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            let fields = "Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 3\r\n"
            try await peer.write("HTTP/1.1 407 Proxy Authentication Required\r\n\(fields)\r\nwho")
            _ = try await peer.untilEnd()
        } body: { port in
            let proxy = try Self.proxy(port, user: "user:secret@")
            let failure = try #require(
                await connectFailure(WebSocketURL("wss://voice.example"), options { $0.proxy = proxy })
            )
            guard case .proxyRefused(407, let headers, let body) = failure.cause else {
                Issue.record("\(failure.cause)")
                return
            }
            #expect(headers[.proxyAuthenticate] == "Basic realm=\"x\"")
            #expect(body == Array("who".utf8))
            #expect(failure.phase == .proxy)
            #expect(failure.timeline.proxyHead.starts(with: Array("HTTP/1.1 407".utf8)))
            #expect(failure.timeline.responseHead == [])
            #expect(!failure.description.contains("secret"))
            #expect(failure.description.contains("password"))
        }
    }

    @Test("What is no HTTP proxy is told")
    func notHTTP() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.write([5, 0xFF])
        } body: { port in
            let proxy = try Self.proxy(port)
            let failure = try #require(
                await connectFailure(WebSocketURL("ws://voice.example"), options { $0.proxy = proxy })
            )
            #expect(failure.cause == .notHTTP([5, 0xFF]))
            #expect(failure.phase == .proxy)
        }
    }

    @Test("A proxy that stays silent is given up there")
    func silent() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.write("HTTP/1.1 20")
            _ = try await peer.untilEnd()
        } body: { port in
            let proxy = try Self.proxy(port)
            let options = options {
                $0.proxy = proxy
                $0.connectTimeout = .seconds(3)
            }
            let failure = try #require(await connectFailure(WebSocketURL("ws://voice.example"), options))
            #expect(failure.cause == .timedOut)
            #expect(failure.phase == .proxy)
            #expect(failure.timeline.proxyHead == Array("HTTP/1.1 20".utf8))
        }
    }

    @Test("A proxy that is not there is named")
    func refused() async throws {
        let proxy = try await Self.proxy(closedPort())
        let failure = try #require(
            await connectFailure(WebSocketURL("ws://voice.example"), options { $0.proxy = proxy })
        )
        #expect(failure.cause == .refused)
        #expect(failure.description.contains("the proxy http://127.0.0.1:\(proxy.port)"))
    }

    @Test("TLS goes through the tunnel")
    func tlsThroughTunnel() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            try await peer.open(then: RawPeer.text("hello"))
            try await peer.answerClose()
        } body: { serverPort in
            try await RawServer.run { peer in
                _ = try await peer.head()
                try await peer.write("HTTP/1.1 200 OK\r\n\r\n")
                try await peer.relay(to: serverPort)
            } body: { port in
                let proxy = try Self.proxy(port)
                let options = options {
                    $0.proxy = proxy
                    $0.trustedCertificatesFile = authority.file
                }
                let client = try await connect(WebSocketURL("wss://localhost:\(serverPort)"), options)
                let messages = client.messages.makeAsyncIterator()
                #expect(await messages.next().map { String(buffer: $0.payload) } == "hello")
                #expect(client.timeline.spans.map(\.phase) == [.url, .connect, .proxy, .tls, .send, .answer, .checks])
                #expect(await client.close().wasClean)
            }
        }
    }

    @Test("What answers in plain behind the tunnel is not taken for the proxy's own bytes")
    func plainBehindTunnel() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.write("HTTP/1.1 200 OK\r\n\r\n")
            _ = try await peer.some()
            try await peer.write("SSH-2.0")
        } body: { port in
            let proxy = try Self.proxy(port)
            let failure = try #require(
                await connectFailure(WebSocketURL("wss://voice.example"), options { $0.proxy = proxy })
            )
            #expect(failure.cause == .notTLS(firstBytes: Array("SSH-2.0".utf8)))
            #expect(failure.phase == .tls)
        }
    }
}
