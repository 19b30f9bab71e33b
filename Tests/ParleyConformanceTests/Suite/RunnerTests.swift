// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Runs of the suite")
struct RunnerTests {
    private static let checks = Catalogue.checks.filter {
        ["close.normal", "session.missing-type", "text.turn"].contains($0.id)
    }

    private static func run(_ server: InMemoryServer, _ dialects: [Dialect], key: String? = nil) async throws(Unusable)
        -> (report: Report, shown: [String])
    {
        var shown: [String] = []
        let runner = Runner(wire: server, target: ConformanceTarget(model: "double", key: key))
        let report = try await runner.run(checks, in: dialects, url: "ws://double") { done, total, check, dialect in
            shown.append("\(done)/\(total) \(check.id) \(dialect.rawValue)")
        }
        return (report, shown)
    }

    @Test("Checks run where they apply, in order, and progress tells which comes")
    func checksRunInOrder() async throws {
        let (report, shown) = try await Self.run(InMemoryServer(), [.ga, .beta])
        #expect(
            report.results.map(\.check.id) == [
                "session.missing-type", "text.turn", "close.normal", "text.turn", "close.normal",
            ]
        )
        #expect(shown.first == "0/5 session.missing-type ga")
        #expect(shown.last == "4/5 close.normal beta")
        // The small server does not ask for session.type.
        #expect(report.count() == Report.Count(passed: 4, failed: 1, skipped: 0))
    }

    @Test("A server that refuses one dialect is tried in the other")
    func refusedDialectIsSkipped() async throws {
        let (report, _) = try await Self.run(InMemoryServer(faults: [.refusesBeta]), [.ga, .beta])
        #expect(report.count { $0.dialect == .beta } == Report.Count(passed: 0, failed: 0, skipped: 2))
        #expect(report.count { $0.dialect == .ga }.skipped == 0)
        #expect(report.results.last?.skipReason?.contains("beta_api_shape_disabled") == true)
    }

    @Test(
        "A server without a session is unusable",
        arguments: [
            InMemoryServer.Fault.unreachable, .refusesHandshake, .saysNothing, .opensWithUpdate,
        ]
    )
    func unusableServer(fault: InMemoryServer.Fault) async {
        await #expect(throws: Unusable.self) { try await Self.run(InMemoryServer(faults: [fault]), [.ga, .beta]) }
    }

    @Test("A wrong key makes the server unusable, and the key is not shown")
    func wrongKeyIsUnusable() async {
        let server = InMemoryServer(key: "sk-right")
        let error = await #expect(throws: Unusable.self) { try await Self.run(server, [.ga], key: "sk-wrong") }
        #expect(error?.description.contains("invalid_api_key") == true)
        let refusing = InMemoryServer(faults: [.refusesHandshake])
        let other = await #expect(throws: Unusable.self) { try await Self.run(refusing, [.ga], key: "sk-wrong") }
        #expect(other?.description == "the server answered the handshake with HTTP 503: full, ***")
    }

    @Test("A session of the wrong shape is no reason not to run")
    func wrongShapeIsUsable() async throws {
        let (report, _) = try await Self.run(InMemoryServer(faults: [.mixesDialects]), [.ga])
        #expect(report.count().failed == 3)
    }

    @Test("Keys are masked in transcripts")
    func keysAreMasked() async throws {
        let check = try #require(Catalogue.checks.first { $0.id == "handshake.subprotocols" })
        let runner = Runner(
            wire: InMemoryServer(faults: [.selectsKey]),
            target: ConformanceTarget(model: "double", key: "sk-secret")
        )
        let result = await runner.result(of: check, in: .ga)
        #expect(result.failure?.came == "openai-insecure-api-key.***")
        #expect(result.transcript.map(\.text).contains { $0.contains("openai-insecure-api-key.***") })
        #expect(!"\(result)".contains("sk-secret"))
    }
}
