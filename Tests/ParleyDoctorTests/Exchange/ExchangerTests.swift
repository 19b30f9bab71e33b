// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NIOCore
import NIOPosix
import NIOSSL
import ParleyDiagnosis
import ParleyTransport
import Testing

@testable import ParleyDoctor

@Suite("Every way in which a connection can end is told apart", .timeLimit(.minutes(1)))
struct ExchangerTests {
    private var exchanger: Exchanger {
        Exchanger(group: .singletonMultiThreadedEventLoopGroup, masker: Masker()) { TrustStore(roots: []) }
    }

    private func plan(_ port: Int) -> ExchangePlan {
        let address = TargetAddress("ws://127.0.0.1:\(port)/ws")
        var plan = Route(target: address, ip: "127.0.0.1", proxy: nil)
            .plan(Handshake.reference(address), timeoutMS: 5_000)
        plan.conversation = ConversationPlan()
        return plan
    }

    private func run(_ port: Int, _ change: (inout ExchangePlan) -> Void = { _ in }) async throws -> Exchange {
        var plan = plan(port)
        change(&plan)
        return try #require(await exchanger.run(plan)).exchange
    }

    @Test("refused")
    func refused() async throws {
        let exchange = try await run(ScriptedServer.closedPort())
        #expect(exchange.tcp?.result == .refused)
        #expect(exchange.tcp?.detail?.isEmpty == false)
        #expect(exchange.end == nil)
    }

    @Test("no address to connect to")
    func noAddress() async throws {
        let exchange = try await run(1) { $0.endpoint.address = nil }
        #expect(exchange.tcp?.result == .noAddress)
    }

    @Test("closed before a byte")
    func closedBefore() async throws {
        let exchange = try await ScriptedServer.run([.awaitHead, .close]) { try await run($0) }
        #expect(exchange.tcp?.result == .connected)
        #expect(exchange.response == nil)
        #expect(exchange.end?.kind == .closed)
    }

    @Test("reset before a byte")
    func reset() async throws {
        let exchange = try await ScriptedServer.run([.awaitHead, .reset]) { try await run($0) }
        #expect(exchange.response == nil)
        #expect(exchange.end?.kind == .reset)
    }

    @Test("closed in the middle of a head")
    func closedWithin() async throws {
        let script: [ScriptedServer.Step] = [.awaitHead, ScriptedServer.say("HTTP/1.1 101 Swi"), .close]
        let exchange = try await ScriptedServer.run(script) { try await run($0) }
        #expect(exchange.response?.version == nil)
        #expect(exchange.response?.body.text == "HTTP/1.1 101 Swi")
        #expect(exchange.end?.kind == .closed)
    }

    @Test("never answered")
    func silent() async throws {
        let exchange = try await ScriptedServer.run([]) { port in try await run(port) { $0.timeoutMS = 200 } }
        #expect(exchange.response == nil)
        #expect(exchange.end?.kind == .timedOut)
    }

    @Test("no HTTP")
    func notHTTP() async throws {
        let script: [ScriptedServer.Step] = [ScriptedServer.say("SSH-2.0-OpenSSH\r\n")]
        let exchange = try await ScriptedServer.run(script) { try await run($0) }
        #expect(exchange.response?.version == nil)
        #expect(exchange.response?.body.text == "SSH-2.0-OpenSSH\r\n")
    }

    @Test("a greeting")
    func greeting() async throws {
        let script: [ScriptedServer.Step] = [ScriptedServer.say("220 mail\r\n")]
        let exchange = try await ScriptedServer.run(script) { port in try await run(port) { $0.listensMS = 2_000 } }
        #expect(exchange.greeting?.text == "220 mail\r\n")
    }

    @Test("refused by HTTP, with its body")
    func status() async throws {
        let script: [ScriptedServer.Step] = [
            .awaitHead, ScriptedServer.say("HTTP/1.0 403 Forbidden\nServer: x\nContent-Length: 3\n\nno!"),
        ]
        let exchange = try await ScriptedServer.run(script) { try await run($0) }
        #expect(exchange.status == 403)
        #expect(exchange.response?.version == "1.0")
        #expect(exchange.response?.hasBareLF == true)
        #expect(exchange.response?.body.text == "no!")
    }

    @Test("upgraded and then closed with a code")
    func closeCode() async throws {
        let script: [ScriptedServer.Step] = [.awaitHead, .upgrade(then: [0x88, 2, 3, 0xF3]), .awaitBytes, .close]
        let exchange = try await ScriptedServer.run(script) { try await run($0) }
        #expect(exchange.isUpgraded)
        #expect(exchange.conversation?.close?.code == 1011)
        #expect(exchange.end?.kind == .closed)
    }

    @Test("upgraded and then cut off without a word")
    func abrupt() async throws {
        let exchange = try await ScriptedServer.run([.awaitHead, .upgrade(), .close]) { try await run($0) }
        #expect(exchange.isUpgraded)
        #expect(exchange.conversation?.close == nil)
        #expect(exchange.end?.kind == .closed)
    }

