// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Catalogue of checks")
struct CatalogueTests {
    @Test("Ids are unique and begin with their capability")
    func idsAreUnique() {
        let ids = Catalogue.checks.map(\.id)
        #expect(Set(ids).count == ids.count)
        for check in Catalogue.checks { #expect(check.id.hasPrefix("\(check.capability.rawValue).")) }
    }

    @Test("Every capability is covered in each dialect", arguments: Capability.allCases, Dialect.allCases)
    func capabilitiesAreCovered(capability: Capability, dialect: Dialect) {
        #expect(Catalogue.checks.contains { $0.capability == capability && $0.dialects.contains(dialect) })
    }

    @Test("Both dialects have more than a hundred checks", arguments: Dialect.allCases)
    func thereAreManyChecks(dialect: Dialect) {
        #expect(Catalogue.checks.filter { $0.dialects.contains(dialect) }.count > 100)
    }

    @Test("Every check names a section of the protocol reference", arguments: Catalogue.checks.map(\.source))
    func sourcesAreSections(source: String) {
        let number = source.prefix { $0.isNumber || $0 == "." }
        #expect(!number.isEmpty && source.dropFirst(number.count).hasPrefix(" "))
    }

    @Test("Capabilities choose among the checks")
    func capabilitiesChoose() {
        let chosen = Catalogue.checks(only: [.vad, .close])
        #expect(Set(chosen.map(\.capability)) == [.vad, .close])
        #expect(Catalogue.checks(only: []).count == Catalogue.checks.count)
    }
}
