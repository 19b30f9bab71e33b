// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyTransport
import Testing

@testable import ParleyDoctor

@Suite("An exchange without I/O")
struct ExchangeMachineTests {
    private static let endpoint = Exchange.Endpoint(
        host: "voice.example",
        port: 80,
        address: "192.0.2.1",
        isSecure: false
    )

    private func plan(_ change: (inout ExchangePlan) -> Void = { _ in }) -> ExchangePlan {
        var plan = ExchangePlan(endpoint: Self.endpoint)
        plan.request = Exchange.Request(
            target: "/ws?api-key=sk-abcdef0123456789",
            headers: [Header("hOsT", "voice.example"), Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
        )
        plan.conversation = ConversationPlan()
        change(&plan)
        return plan
    }

    private func machine(_ plan: ExchangePlan) -> ExchangeMachine {
        ExchangeMachine(plan, masker: Masker()) { 0 }
    }

    private static let head = Array("HTTP/1.1 101 OK\r\nUpgrade: websocket\r\n\r\n".utf8)

    @Test("The request goes out exactly as it is given, and is noted without its key")
    func request() {
        var machine = machine(plan())
        let actions = machine.connected(atMS: 3)
        let text =
            "GET /ws?api-key=sk-abcdef0123456789 HTTP/1.1\r\nhOsT: voice.example\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        #expect(actions == [.send(Array(text.utf8))])
        #expect(machine.exchange.request?.target == "/ws?api-key=***")
        #expect(machine.exchange.tcp == Exchange.TCPOutcome(.connected, durationMS: 3))
    }

    @Test("A line end in a field makes no second line")
    func injection() {
        var machine = machine(plan { $0.request?.headers = [Header("A", "1\r\nB: 2")] })
        guard case .send(let bytes)? = machine.connected(atMS: 0).first else {
            Issue.record("nothing is sent")
            return
        }
        #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("HTTP/1.1\r\nA: 1B: 2\r\n\r\n"))
    }

    @Test("A conversation is a text, a ping and a close, wherever the answers are cut")
    func conversation() {
        let pong: [UInt8] = [0x8A, 8] + Array("parley 1".utf8)
        let answer = Self.head + [0x81, 2, 0x68, 0x69] + pong
        for cut in 0...answer.count {
            var machine = machine(
                plan {
                    $0.conversation?.text = "hi"
                    $0.conversation?.expectsEcho = true
                }
            )
            _ = machine.connected(atMS: 0)
            _ = machine.received(Array(answer[..<cut]), atMS: 10)
            _ = machine.received(Array(answer[cut...]), atMS: 10)
            // Nothing more comes: the doctor says good-bye and is answered.
            #expect(machine.deadlineMS < 10_000)
            let closing = machine.timeIsUp(atMS: machine.deadlineMS)
            #expect(closing == [.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8])])
            #expect(machine.received([0x88, 2, 0x03, 0xE8], atMS: 500) == [.finish])
            let talk = machine.exchange.conversation
            #expect(talk?.echoed == true)
            #expect(talk?.pingAnswered == true)
            #expect(talk?.sent.map(\.opcode) == [1, 9, 8])
            #expect(talk?.received.map(\.opcode) == [1, 10, 8])
            #expect(machine.exchange.end == Exchange.End(.enough, atMS: 500))
        }
    }

    @Test("A text can go in two fragments with a ping between them")
    func fragments() {
        var machine = machine(
            plan {
                $0.conversation?.text = "hi"
                $0.conversation?.expectsEcho = true
                $0.conversation?.isFragmented = true
            }
        )
        _ = machine.connected(atMS: 0)
        let actions = machine.received(Self.head, atMS: 10)
        let first: [UInt8] = [0x01, 0x81, 0, 0, 0, 0, 0x68]
        let ping: [UInt8] = [0x89, 0x87, 0, 0, 0, 0] + Array("between".utf8)
        #expect(actions == [.send(first + ping + [0x80, 0x81, 0, 0, 0, 0, 0x69])])
        _ = machine.received([0x81, 2, 0x68, 0x69], atMS: 11)
        #expect(machine.ended(.closed, atMS: 12) == [.finish])
        #expect(machine.exchange.conversation?.echoed == true)
        #expect(machine.exchange.conversation?.sent.prefix(3).map(\.isFinal) == [false, true, true])
    }

    @Test("A server that closes first is answered, and it was it that ended")
    func closesFirst() {
        var machine = machine(plan())
        _ = machine.connected(atMS: 0)
        _ = machine.received(Self.head, atMS: 1)
        let actions = machine.received([0x88, 2, 0x03, 0xF3], atMS: 1)
        #expect(actions == [.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xF3])])
        #expect(machine.ended(.closed, atMS: 2) == [.finish])
        #expect(machine.exchange.conversation?.close?.code == 1011)
        #expect(machine.exchange.conversation?.pingAnswered == nil)
        #expect(machine.exchange.end?.kind == .closed)
    }

    @Test("What nobody answers is told: no event, no echo, no pong")
    func silence() {
        var machine = machine(
            plan {
                $0.conversation?.awaitsEventMS = 5_000
                $0.conversation?.text = "hi"
                $0.conversation?.expectsEcho = true
            }
        )
        _ = machine.connected(atMS: 0)
        _ = machine.received(Self.head, atMS: 0)
        var actions: [ExchangeMachine.Action] = []
        for _ in 0..<10 where actions.last != .finish { actions = machine.timeIsUp(atMS: machine.deadlineMS) }
        #expect(actions == [.finish])
        let talk = machine.exchange.conversation
        #expect(talk?.firstEvent == nil)
        #expect(talk?.echoed == false)
        #expect(talk?.pingAnswered == false)
        #expect(machine.exchange.end?.kind == .enough)
    }

    @Test("A connection that is held gets its pings, and one at the end")
    func hold() {
        var machine = machine(
            plan {
                $0.conversation?.pings = false
                $0.conversation?.settlesMS = 0
                $0.conversation?.holdMS = 1_000
                $0.conversation?.pingEveryMS = 300
            }
        )
        _ = machine.connected(atMS: 0)
        _ = machine.received(Self.head, atMS: 0)
        for _ in 0..<20 where machine.exchange.end == nil { _ = machine.timeIsUp(atMS: machine.deadlineMS) }
        let sent = machine.exchange.conversation?.sent.filter { $0.opcode == 9 }.map(\.atMS)
        #expect(sent == [300, 600, 900, 1_000])
        #expect(machine.exchange.conversation?.pingAnswered == false)
    }

    @Test("A server that never stops talking does not keep the doctor")
    func chatter() {
        var machine = machine(plan())
        _ = machine.connected(atMS: 0)
        _ = machine.received(Self.head, atMS: 0)
        for now in stride(from: 10, to: 60_000, by: 10) where machine.exchange.end == nil {
            _ = machine.received([0x89, 1, 0x70], atMS: now)
            if machine.deadlineMS <= now { _ = machine.timeIsUp(atMS: now) }
        }
        #expect(machine.exchange.end?.kind == .enough)
        #expect(machine.exchange.conversation?.clientClose?.code == 1000)
    }

    @Test("When compression was agreed on, texts go out compressed")
    func compression() {
        var machine = machine(plan { $0.conversation?.text = "hi" })
        _ = machine.connected(atMS: 0)
        let head = "HTTP/1.1 101 OK\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        let actions = machine.received(Array(head.utf8), atMS: 0)
        #expect(actions == [.send([0xC1, 0x88, 0, 0, 0, 0, 0, 2, 0, 0xFD, 0xFF, 0x68, 0x69, 0])])
        // A server that does not undo it throws the bytes back as text.
        _ = machine.received([0x81, 8, 0, 2, 0, 0xFD, 0xFF, 0x68, 0x69, 0], atMS: 1)
        _ = machine.ended(.closed, atMS: 2)
        #expect(machine.exchange.conversation?.violations == ["WS_INVALID_UTF8"])
    }

    @Test("A proxy is asked for a tunnel, with credentials if there are any")
    func proxy() throws {
        let proxy = try ProxyURL("http://user:pass@10.0.0.1:3128")
        var machine = machine(plan { $0.proxy = proxy })
        let ask =
            "CONNECT voice.example:80 HTTP/1.1\r\nHost: voice.example:80\r\n"
            + "Proxy-Authorization: Basic dXNlcjpwYXNz\r\n\r\n"
        #expect(machine.connected(atMS: 0) == [.send(Array(ask.utf8))])
        let actions = machine.received(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8), atMS: 1)
        #expect(actions.count == 1)
        #expect(machine.exchange.proxy?.status == 200)
        #expect(machine.exchange.request != nil)
    }

