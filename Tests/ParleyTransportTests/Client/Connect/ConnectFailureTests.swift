// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import ParleyTestPeers
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("Why a WebSocket does not open", .timeLimit(.minutes(1)))
struct ConnectFailureTests {
    struct Reply: Sendable, CustomTestStringConvertible {
        let name: String
        /// What is answered; ACCEPT stands for the right accept value.
        let text: String
        let cause: ConnectFailure.Cause
        var phase = ConnectPhase.checks

        var testDescription: String { name }
    }

    private static func switching(_ lines: String...) -> String {
        (["HTTP/1.1 101 Switching Protocols"] + lines + ["", ""]).joined(separator: "\r\n")
    }

    private static let upgrade = "Upgrade: websocket"
    private static let connection = "Connection: Upgrade"
    private static let accept = "Sec-WebSocket-Accept: ACCEPT"

    static let replies = [
        Reply(name: "no upgrade", text: switching(connection, accept), cause: .upgradeMissing),
        Reply(name: "no connection", text: switching(upgrade, accept), cause: .connectionMissing),
        Reply(
            name: "rewritten connection",
            text: switching(upgrade, "Connection: keep-alive", accept),
            cause: .connectionOther("keep-alive")
        ),
        Reply(name: "no accept", text: switching(upgrade, connection), cause: .acceptMissing),
        Reply(
            name: "wrong accept",
            text: switching(upgrade, connection, "Sec-WebSocket-Accept: xyz="),
            cause: .acceptWrong("xyz=")
        ),
        Reply(
            name: "two subprotocol fields",
            text: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"),
            cause: .subprotocolRepeated(["a", "b"])
        ),
        Reply(
            name: "unoffered subprotocol",
            text: switching(upgrade, connection, accept, "Sec-WebSocket-Protocol: soap"),
            cause: .subprotocolNotOffered("soap")
        ),
        Reply(
            name: "unoffered extension",
            text: switching(upgrade, connection, accept, "Sec-WebSocket-Extensions: permessage-deflate"),
            cause: .extensionNotOffered("permessage-deflate")
        ),
        Reply(name: "SSH", text: "SSH-2.0-x\r\n", cause: .notHTTP(Array("SSH-2.0-x\r\n".utf8)), phase: .answer),
        Reply(name: "TLS alert", text: "\u{15}\u{3}\u{1}", cause: .notHTTP([0x15, 3, 1]), phase: .answer),
        Reply(
            name: "a line that is none",
            text: "HTTP/1.1 101 X\r\nno field\r\n\r\n",
            cause: .headMalformed("no field"),
            phase: .answer
        ),
        Reply(
            name: "closed at once",
            text: "",
            cause: .closedBeforeAnswer(received: []),
            phase: .answer
        ),
        Reply(
            name: "closed within the answer",
            text: "HTTP/1.1 10",
            cause: .closedBeforeAnswer(received: Array("HTTP/1.1 10".utf8)),
            phase: .answer
        ),
        Reply(
            name: "too large",
            text: "HTTP/1.1 101 X\r\nA: " + String(repeating: "x", count: 70_000),
            cause: .headTooLarge(limit: 65_536),
            phase: .answer
        ),
        Reply(
            name: "redirect without a body's length",
            text: "HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n",
            cause: .status(code: 302, headers: [.location: "/login"], body: []),
            phase: .answer
        ),
    ]

    @Test("A wrong answer is named", arguments: replies)
    func wrongAnswer(_ reply: Reply) async throws {
        try await RawServer.run { peer in
            let head = try await peer.head()
            let parts = reply.text.split(separator: "ACCEPT", omittingEmptySubsequences: false)
            try await peer.write(parts.joined(separator: RawPeer.accept(for: head)))
        } body: { port in
            let failure = try #require(await connectFailure(local(port)))
            #expect(failure.cause == reply.cause)
            #expect(failure.phase == reply.phase)
            #expect(failure.timeline.spans.last?.phase == reply.phase)
            #expect(!failure.timeline.responseHead.isEmpty == !reply.text.isEmpty)
        }
    }

