// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOSSL
import ParleyTestPeers
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("Opening a WebSocket over TLS", .timeLimit(.minutes(1)))
struct ConnectTLSTests {
    @Test("A server whose authority is trusted is spoken to", arguments: ["127.0.0.1", "localhost"])
    func trusted(host: String) async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            try await peer.open(then: RawPeer.text("hello"))
            try await peer.answerClose()
        } body: { port in
            let options = options {
                $0.trustedCertificatesFile = authority.file
                $0.addresses = ["localhost": "127.0.0.1"]
            }
            let client = try await connect(WebSocketURL("wss://\(host):\(port)"), options)
            let messages = client.messages.makeAsyncIterator()
            #expect(await messages.next().map { String(buffer: $0.payload) } == "hello")
            #expect(client.timeline.spans.map(\.phase) == [.url, .connect, .tls, .send, .answer, .checks])
            #expect(client.timeline.tls?.version == .tlsv13)
            #expect(client.timeline.tls?.applicationProtocol == "http/1.1")
            #expect(client.timeline.tls?.certificate == authority.certificate)
            #expect(await client.close().wasClean)
        }
    }

    @Test("Certificates that were read ahead are not read again")
    func prepared() async throws {
        let authority = try Authority()
        var options = options { $0.trustedCertificatesFile = authority.file }
        try options.prepareTLS()
        authority.remove()
        let prepared = options
        try await RawServer.run(tls: authority.tls) { peer in
            try await peer.open(then: RawPeer.text("hello"))
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port, scheme: "wss"), prepared)
            #expect(client.timeline.tls?.certificate == authority.certificate)
            #expect(await client.close().wasClean)
        }
    }

    @Test("A certificate of an unknown authority is refused and kept as evidence")
    func untrusted() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            let failure = try #require(await connectFailure(local(port, scheme: "wss")))
            guard case .certificateUntrusted = failure.cause else {
                Issue.record("\(failure)")
                return
            }
            #expect(failure.phase == .tls)
            #expect(failure.timeline.tls != nil)
        }
    }

    @Test("A certificate for other names is refused as such")
    func wrongName() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            let options = options {
                $0.trustedCertificatesFile = authority.file
                $0.addresses = ["voice.example": "127.0.0.1"]
            }
            let failure = try #require(await connectFailure(WebSocketURL("wss://voice.example:\(port)"), options))
            #expect(failure.cause == .certificateNameMismatch("localhost, 127.0.0.1, ::1"))
            #expect(failure.phase == .tls)
            #expect(failure.timeline.tls?.certificate == authority.certificate)
        }
    }

    @Test("Names are not compared when the TLS settings say so")
    func namesLeftAlone() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            try await peer.open()
            try await peer.answerClose()
        } body: { port in
            let options = options {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.certificateVerification = .noHostnameVerification
                $0.tls = tls
                $0.trustedCertificatesFile = authority.file
                $0.addresses = ["voice.example": "127.0.0.1"]
            }
            let client = try await connect(WebSocketURL("wss://voice.example:\(port)"), options)
            #expect(client.timeline.tls?.applicationProtocol == nil)
            await client.close()
        }
    }

    @Test("Unchecked, any certificate will do and can be looked at")
    func unchecked() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            try await peer.open()
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port, scheme: "wss"), options { $0.verifiesCertificate = false })
            #expect(client.timeline.tls?.certificate == authority.certificate)
            await client.close()
        }
    }

    @Test("No TLS version in common is a failure of TLS")
    func versions() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv1
            tls.maximumTLSVersion = .tlsv11
            let failure = try #require(
                await connectFailure(local(port, scheme: "wss"), options { $0.tls = tls })
            )
            guard case .tls = failure.cause else {
                Issue.record("\(failure)")
                return
            }
        }
    }

    @Test("Plain HTTP in answer to the TLS hello is shown")
    func plainServer() async throws {
        let answer = "HTTP/1.1 400 Bad Request\r\n\r\n"
        try await RawServer.run { peer in
            _ = try await peer.some()
            try await peer.write(answer)
        } body: { port in
            let failure = try #require(await connectFailure(local(port, scheme: "wss")))
            #expect(failure.cause == .notTLS(firstBytes: Array(answer.utf8)))
            #expect(failure.phase == .tls)
        }
    }

    @Test("A server that ends TCP during the handshake is a failure of TLS")
    func closes() async throws {
        try await RawServer.run { peer in
            _ = try await peer.some()
        } body: { port in
            let failure = try #require(await connectFailure(local(port, scheme: "wss")))
            #expect(failure.phase == .tls)
            guard case .tls = failure.cause else {
                Issue.record("\(failure)")
                return
            }
        }
    }

    @Test("A server that is silent during the handshake is given up there")
    func silent() async throws {
        try await RawServer.run { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            let failure = try #require(
                await connectFailure(local(port, scheme: "wss"), options { $0.connectTimeout = .seconds(2) })
            )
            #expect(failure.cause == .timedOut)
            #expect(failure.phase == .tls)
        }
    }

    @Test("A file of certificates that is missing is named")
    func missingFile() async throws {
        try await RawServer.run { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            let options = options { $0.trustedCertificatesFile = "/no/such.pem" }
            let failure = try #require(await connectFailure(local(port, scheme: "wss"), options))
            guard case .tlsUnusable(let text) = failure.cause else {
                Issue.record("\(failure)")
                return
            }
            #expect(text.contains("/no/such.pem"))
        }
    }

    @Test("A wss server spoken to in plain answers no HTTP")
    func plainToTLS() async throws {
        let authority = try Authority()
        defer { authority.remove() }
        try await RawServer.run(tls: authority.tls) { peer in
            _ = try await peer.untilEnd()
        } body: { port in
            let failure = try #require(await connectFailure(local(port)))
            switch failure.cause {
            case .notHTTP(let bytes): #expect(bytes.first == 0x15)
            // The server may end the connection without a word, and a reset may overtake its alert.
            case .closedBeforeAnswer, .reset: #expect(failure.phase == .answer)
            default: Issue.record("\(failure.cause)")
            }
        }
    }
}