    @Test("A proxy that refuses is the end", arguments: [407, 403, 502])
    func proxyRefuses(status: Int) throws {
        let proxy = try ProxyURL("http://10.0.0.1:3128")
        var machine = machine(plan { $0.proxy = proxy })
        _ = machine.connected(atMS: 0)
        let answer = "HTTP/1.1 \(status) No\r\nProxy-Authenticate: Basic\r\nContent-Length: 2\r\n\r\nno"
        #expect(machine.received(Array(answer.utf8), atMS: 1) == [.finish])
        #expect(machine.exchange.proxy?.status == status)
        #expect(machine.exchange.proxy?.headers.first("Proxy-Authenticate") == "Basic")
        #expect(machine.exchange.request == nil)
    }

    @Test("TLS begins where it is due, and what it came to is told")
    func tls() {
        var machine = machine(plan { $0.endpoint.isSecure = true })
        #expect(machine.connected(atMS: 0) == [.startTLS])
        var refused = machine
        #expect(refused.tlsEnded(Exchange.TLSOutcome(.alert(70)), atMS: 5) == [.finish])
        #expect(refused.exchange.tls?.result == .alert(70))
        #expect(refused.exchange.request == nil)
        #expect(machine.tlsEnded(Exchange.TLSOutcome(.completed), atMS: 5).count == 1)
        machine.tlsAlerted(116)
        #expect(machine.ended(.closed, atMS: 6) == [.finish])
        #expect(machine.exchange.tls?.result == .alert(116))
        #expect(machine.exchange.tls?.asksForCertificate == true)
        #expect(machine.exchange.response == nil)
    }

