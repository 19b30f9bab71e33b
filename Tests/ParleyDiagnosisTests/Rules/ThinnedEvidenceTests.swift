// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("Any evidence can be judged")
struct ThinnedEvidenceTests {
    /// Numbers that are the same in every run.
    struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func thin(_ exchange: Exchange, _ dice: inout Dice) -> Exchange {
        var exchange = exchange
        switch Int.random(in: 0..<10, using: &dice) {
        case 0: exchange.tcp = nil
        case 1: exchange.tls = nil
        case 2: exchange.request = nil
        case 3: exchange.response = nil
        case 4: exchange.conversation = nil
        case 5: exchange.end = nil
        case 6: exchange.response?.headers.removeAll()
        case 7: exchange.conversation?.received.removeAll()
        default: break
        }
        return exchange
    }

    private static func thin(_ evidence: [Evidence], _ dice: inout Dice) -> [Evidence] {
        evidence.filter { _ in Int.random(in: 0..<3, using: &dice) > 0 }
            .map { item in
                var item = item
                switch item.data {
                case .exchange(let exchange): item.data = .exchange(thin(exchange, &dice))
                case .client(var record):
                    if Bool.random(using: &dice) { record.request = nil }
                    if Bool.random(using: &dice) { record.conversation = nil }
                    item.data = .client(record)
                case .name, .page: break
                }
                return item
            }
    }

    @Test("Parts that are missing neither crash the rules nor make them speak of what is not there", arguments: 0..<8)
    func thinned(seed: UInt64) {
        var dice = Dice(state: seed)
        for item in Scenarios.all where Int.random(in: 0..<4, using: &dice) == 0 {
            let scene = item.scene()
            let evidence = Self.thin(scene.evidence, &dice)
            let report = Diagnosis.report(scene.question, evidence, startedAt: 0, durationMS: 0)
            let ids = Set(evidence.map(\.id))
            for finding in [report.cause].compactMap({ $0 }) + report.otherCauses {
                #expect(Rule.causeIDs.contains(finding.causeID))
                #expect(finding.evidence.allSatisfy(ids.contains), "\(finding)")
                #expect(!finding.observed.en.isEmpty && !finding.observed.zh.isEmpty)
            }
            if report.verdict == .connects || report.verdict == .inconclusive { #expect(report.cause == nil) }
            #expect(report.classes.count == 7)
            let isMarked = report.classes.values.contains(.cause)
            #expect(isMarked == (report.cause != nil))
        }
    }

    @Test("A server that works has no cause, whatever is missing", arguments: 0..<8)
    func healthy(seed: UInt64) {
        var dice = Dice(state: seed)
        let scene = Scenarios.echo().met { $0.agree() }
        let evidence = scene.evidence.filter { _ in Bool.random(using: &dice) }
        let report = Diagnosis.report(scene.question, evidence, startedAt: 0, durationMS: 0)
        #expect(report.cause == nil)
        #expect(report.verdict == .connects || report.verdict == .inconclusive)
    }
}
