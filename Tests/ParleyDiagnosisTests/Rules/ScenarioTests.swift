// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("Servers that fail in one known way")
struct ScenarioTests {
    static func check(_ item: Scenarios.Case) {
        let report = item.scene().report
        let told =
            "\(report.cause?.causeID ?? "none") (\(report.cause?.observed.en ?? "")); others \(report.otherCauses.map(\.causeID))"
        #expect(report.cause?.causeID == item.cause, "expected \(item.cause), got \(told)")
        #expect(report.verdict == item.verdict, "\(item.cause): \(report.verdict)")
        if let causeClass = CauseClass(causeID: item.cause) { #expect(report.classes[causeClass] == .cause) }
        let ids = Set(report.evidence.map(\.id))
        #expect(report.cause?.evidence.allSatisfy(ids.contains) == true)
        #expect(report.cause?.observed.zh.isEmpty == false)
    }

    @Test("The server, the network or something on the way is named", arguments: Scenarios.serverSide.indices)
    func serverSide(index: Int) { Self.check(Scenarios.serverSide[index]) }

    @Test("The code, the origin or the version is named", arguments: Scenarios.clientSide.indices)
    func clientSide(index: Int) { Self.check(Scenarios.clientSide[index]) }
}