    @Test("A greeting is heard when nobody has asked for anything")
    func greeting() {
        var machine = machine(plan { $0.listensMS = 1_000 })
        #expect(machine.connected(atMS: 0) == [])
        #expect(machine.received(Array("SSH-2.0-x\r\n".utf8), atMS: 10) == [])
        #expect(machine.timeIsUp(atMS: machine.deadlineMS) == [.finish])
        #expect(machine.exchange.greeting?.text == "SSH-2.0-x\r\n")
        #expect(machine.exchange.request == nil)
    }

    @Test("A phase that takes too long is told with its place")
    func timeouts() {
        var connecting = machine(plan())
        #expect(connecting.timeIsUp(atMS: 10_000) == [.finish])
        #expect(connecting.exchange.tcp?.result == .timedOut)
        var answering = machine(plan())
        _ = answering.connected(atMS: 5)
        #expect(answering.timeIsUp(atMS: 10_004) == [])
        #expect(answering.timeIsUp(atMS: 10_005) == [.finish])
        #expect(answering.exchange.end == Exchange.End(.timedOut, atMS: 10_005))
        #expect(answering.exchange.response == nil)
    }

    @Test("No order of events can stop it, and it ends once", arguments: 0..<300)
    func anyOrder(seed: UInt64) {
        var random = Seeded(seed)
        var machine = machine(
            plan {
                $0.endpoint.isSecure = random.next() % 2 == 0
                $0.conversation?.text = "hi"
                $0.conversation?.holdMS = 500
            }
        )
        var finishes = 0
        var now = 0
        for _ in 0..<30 {
            now += Int(random.next() % 700)
            let bytes = (0..<Int(random.next() % 30)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let actions: [ExchangeMachine.Action] =
                switch random.next() % 7 {
                case 0: machine.received(Self.head, atMS: now)
                case 1: machine.received(bytes, atMS: now)
                case 2: machine.timeIsUp(atMS: now)
                case 3: machine.tlsEnded(Exchange.TLSOutcome(.completed), atMS: now)
                case 4 where machine.exchange.tcp == nil: machine.connected(atMS: now)
                case 5 where random.next() % 8 == 0: machine.ended(.reset, atMS: now)
                default: machine.received([0x81, 1, 0x61, 0x89, 0], atMS: now)
                }
            finishes += actions.count { $0 == .finish }
        }
        #expect(finishes <= 1)
    }
}
