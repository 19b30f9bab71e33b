// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("What a tapped client does wrong is diagnosed")
struct ClientFaultTests {
    private static let question = Question(url: "ws://127.0.0.1:9001/chat")

    private static func cause(_ pieces: [Wires.Piece], end: (ms: Int, byClient: Bool)? = nil) -> String? {
        var (recorder, _) = Wires.record(pieces, question: question)
        if let end { _ = recorder.ended(.closed, byClient: end.byClient, atMS: end.ms) }
        var log = ClientLog(question)
        var report: Report?
        for record in recorder.records { report = log.add(record, .tap) ?? report }
        return report?.cause?.causeID
    }

    private static let opened = [Wires.client(Wires.request("/chat")), Wires.server(Wires.answer())]

    @Test("frames without a mask")
    func unmasked() {
        let talk = [Wires.client(Wires.text("hello")), Wires.server(Wires.close(1002, "unmasked"))]
        #expect(Self.cause(Self.opened + talk) == "code-unmasked-client")
    }

    @Test("pings without a pong, when the server gives up")
    func noPong() {
        let ping = [Wires.server(Wires.frame(0x89, [1]), at: 1_000)]
        let close = [Wires.server(Wires.close(1011, "keepalive ping timeout"), at: 21_000)]
        #expect(Self.cause(Self.opened + ping + close) == "code-client-no-pong")
        #expect(Self.cause(Self.opened + ping, end: (21_000, false)) == "code-client-no-pong")
    }

    @Test("but not a ping that crosses the client's good-bye")
    func crossingPing() {
        let pieces = [
            Wires.client(Wires.close(1000, masked: true), at: 1_000), Wires.server(Wires.frame(0x89, [1]), at: 1_000),
            Wires.server(Wires.close(1000), at: 1_001),
        ]
        #expect(Self.cause(Self.opened + pieces, end: (3_000, false)) == nil)
    }

    @Test("a malformed key")
    func badKey() {
        let bytes = String(decoding: Wires.request("/chat"), as: UTF8.self)
            .split(separator: Wires.key).joined(separator: "short")
        let refusal = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
        #expect(Self.cause([Wires.client(Array(bytes.utf8)), Wires.server(refusal)]) == "code-bad-key")
    }

    @Test("HTTP/1.0")
    func http10() {
        let refusal = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
        let request = Wires.client(Wires.request("/chat", version: "1.0"))
        #expect(Self.cause([request, Wires.server(refusal)]) == "code-client-http10")
    }

    @Test("a subprotocol that is no token")
    func badToken() {
        let refusal = Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
        let request = Wires.client(Wires.request("/chat", ["Sec-WebSocket-Protocol: chat v2"]))
        #expect(Self.cause([request, Wires.server(refusal)]) == "code-bad-subprotocol-token")
    }

    @Test("TLS on a port without it")
    func tlsHello() {
        #expect(Self.cause([Wires.client([0x16, 0x03, 0x01, 0, 0])], end: (9, true)) == "tls-wss-to-plain")
    }

    @Test("A client that connects, talks and says good-bye is well")
    func healthy() {
        let talk = [
            Wires.client(Wires.text("hello", masked: true), at: 3), Wires.server(Wires.text("hello"), at: 4),
            Wires.client(Wires.close(1000, masked: true), at: 5), Wires.server(Wires.close(1000), at: 5),
        ]
        var (recorder, _) = Wires.record(Self.opened + talk, question: Self.question)
        _ = recorder.ended(.closed, byClient: false, atMS: 6)
        var log = ClientLog(Self.question)
        #expect(log.add(recorder.records[0], .tap)?.verdict == .connects)
        #expect(!log.hasFailures)
    }

    @Test(
        "A client that closes because of what the server sent has not connected, nor one whose program fails",
        arguments: [1002, 1007, 1009] as [UInt16]
    )
    func complaint(code: UInt16) {
        let (recorder, _) = Wires.record(
            Self.opened + [Wires.client(Wires.close(code, masked: true), at: 5)],
            question: Self.question
        )
        var log = ClientLog(Self.question)
        #expect(log.add(recorder.records[0], .tap)?.verdict != .connects)
        var other = ClientLog(Self.question)
        other.add(Wires.record(Self.opened, question: Self.question).recorder.records[0], .tap)
        #expect(!other.hasFailures)
        other.ended(1, .tap)
        #expect(other.hasFailures)
    }

    @Test("A log keeps failures rather than what went well, and a bounded number of both")
    func bounded() {
        var log = ClientLog(Self.question)
        let good = Wires.record(Self.opened, question: Self.question).recorder.records[0]
        let bad = Wires.record([Wires.client([0x16, 0x03, 0x01])], question: Self.question).recorder.records[0]
        for _ in 0..<100 { log.add(good, .tap) }
        for _ in 0..<100 { log.add(bad, .tap) }
        #expect(log.evidence.count == ClientLog.kept)
        #expect(log.evidence.allSatisfy { $0.data == .client(bad) })
        #expect(Set(log.evidence.map(\.id)).count == ClientLog.kept)
    }

    @Test("The doctor asks as the client did, where the user did not say otherwise")
    func askedBy() throws {
        let request = try #require(
            Wires.record([
                Wires.client(
                    Wires.request("/other", ["api-key: abc", "Origin: https://a.example", "Sec-WebSocket-Protocol: x"])
                )
            ])
            .recorder.plainRequest
        )
        let asked = Self.question.asked(by: request)
        #expect(asked.url == "ws://127.0.0.1:9001/other")
        #expect(asked.headers == [Header("api-key", "abc")])
        #expect(asked.origin == "https://a.example")
        #expect(asked.subprotocols == ["x"])
        var told = Self.question
        told.origin = "https://b.example"
        #expect(told.asked(by: request).origin == "https://b.example")
    }
}
