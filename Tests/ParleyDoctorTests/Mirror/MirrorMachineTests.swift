// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyDoctor
import Testing

@Suite("The mirror")
struct MirrorMachineTests {
    private static let secret = "planted.Secret-0123456789"

    private static func request(_ target: String = "/chat", _ fields: String..., version: String = "1.1") -> [UInt8] {
        let lines =
            [
                "GET \(target) HTTP/\(version)", "Host: mirror", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            ] + fields
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func machine(_ answer: String = "right", clients: [String] = []) throws -> MirrorMachine {
        var question = Question(url: "ws://127.0.0.1:9002")
        question.clients = clients
        return MirrorMachine(try #require(MirrorAnswer.named(answer)), question, host: "127.0.0.1:9002")
    }

    private static func text(_ actions: [MirrorMachine.Action]) -> String {
        let bytes = actions.flatMap { action in
            if case .send(let bytes) = action { bytes } else { [UInt8]() }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A frame of a client, shorter than 126 bytes.
    private static func frame(_ first: UInt8, _ payload: [UInt8], isMasked: Bool = true) -> [UInt8] {
        guard isMasked else { return [first, UInt8(payload.count)] + payload }
        return [first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    @Test("answers rightly, with the subprotocol that suits every client")
    func right() throws {
        var machine = try Self.machine()
        let offer = "Sec-WebSocket-Protocol: openai-insecure-api-key.\(Self.secret), realtime"
        let answer = Self.text(machine.received(Self.request("/chat", offer), atMS: 1))
        #expect(answer.hasPrefix("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"))
        #expect(answer.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"))
        #expect(answer.contains("\r\nSec-WebSocket-Protocol: realtime\r\n"))
    }

    @Test("greets a Realtime client in its dialect, and echoes what others send")
    func greeting() throws {
        var ga = try Self.machine()
        #expect(Self.text(ga.received(Self.request("/v1/realtime?model=m"), atMS: 1)).contains("output_modalities"))
        var beta = try Self.machine()
        let asked = Self.request("/v1/realtime?model=m", "OpenAI-Beta: realtime=v1")
        #expect(Self.text(beta.received(asked, atMS: 1)).contains(#""input_audio_format":"pcm16""#))
        var echo = try Self.machine()
        _ = echo.received(Self.request(), atMS: 1)
        #expect(echo.received(Self.frame(0x81, [104, 105]), atMS: 2) == [.send([0x81, 2, 104, 105])])
    }

    @Test("is the same however the bytes are cut", arguments: [1, 2, 5, 17])
    func cuts(size: Int) throws {
        let bytes = Self.request() + Self.frame(0x81, [104, 105]) + Self.frame(0x88, [3, 0xE8])
        var whole = try Self.machine()
        let expected = whole.received(bytes, atMS: 1)
        var cut = try Self.machine()
        var actions: [MirrorMachine.Action] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            actions += cut.received(Array(bytes[start...].prefix(size)), atMS: 1)
        }
        #expect(actions == expected)
        #expect(cut.records == whole.records)
    }

    @Test(
        "refuses a wrong request and says why",
        arguments: [
            (request(version: "1.0"), "400", "code-client-http10"),
            (
                Array(
                    "GET /chat HTTP/1.1\r\nHost: m\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n"
                        .utf8
                ), "400", "code-bad-key"
            ),
        ] as [([UInt8], String, String)]
    )
    func refusals(request: [UInt8], status: String, cause: String) throws {
        var machine = try Self.machine()
        #expect(Self.text(machine.received(request, atMS: 1)).hasPrefix("HTTP/1.1 \(status) "))
        var log = ClientLog(Question(url: machine.url))
        #expect(log.add(try #require(machine.records.first), .mirror)?.cause?.causeID == cause)
    }

    @Test(
        "gives every answer by name and by path, ends sooner or later, and shows no secret",
        arguments: MirrorAnswer.all
    )
    func answers(answer: MirrorAnswer) throws {
        let fields = [
            "Authorization: Bearer \(Self.secret)", "Sec-WebSocket-Protocol: a, openai-insecure-api-key.\(Self.secret)",
        ]
        var named = try Self.machine(answer.name)
        var asked = try Self.machine()
        let byName = named.received(Self.request("/chat", fields[0], fields[1]), atMS: 1)
        let byPath = asked.received(Self.request("/answer/\(answer.name)", fields[0], fields[1]), atMS: 1)
        #expect(byName == byPath)
        #expect(asked.answer == answer)
        var lines: [ConnectionNews] = []
        for _ in 0..<50_000 where named.deadlineMS < .max {
            _ = named.timeIsUp(atMS: named.deadlineMS)
            lines += named.takeNews()
        }
        #expect(named.deadlineMS == .max)
        #expect(!"\(lines.map(\.line)) \(named.records)".contains(Self.secret))
    }

    @Test("has a name of its own for each answer")
    func names() {
        #expect(Set(MirrorAnswer.all.map(\.name)).count == MirrorAnswer.all.count)
        #expect(MirrorAnswer.all.count > 90)
    }

    @Test("names all answers to a client that asks for one there is not")
    func unknownAnswer() throws {
        var machine = try Self.machine()
        let answer = Self.text(machine.received(Self.request("/answer/nonsense"), atMS: 1))
        #expect(answer.hasPrefix("HTTP/1.1 404 "))
        #expect(answer.contains("sub-none\n"))
    }

    @Test("closes on frames without a mask, and on pings without a pong")
    func faults() throws {
        var unmasked = try Self.machine()
        _ = unmasked.received(Self.request(), atMS: 1)
        #expect(
            Self.text(unmasked.received(Self.frame(0x81, [104], isMasked: false), atMS: 2)).contains("WS_EXPECTED_MASK")
        )
        var mute = try Self.machine()
        _ = mute.received(Self.request(), atMS: 1)
        #expect(mute.timeIsUp(atMS: mute.deadlineMS) == [.send([0x89, 6] + Array("parley".utf8))])
        #expect(Self.text(mute.timeIsUp(atMS: mute.deadlineMS)).contains("keepalive ping timeout"))
        var log = ClientLog(Question(url: mute.url))
        #expect(log.add(try #require(mute.records.first), .mirror)?.cause?.causeID == "code-client-no-pong")
    }

    @Test("goes on with a client that answers pings")
    func pongs() throws {
        var machine = try Self.machine()
        _ = machine.received(Self.request(), atMS: 1)
        for _ in 0..<10 {
            let now = machine.deadlineMS
            #expect(machine.timeIsUp(atMS: now) == [.send([0x89, 6] + Array("parley".utf8))])
            #expect(machine.received(Self.frame(0x8A, Array("parley".utf8)), atMS: now + 1) == [])
        }
    }

    @Test("knows a TLS hello on its plain port")
    func tlsHello() throws {
        var machine = try Self.machine()
        #expect(machine.received([0x16, 0x03, 0x01, 0, 0], atMS: 1) == [.endOutput])
        var log = ClientLog(Question(url: machine.url))
        #expect(log.add(try #require(machine.records.first), .mirror)?.cause?.causeID == "tls-wss-to-plain")
    }

    @Test("A wrong answer that the client does not take is no fault of the client")
    func wrongAnswer() throws {
        var machine = try Self.machine("sub-none")
        _ = machine.received(Self.request("/chat", "Sec-WebSocket-Protocol: chat"), atMS: 1)
        _ = machine.ended(.closed, atMS: 2)
        var log = ClientLog(Question(url: machine.url))
        #expect(log.add(try #require(machine.records.first), .mirror, "sub-none")?.cause == nil)
    }

    @Test("A client that opens, talks and says good-bye is well")
    func healthy() throws {
        var machine = try Self.machine()
        _ = machine.received(Self.request() + Self.frame(0x81, [104]) + Self.frame(0x88, [3, 0xE8]), atMS: 1)
        _ = machine.ended(.closed, atMS: 2)
        var log = ClientLog(Question(url: machine.url))
        #expect(log.add(try #require(machine.records.first), .mirror)?.verdict == .connects)
    }

    @Test("knows each client by its own request", arguments: ClientProfile.all.map(\.id))
    func likeness(id: String) throws {
        let profile = try #require(ClientProfile.named(id))
        let url = "ws://127.0.0.1:9002/chat"
        var question = Question(url: url)
        question.clients = [id]
        question.subprotocols = ["chat"]
        let request = profile.request(question, to: TargetAddress(url), key: "dGhlIHNhbXBsZSBub25jZQ==")
        let likeness = Likeness(request, to: url, comparedWith: [id], masker: Masker())
        #expect(likeness.clients.contains(id))
        #expect(likeness.differences.map(\.client) == [id])
        #expect(likeness.differences.flatMap(\.lines) == [])
    }

    @Test("says how a request differs from a client's")
    func differences() throws {
        var machine = try Self.machine(clients: ["node-ws"])
        _ = machine.received(Self.request("/chat", "X-Extra: 1", "Authorization: Bearer \(Self.secret)"), atMS: 1)
        let lines = try #require(machine.likeness?.differences.first?.lines)
        #expect(lines.contains("adds X-Extra: 1"))
        #expect(lines.contains { $0.hasPrefix("lacks Sec-WebSocket-Extensions") })
        #expect(!"\(lines)".contains(Self.secret))
    }
}
