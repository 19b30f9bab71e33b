// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

@Suite("Table of violations")
struct ViolationTests {
    @Test("names every violation differently, in a form fit for a metric label")
    func codes() {
        let codes = Violation.allCases.map(\.code)
        #expect(Set(codes).count == Violation.allCases.count)
        for code in codes {
            #expect(code.hasPrefix("WS_"))
            #expect(
                code.utf8.allSatisfy {
                    $0 == UInt8(ascii: "_") || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0)
                }
            )
        }
    }

    @Test("has a reason that fits into a close frame, and advice", arguments: Violation.allCases)
    func sentences(violation: Violation) {
        let entry = violation.entry
        #expect(!entry.sentence.isEmpty && entry.sentence.utf8.count <= 123)
        #expect(entry.sentence.utf8.allSatisfy { $0 < 0x80 })
        #expect(entry.advice.hasSuffix("."))
        #expect(entry.section.first?.isNumber == true)
        #expect(violation.closeCode.isValidOnTheWire)
    }

    @Test("keeps limits apart from breaches")
    func limits() {
        let limits = Violation.allCases.filter { $0.kind == .limit }
        #expect(limits == [.frameTooBig, .messageTooBig, .inflationRatio])
        #expect(limits.allSatisfy { $0.closeCode == .messageTooBig })
    }

    @Test("answers bad text and bad compression with 1007 and bad framing with 1002")
    func closeCodes() {
        for violation in Violation.allCases where violation.kind == .breach {
            let isContents = [.invalidUTF8, .invalidCloseReason, .corruptCompression].contains(violation)
            #expect(violation.closeCode == (isContents ? .invalidPayload : .protocolError))
        }
    }
}
