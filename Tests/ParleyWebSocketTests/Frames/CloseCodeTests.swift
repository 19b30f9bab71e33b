// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@Suite("Close codes")
struct CloseCodeTests {
    @Test(
        "that may be sent",
        arguments: [1000, 1001, 1002, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
    )
    func valid(code: UInt16) {
        #expect(CloseCode(rawValue: code).isValidOnTheWire)
    }

    @Test(
        "that must not be sent",
        arguments: [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 65535]
    )
    func invalid(code: UInt16) {
        #expect(!CloseCode(rawValue: code).isValidOnTheWire)
    }

    @Test("have the numbers of the registry")
    func numbers() {
        let codes: [(CloseCode, UInt16)] = [
            (.normalClosure, 1000), (.goingAway, 1001), (.protocolError, 1002), (.unsupportedData, 1003),
            (.noStatusReceived, 1005), (.abnormalClosure, 1006), (.invalidPayload, 1007), (.policyViolation, 1008),
            (.messageTooBig, 1009), (.mandatoryExtension, 1010), (.internalError, 1011), (.serviceRestart, 1012),
            (.tryAgainLater, 1013), (.badGateway, 1014), (.tlsHandshake, 1015), (.unauthorized, 3000),
            (.privateUse, 4000),
        ]
        for (code, number) in codes { #expect(code.rawValue == number) }
        #expect(CloseCode.policyViolation.description == "1008")
    }
}
