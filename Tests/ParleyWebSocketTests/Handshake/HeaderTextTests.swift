// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("Header text")
struct HeaderTextTests {
    @Test("folds ASCII case and nothing else")
    func folding() {
        #expect(HeaderText.lowercased("WebSocket-Ä") == "websocket-Ä")
        #expect(HeaderText.matches("WEBSOCKET", "websocket"))
        #expect(!HeaderText.matches("websocket", "websockets"))
        #expect(!HeaderText.matches("webso\u{212A}et", "websoket"), "the Kelvin sign is no k")
        #expect(!HeaderText.matches("[", "{"), "only letters have case")
    }

    @Test("finds prefixes byte by byte")
    func prefixes() {
        #expect(HeaderText.hasPrefix("Bearer x", "bearer"))
        #expect(!HeaderText.hasPrefix("Bear", "bearer"))
        #expect(HeaderText.suffix(of: "key.abc", after: "key.") == "abc")
        #expect(HeaderText.suffix(of: "Key.abc", after: "key.") == nil)
        #expect(
            HeaderText.suffix(of: "key.\u{301}abc", after: "key.") == "\u{301}abc",
            "a combining mark hides nothing"
        )
    }

    @Test(
        "finds a part anywhere",
        arguments: [
            ("abcabd", "abd", true), ("abc", "abc", true), ("ab", "abc", false), ("", "a", false), ("a", "", true),
            ("Abc", "abc", false),
        ]
    )
    func containment(text: String, part: String, expected: Bool) {
        #expect(HeaderText.contains(text, part) == expected)
    }

    @Test(
        "trims space and tab at both ends",
        arguments: [
            ("", ""), (" ", ""), ("\t a b \t", "a b"), ("a", "a"), ("\u{A0}a", "\u{A0}a"), (" \u{301}a", "\u{301}a"),
        ]
    )
    func trimming(text: String, expected: String) {
        #expect(HeaderText.trimmed(text) == expected)
    }

    @Test("knows what a token is", arguments: 0...255)
    func tokens(byte: Int) {
        let inToken = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
        let scalar = Unicode.Scalar(UInt8(byte))
        let expected = byte < 0x80 && inToken.unicodeScalars.contains(scalar)
        #expect(HeaderText.isToken("a\(Character(scalar))z") == expected)
    }

    @Test("the empty text is no token")
    func emptyToken() {
        #expect(!HeaderText.isToken(""))
    }
}
