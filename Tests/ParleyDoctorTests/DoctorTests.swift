// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Synchronization
import Testing

@testable import ParleyDoctor

@Suite("The doctor", .timeLimit(.minutes(1)))
struct DoctorTests {
    private func look(_ url: String, _ change: (inout Question) -> Void = { _ in }) async -> Facts {
        var question = Question(url: url)
        question.timeoutSeconds = 3
        question.clients = ["nobody"]
        change(&question)
        return Facts(question.masked, await Doctor().look(question))
    }

    private static let upgrade: [ScriptedServer.Step] = [
        .awaitHead, .upgrade(), .awaitBytes, .send([0x8A, 8] + Array("parley 1".utf8)), .awaitBytes,
        .send([0x88, 2, 3, 0xE8]), .close,
    ]

    @Test("keeps the question in its report, without secrets")
    func question() async {
        var question = Question(url: "ws://127.0.0.1:1/?api-key=sk-abcdef0123456789")
        question.timeoutSeconds = 1
        let report = await Doctor().examine(question)
        #expect(report.question.url == "ws://127.0.0.1:1/?api-key=***")
        #expect(report.startedAt > 1_700_000_000)
    }

    @Test("asks a server that works only a few things")
    func healthy() async throws {
        let facts = try await ScriptedServer.run(Self.upgrade) { await look("ws://127.0.0.1:\($0)/") }
        #expect(facts.seen(.reference)?.exchange.isUpgraded == true)
        #expect(facts.seen(.reference)?.exchange.conversation?.pingAnswered == true)
        #expect(facts.seen(.asAsked)?.exchange == facts.seen(.reference)?.exchange)
        #expect(facts.seen(.foreignOrigin)?.exchange.isUpgraded == true)
        #expect(facts.seen(.path) == nil)
        #expect(facts.seen(.otherScheme) == nil)
        #expect(facts.evidence.map(\.id) == (1...facts.evidence.count).map { "e\($0)" })
    }

    @Test("looks round where the handshake fails")
    func refusing() async throws {
        let script: [ScriptedServer.Step] = [
            .awaitHead, ScriptedServer.say("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"), .close,
        ]
        let facts = try await ScriptedServer.run(script) { await look("ws://127.0.0.1:\($0)/x?y=1") }
        #expect(facts.seen(.reference)?.exchange.status == 404)
        for variation in [Variation.foreignOrigin, .withoutQuery, .finalSlash, .otherHost, .lowerCaseNames] {
            #expect(facts.seen(variation)?.exchange.status == 404, "\(variation)")
        }
        #expect(facts.seen(.plainGet)?.exchange.status == 404)
        #expect(facts.seen(.inventedPath, "upgrade")?.exchange.status == 404)
        #expect(facts.seen(.otherScheme) != nil)
        #expect(facts.seen(.variation, "path:/v1/realtime") != nil)
    }

    @Test("stops where nothing listens, after a look at loopback's other address")
    func nothingThere() async throws {
        let port = try await ScriptedServer.closedPort()
        let facts = await look("ws://127.0.0.1:\(port)/")
        #expect(facts.evidence.map(\.probe) == [.connect, .otherFamily])
        #expect(facts.seen(.connect)?.exchange.tcp?.result == .refused)
    }

    @Test("tells a name that does not exist")
    func noName() async {
        let facts = await look("ws://parley-probe.invalid/")
        #expect(facts.evidence.map(\.probe) == [.name])
        #expect(facts.name?.addresses.isEmpty == true)
    }

    @Test("tries ws where wss is answered with plain text")
    func plainServer() async throws {
        let facts = try await ScriptedServer.run(Self.upgrade) {
            await look("wss://127.0.0.1:\($0)/") { $0.timeoutSeconds = 1 }
        }
        #expect(facts.seen(.tls)?.exchange.hasTLS == false)
        #expect(facts.seen(.reference) == nil)
        #expect(facts.seen(.otherScheme) != nil)
        #expect(facts.all(.tlsVariant).count == TLSVariant.allCases.count)
    }

    @Test("follows a redirect once")
    func redirect() async throws {
        let facts = try await ScriptedServer.run(Self.upgrade) { port in
            let script: [ScriptedServer.Step] = [
                .awaitHead,
                ScriptedServer.say(
                    "HTTP/1.1 301 No\r\nLocation: ws://127.0.0.1:\(port)/new\r\nContent-Length: 0\r\n\r\n"
                ),
            ]
            return try await ScriptedServer.run(script) { await look("ws://127.0.0.1:\($0)/") }
        }
        #expect(facts.seen(.redirect)?.exchange.isUpgraded == true)
        #expect(facts.seen(.redirect)?.exchange.request?.target == "/new")
    }

    @Test("loads the page for its policies")
    func page() async throws {
        let page = "<meta http-equiv=Content-Security-Policy content=\"connect-src 'none'\">"
        let script: [ScriptedServer.Step] = [
            .awaitHead,
            ScriptedServer.say(
                "HTTP/1.1 200 OK\r\nContent-Security-Policy: default-src x\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)"
            ),
        ]
        let facts = try await ScriptedServer.run(Self.upgrade) { port in
            try await ScriptedServer.run(script) { pagePort in
                await look("ws://127.0.0.1:\(port)/") { $0.page = "http://127.0.0.1:\(pagePort)/app" }
            }
        }
        #expect(facts.page?.status == 200)
        #expect(facts.page?.headers.first("Content-Security-Policy") == "default-src x")
        #expect(facts.page?.metaPolicies == ["connect-src 'none'"])
    }

    @Test("leaves no key in the evidence, even of a server that throws it back")
    func keys() async throws {
        let key = "sk-proj-0123456789abcdef"
        let script: [ScriptedServer.Step] = [
            .awaitHead,
            ScriptedServer.say(
                "HTTP/1.1 401 \(key)\r\nX-Key: \(key)\r\nContent-Length: 60\r\n\r\nbad key \(key) for you"
            ), .close,
        ]
        let facts = try await ScriptedServer.run(script) { port in
            await look("ws://127.0.0.1:\(port)/?api-key=\(key)") {
                $0.subprotocols = ["realtime", "openai-insecure-api-key.\(key)"]
                $0.headers = [Header("Authorization", "Bearer \(key)")]
            }
        }
        #expect(facts.seen(.asAsked)?.exchange.status == 401)
        #expect(!"\(facts.evidence)".contains("0123456789"))
        #expect(!"\(facts.evidence)".contains("sk-proj"))
    }

    @Test("tells of each probe when it starts and when it is over")
    func progress() async throws {
        let news = Mutex<[ProbeProgress]>([])
        let port = try await ScriptedServer.closedPort()
        _ = await Doctor().look(Question(url: "ws://127.0.0.1:\(port)/")) { step in news.withLock { $0.append(step) } }
        #expect(
            news.withLock { $0 } == [
                ProbeProgress(.connect, "127.0.0.1", .started),
                ProbeProgress(.connect, "127.0.0.1", .finished("TCP refused (Connection refused)")),
                ProbeProgress(.otherFamily, "::1", .started),
                ProbeProgress(.otherFamily, "::1", .finished("TCP refused (Connection refused)")),
            ]
        )
    }

    @Test("ends when its time is over, with what it has seen")
    func totalTime() async throws {
        var options = DoctorOptions()
        options.totalSeconds = 3
        let evidence = try await ScriptedServer.run([]) { [options] port in
            await Doctor(options: options).look(Question(url: "ws://127.0.0.1:\(port)/"))
        }
        #expect(evidence.map(\.probe) == [.connect])
    }
}
