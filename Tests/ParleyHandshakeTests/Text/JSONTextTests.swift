// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ParleyHandshake

@Suite("JSON text")
struct JSONTextTests {
    @Test("every scalar up to U+02FF, and some beyond, comes back from a JSON parser as it was")
    func roundTrip() throws {
        let scalars =
            (0..<0x300).compactMap { Unicode.Scalar(UInt32($0)) } + ["\u{2028}", "\u{FFFD}", "😀", "\u{10FFFF}"]
        for scalar in scalars {
            let text = "a\(Character(scalar))z"
            let decoded = try JSONDecoder().decode([String].self, from: Data("[\(JSONText.string(text))]".utf8))
            #expect(decoded.first.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
        }
    }

    @Test(
        "escapes what JSON demands",
        arguments: [
            ("", #""""#), ("a\"b", #""a\"b""#), ("a\\b", #""a\\b""#), ("\n\r\t", #""\n\r\t""#),
            ("\u{0}\u{1F}\u{7F}", #""\u0000\u001f\u007f""#),
            ("é/ü", #""é/ü""#), ("e\u{301}", "\"e\u{301}\""),
        ]
    )
    func escapes(text: String, expected: String) {
        #expect(JSONText.string(text) == expected)
    }

    @Test("a combining mark does not hide the quotation mark before it")
    func combiningMark() {
        #expect(Array(JSONText.string("\"\u{301}").utf8) == Array("\"\\\"\u{301}\"".utf8))
    }
}