    @Test("upgraded and then text in place of frames")
    func textForFrames() async throws {
        let script: [ScriptedServer.Step] = [.awaitHead, .upgrade(then: Array("<html>hello</html>".utf8)), .close]
        let exchange = try await ScriptedServer.run(script) { try await run($0) }
        #expect(exchange.conversation?.unreadable?.text == "<html>hello</html>")
    }

    @Test("through a proxy that wants a password")
    func proxy() async throws {
        let script: [ScriptedServer.Step] = [
            .awaitHead,
            ScriptedServer.say("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n"),
        ]
        let exchange = try await ScriptedServer.run(script) { port in
            let proxy = try ProxyURL("http://127.0.0.1:\(port)")
            return try await run(1) { $0.proxy = proxy }
        }
        #expect(exchange.proxy?.status == 407)
        #expect(exchange.request == nil)
    }

    // MARK: TLS

    private func runTLS(_ port: Int, _ change: (inout ExchangePlan) -> Void = { _ in }) async throws -> Exchange {
        try await run(port) { plan in
            plan.endpoint.isSecure = true
            plan.endpoint.host = "localhost"
            change(&plan)
        }
    }

    @Test("TLS goes on whatever the certificate says, and all of it is told")
    func untrusted() async throws {
        let made = try SelfSigned(host: "localhost", now: Date())
        let exchange = try await ScriptedServer.run([.awaitHead, .upgrade(), .close], tls: made.configuration) {
            try await runTLS($0)
        }
        #expect(exchange.tls?.result == .completed)
        #expect(exchange.tls?.version == "TLS 1.3")
        #expect(exchange.tls?.chosenProtocol == "http/1.1")
        #expect(exchange.tls?.serverName == "localhost")
        #expect(exchange.tls?.chain.count == 1)
        #expect(exchange.tls?.faults == [.selfSigned])
        #expect(exchange.isUpgraded)
    }

    @Test("plain text in place of TLS")
    func plainText() async throws {
        let script: [ScriptedServer.Step] = [
            .awaitBytes, ScriptedServer.say("HTTP/1.1 400 Bad Request\r\n\r\n"), .close,
        ]
        let exchange = try await ScriptedServer.run(script) { try await runTLS($0) }
        guard case .notTLS(let bytes)? = exchange.tls?.result else {
            Issue.record("\(String(describing: exchange.tls?.result))")
            return
        }
        #expect(bytes.text.hasPrefix("HTTP/1.1 400"))
    }

    @Test("a hello that is answered by the end, a reset, an alert, or nothing")
    func brokenHello() async throws {
        let closed = try await ScriptedServer.run([.awaitBytes, .close]) { try await runTLS($0) }
        #expect(closed.tls?.result == .closed)
        let reset = try await ScriptedServer.run([.awaitBytes, .reset]) { try await runTLS($0) }
        #expect(reset.tls?.result == .reset)
        let alert = try await ScriptedServer.run([.awaitBytes, .send([21, 3, 3, 0, 2, 2, 112]), .close]) {
            try await runTLS($0)
        }
        #expect(alert.tls?.result == .alert(112))
        let silent = try await ScriptedServer.run([]) { port in try await runTLS(port) { $0.timeoutMS = 200 } }
        #expect(silent.tls?.result == .timedOut)
        #expect(silent.tls?.offeredProtocols == ["http/1.1"])
    }

    @Test("a version that the server does not speak")
    func version() async throws {
        var tls = try SelfSigned(host: "localhost", now: Date()).configuration
        tls.minimumTLSVersion = .tlsv13
        let exchange = try await ScriptedServer.run([], tls: tls) { port in
            try await runTLS(port) { $0.tls.version = .tls12 }
        }
        #expect(exchange.tls?.result == .alert(70))
    }

    @Test("a certificate of the client is wanted", arguments: [TLSVersion.tlsv12, .tlsv13])
    func clientCertificate(version: TLSVersion) async throws {
        var tls = try SelfSigned(host: "localhost", now: Date()).configuration
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates([])
        tls.minimumTLSVersion = version
        tls.maximumTLSVersion = version
        let exchange = try await ScriptedServer.run([], tls: tls) { try await runTLS($0) }
        #expect(exchange.tls?.asksForCertificate == true)
        // certificate_required came with TLS 1.3; before it was handshake_failure.
        #expect(exchange.tls?.result == .alert(version == .tlsv13 ? 116 : 40))
        #expect(exchange.response == nil)
    }

    @Test("A task that is cancelled waits no longer")
    func cancelled() async throws {
        try await ScriptedServer.run([]) { port in
            let task = Task { await exchanger.run(plan(port)) }
            task.cancel()
            #expect(await task.value?.exchange == nil)
        }
    }
}
