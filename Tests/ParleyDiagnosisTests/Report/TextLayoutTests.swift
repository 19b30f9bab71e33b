// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("Text in columns")
struct TextLayoutTests {
    @Test(
        "ideographs and emoji take two columns, marks that combine none",
        arguments: [("abc", 3), ("语音", 4), ("，", 2), ("e\u{301}", 1), ("😀", 2), ("é", 1), ("", 0)] as [(String, Int)]
    )
    func width(text: String, columns: Int) {
        #expect(TextLayout.width(text) == columns)
    }

    @Test("lines break at blanks and between ideographs, never before closing punctuation")
    func wrapping() {
        #expect(TextLayout.wrapped("one two three", 8) == ["one two", "three"])
        #expect(TextLayout.wrapped("服务器没有选择子协议", 8) == ["服务器没", "有选择子", "协议"])
        #expect(TextLayout.wrapped("服务器没，有选择", 8) == ["服务器", "没，有选", "择"])
        #expect(TextLayout.wrapped("（服务器）", 8) == ["（服务", "器）"])
        #expect(TextLayout.wrapped("", 8) == [""])
    }

    @Test("words that are too long are cut, and nothing is lost")
    func longWords() {
        let word = String(repeating: "abcdefghij", count: 5)
        #expect(TextLayout.wrapped(word, 20).joined() == word)
        #expect(TextLayout.wrapped("see \(word) now", 20).allSatisfy { $0.count <= 20 })
    }

    @Test("what a terminal would act on is spelled out")
    func controls() {
        #expect(TextLayout.plain("a\u{1B}[2Jb\u{7F}\u{202E}") == #"a\x1b[2Jb\x7f\u{202e}"#)
        #expect(TextLayout.plain("语音 ok") == "语音 ok")
    }
}
