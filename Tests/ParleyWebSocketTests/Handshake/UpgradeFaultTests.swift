// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyWebSocket

@Suite("Upgrade faults")
struct UpgradeFaultTests {
    @Test(
        "have the status that says most",
        arguments: [
            (.methodNotGet, 405), (.upgradeMissing, 426), (.httpVersionTooOld, 505), (.connectionMissing, 400),
            (.hostMissing, 400), (.hostRepeated, 400), (.hostMalformed, 400), (.draftObsolete, 426),
            (.versionMissing, 426),
            (.versionUnsupported, 426), (.keyMissing, 400), (.keyRepeated, 400), (.keyMalformed, 400),
            (.bodyPresent, 400),
        ] as [(UpgradeFault, Int)]
    )
    func statuses(fault: UpgradeFault, status: Int) {
        #expect(fault.row.status.code == status)
    }

    @Test("send the fields their status calls for", arguments: UpgradeFault.allCases)
    func fields(fault: UpgradeFault) {
        switch fault.row.status.code {
        case 405: #expect(fault.responseFields == [.allow: "GET"])
        case 426:
            #expect(fault.responseFields[.upgrade] == "websocket")
            #expect(fault.responseFields[.connection] == "Upgrade")
        default: #expect(fault.responseFields.isEmpty)
        }
    }

    @Test(
        "name version 13 to whoever spoke another",
        arguments: [UpgradeFault.versionMissing, .versionUnsupported, .draftObsolete]
    )
    func version(fault: UpgradeFault) {
        #expect(fault.responseFields[values: .secWebSocketVersion] == ["13"])
    }

    @Test("say in sentences what is wrong and what to do", arguments: UpgradeFault.allCases)
    func texts(fault: UpgradeFault) {
        #expect(fault.row.sentence.hasSuffix("."))
        #expect(fault.row.advice.hasSuffix("."))
        #expect(HeaderText.isToken(fault.code) && fault.code == HeaderText.lowercased(fault.code))
    }

    @Test("have causes the doctor knows")
    func causes() {
        let known: Set<String?> = [
            nil, "srv-proxy-drops-upgrade", "code-client-http10", "ver-hixie", "ver-ws-version", "code-bad-key",
        ]
        #expect(known == Set(UpgradeFault.allCases.map(\.row.cause)))
    }
}
