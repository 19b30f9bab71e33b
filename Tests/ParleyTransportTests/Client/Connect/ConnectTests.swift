// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyTestPeers
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("Opening a WebSocket", .timeLimit(.minutes(1)))
struct ConnectTests {
    @Test("The server sees the request, the client its answer and the timeline every step")
    func opens() async throws {
        try await RawServer.run { peer in
            let head = try await peer.open(fields: ["Sec-WebSocket-Protocol: realtime", "X-Answer: yes"])
            #expect(head.first == "GET /v1/realtime?model=m HTTP/1.1")
            #expect(RawPeer.value(of: "Sec-WebSocket-Protocol", in: head) == "realtime, other")
            #expect(RawPeer.value(of: "Authorization", in: head) == "Bearer k")
            try await peer.answerClose()
        } body: { port in
            let options = options {
                $0.subprotocols = ["realtime", "other"]
                $0.headers = [.authorization: "Bearer k"]
            }
            let client = try await connect(local(port, "/v1/realtime?model=m"), options)
            #expect(client.subprotocol == "realtime")
            #expect(client.responseHeaders.first { $0.name.rawName == "X-Answer" }?.value == "yes")
            let timeline = client.timeline
            #expect(timeline.spans.map(\.phase) == [.url, .connect, .send, .answer, .checks])
            #expect(timeline.spans.allSatisfy { ($0.duration ?? -1) >= 0 })
            #expect(timeline.attempts.map(\.address.port) == [port])
            #expect(timeline.attempts.first?.error == nil)
            #expect(timeline.remoteAddress?.port == port)
            #expect(timeline.localAddress != nil)
            #expect(timeline.resolved == [])
            #expect(timeline.tls == nil)
            let head = String(decoding: timeline.responseHead, as: UTF8.self)
            #expect(head.hasPrefix("HTTP/1.1 101") && head.hasSuffix("X-Answer: yes\r\n\r\n"))
            #expect(await client.close().wasClean)
        }
    }

    @Test("Messages in the segment of the 101 are not lost")
    func earlyMessages() async throws {
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.text("first") + RawPeer.text("second") + [0x81, 5] + Array("thi".utf8))
            try await peer.write("rd")
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port))
            var texts: [String] = []
            for await message in client.messages {
                texts.append(String(buffer: message.payload))
                if texts.count == 3 { break }
            }
            #expect(texts == ["first", "second", "third"])
            await client.close()
        }
    }

    @Test("A close in the segment of the 101 is reported with its code")
    func earlyClose() async throws {
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.text("error") + RawPeer.bytes(0x88, [3, 0xF0] + Array("no".utf8)))
            #expect(try await peer.frame() == .close(1008))
        } body: { port in
            let client = try await connect(local(port))
            var texts: [String] = []
            for await message in client.messages { texts.append(String(buffer: message.payload)) }
            #expect(texts == ["error"])
            let summary = await client.closed()
            #expect(summary == CloseSummary(code: .policyViolation, reason: "no", initiator: .peer, wasClean: true))
        }
    }

    @Test("1xx answers before the 101 are skipped and kept as evidence")
    func earlyHints() async throws {
        let hints = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        try await RawServer.run { peer in
            let head = try await peer.head()
            try await peer.write(hints)
            try await peer.write(RawPeer.answer(to: head))
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port))
            #expect(client.timeline.interimHeads == [Array(hints.utf8)])
            await client.close()
        }
    }

    @Test("An answer that comes byte by byte is read")
    func dribble() async throws {
        try await RawServer.run { peer in
            let head = try await peer.head()
            for byte in Array(RawPeer.answer(to: head).utf8) + RawPeer.text("x") { try await peer.write([byte]) }
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port))
            let messages = client.messages.makeAsyncIterator()
            #expect(await messages.next().map { String(buffer: $0.payload) } == "x")
            await client.close()
        }
    }

    @Test("An address that refuses is passed over for the next one")
    func nextAddress() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            try await peer.answerClose()
        } body: { port in
            let v6 = try SocketAddress(ipAddress: "::1", port: port)
            let v4 = try SocketAddress(ipAddress: "127.0.0.1", port: port)
            let options = options { $0.resolver = FixedResolver(v4: .success([v4]), v6: .success([v6])) }
            let client = try await connect(WebSocketURL("ws://two.example:\(port)"), options)
            #expect(Set(client.timeline.resolved.map(\.ipAddress)) == ["::1", "127.0.0.1"])
            #expect(client.timeline.attempts.last?.address == v4)
            #expect(client.timeline.remoteAddress == v4)
            #expect(client.timeline.spans.map(\.phase) == [.url, .resolve, .connect, .send, .answer, .checks])
            await client.close()
        }
    }

    @Test("The system's resolver is asked for a name")
    func systemResolver() async throws {
        try await RawServer.run { peer in
            let head = try await peer.open()
            #expect(RawPeer.value(of: "Host", in: head)?.hasPrefix("localhost:") == true)
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(WebSocketURL("ws://localhost:\(port)"))
            #expect(client.timeline.resolved.contains { $0.ipAddress == "127.0.0.1" })
            await client.close()
        }
    }

    @Test("An address given for a name replaces the resolver")
    func override() async throws {
        try await RawServer.run { peer in
            let head = try await peer.open()
            #expect(RawPeer.value(of: "Host", in: head)?.hasPrefix("voice.example:") == true)
            try await peer.answerClose()
        } body: { port in
            let options = options { $0.addresses = ["voice.example": "127.0.0.1"] }
            let client = try await connect(WebSocketURL("ws://voice.example:\(port)"), options)
            #expect(client.timeline.span(.resolve) == nil)
            await client.close()
        }
    }
}