    @Test("Everything that is wrong with a 101 is told")
    func furtherCauses() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.write(Self.switching("Upgrade: h2c", "Sec-WebSocket-Protocol: soap"))
        } body: { port in
            let failure = try #require(await connectFailure(local(port)))
            #expect(failure.cause == .upgradeOther("h2c"))
            #expect(failure.furtherCauses == [.connectionMissing, .acceptMissing, .subprotocolNotOffered("soap")])
        }
    }

    @Test("The fields and body of a refusal are kept, while the server keeps the connection")
    func refusal() async throws {
        let body = #"{"error":{"code":"invalid_api_key"}}"#
        try await RawServer.run { peer in
            _ = try await peer.head()
            let fields = "WWW-Authenticate: Bearer\r\nContent-Length: \(body.utf8.count)\r\n"
            try await peer.write("HTTP/1.1 401 Unauthorized\r\n\(fields)\r\n\(body)")
            #expect(try await peer.untilEnd() == [])
        } body: { port in
            let failure = try #require(await connectFailure(local(port)))
            guard case .status(401, let headers, let kept) = failure.cause else {
                Issue.record("\(failure.cause)")
                return
            }
            #expect(headers[.wwwAuthenticate] == "Bearer")
            #expect(kept == Array(body.utf8))
            #expect(failure.description.contains("invalid_api_key"))
        }
    }

    @Test("A refusal whose body does not end is told when the time is over")
    func unfinishedRefusal() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.write("HTTP/1.1 503 No\r\nContent-Length: 100\r\n\r\nbusy")
            _ = try await peer.untilEnd()
        } body: { port in
            let failure = try #require(await connectFailure(local(port), options { $0.connectTimeout = .seconds(3) }))
            #expect(
                failure.cause == .status(code: 503, headers: [.contentLength: "100"], body: Array("busy".utf8))
            )
        }
    }

    @Test("A server that stays silent is given up, also in the middle of its answer", arguments: ["", "HTTP/1.1 1"])
    func silence(_ beginning: String) async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            if !beginning.isEmpty { try await peer.write(beginning) }
            #expect(try await peer.untilEnd() == [])
        } body: { port in
            let failure = try #require(await connectFailure(local(port), options { $0.connectTimeout = .seconds(3) }))
            #expect(failure.cause == .timedOut)
            #expect(failure.phase == .answer)
            #expect(failure.timeline.responseHead == Array(beginning.utf8))
        }
    }

    @Test("A reset is not taken for an end")
    func reset() async throws {
        try await RawServer.run { peer in
            _ = try await peer.head()
            try await peer.reset()
        } body: { port in
            let failure = try #require(await connectFailure(local(port)))
            #expect(failure.cause == .reset(received: []))
        }
    }

    @Test("A port nothing listens on refuses")
    func refused() async throws {
        let port = try await closedPort()
        let failure = try #require(await connectFailure(local(port)))
        #expect(failure.cause == .refused)
        #expect(failure.phase == .connect)
        #expect(failure.timeline.attempts.count == 1)
        #expect(failure.timeline.attempts.first?.error != nil)
    }

    @Test("Refused at every address of a name is refused")
    func refusedEverywhere() async throws {
        let port = try await closedPort()
        let addresses = try ["127.0.0.1", "127.0.0.2"].map { try SocketAddress(ipAddress: $0, port: port) }
        let options = options { $0.resolver = FixedResolver(v4: .success(addresses), v6: .success([])) }
        let failure = try #require(await connectFailure(WebSocketURL("ws://two.example:\(port)"), options))
        #expect(failure.cause == .refused)
        #expect(failure.timeline.attempts.map(\.address) == addresses)
    }

    @Test("A name without address is told in the resolver's words")
    func unresolved() async throws {
        let refusal = FixedResolver.Refusal(description: "no such name")
        let options = options { $0.resolver = FixedResolver(v4: .failure(refusal), v6: .failure(refusal)) }
        let failure = try #require(await connectFailure(WebSocketURL("ws://nowhere.example"), options))
        #expect(failure.cause == .dns("no such name"))
        #expect(failure.phase == .resolve)
        #expect(failure.timeline.attempts == [])
    }

    @Test("A name with no addresses at all has none")
    func emptyAnswer() async throws {
        let options = options { $0.resolver = FixedResolver(v4: .success([]), v6: .success([])) }
        let failure = try #require(await connectFailure(WebSocketURL("ws://nowhere.example"), options))
        #expect(failure.cause == .dns("it has no address"))
    }

    @Test("A resolver that does not answer is given up, and what it finds later is not connected")
    func slowResolver() async throws {
        let options = options {
            $0.resolver = FixedResolver(v4: nil, v6: nil)
            $0.connectTimeout = .milliseconds(100)
        }
        let failure = try #require(await connectFailure(WebSocketURL("ws://slow.example"), options))
        #expect(failure.cause == .timedOut)
        #expect(failure.phase == .resolve)
    }

    @Test("An override that is no address is told")
    func badOverride() async throws {
        let options = options { $0.addresses = ["voice.example": "elsewhere"] }
        let failure = try #require(await connectFailure(WebSocketURL("ws://voice.example"), options))
        #expect(failure.cause == .addressInvalid("elsewhere"))
    }

    @Test("Options that cannot be sent fail before anything is sent")
    func badOptions() async throws {
        let failure = try #require(await connectFailure(local(1), options { $0.subprotocols = ["a b"] }))
        #expect(failure.cause == .subprotocolInvalid("a b"))
        #expect(failure.phase == .url)
        #expect(failure.timeline.attempts == [])
    }

    @Test("Cancelling the task closes the socket")
    func cancelled() async throws {
        let asked = Signal()
        let left = Signal()
        try await RawServer.run { peer in
            _ = try await peer.head()
            asked.raise()
            #expect(try await peer.untilEnd() == [])
            left.raise()
        } body: { port in
            let url = try local(port)
            let task = Task { await connectFailure(url)?.cause }
            await asked.wait()
            task.cancel()
            #expect(await task.value == .cancelled)
            await left.wait()
        }
    }

    @Test("A task that is cancelled already opens nothing")
    func cancelledBefore() async throws {
        let url = try await local(closedPort())
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await connectFailure(url)
        }
        let value = await task.value
        let failure = try #require(value)
        #expect(failure.cause == .cancelled)
        #expect(failure.timeline.attempts == [])
    }

    @Test("An event loop without sockets is refused")
    func unsuitableEventLoop() async throws {
        let loop = NIOAsyncTestingEventLoop()
        do {
            _ = try await WebSocketClient.connect(to: local(1), on: loop, logger: Logger(label: "test"))
            Issue.record("connected without sockets")
        } catch let failure as ConnectFailure {
            #expect(failure.cause == .eventLoopUnsuitable)
        }
        await loop.shutdownGracefully()
    }
}
