// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Percent coding")
struct PercentCodingTests {
    @Test(
        "decodes what is encoded and leaves the rest",
        arguments: [
            ("", ""), ("plain", "plain"), ("a%20b", "a b"), ("%2Bkey%3d", "+key="), ("a+b", "a+b"),
            ("%25%32%35", "%25"),
            ("%", "%"), ("%4", "%4"), ("%zz", "%zz"), ("%%41", "%A"), ("%C3%A9", "é"), ("%C3", "\u{FFFD}"), ("é", "é"),
            ("%00", "\u{0}"), ("100%", "100%"), ("%+1", "%+1"), ("%0g", "%0g"),
        ]
    )
    func decoding(encoded: String, expected: String) {
        #expect(PercentCoding.decoded(encoded.utf8) == expected)
    }

    @Test("decodes every byte, in both cases of the digits")
    func everyByte() {
        for byte in UInt8.min...UInt8.max {
            let digits = (byte < 16 ? "0" : "") + String(byte, radix: 16)
            let expected = String(decoding: [byte], as: UTF8.self)
            #expect(PercentCoding.decoded("%\(digits)".utf8) == expected)
            #expect(PercentCoding.decoded("%\(digits.uppercased())".utf8) == expected)
        }
    }
}
