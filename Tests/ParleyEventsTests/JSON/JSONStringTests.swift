// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("JSON strings")
struct JSONStringTests {
    static let escapes: [(escaped: String, value: String)] = [
        (#"\""#, "\""),
        (#"\\"#, "\\"),
        (#"\/"#, "/"),
        (#"\b"#, "\u{8}"),
        (#"\f"#, "\u{C}"),
        (#"\n"#, "\n"),
        (#"\r"#, "\r"),
        (#"\t"#, "\t"),
        (#"\u0041"#, "A"),
        (#"\u00e9"#, "\u{E9}"),
        (#"\u00E9"#, "\u{E9}"),
        (#"\u20AC"#, "€"),
        (#"\u0000"#, "\u{0}"),
        (#"\uFFFF"#, "\u{FFFF}"),
        (#"\ud83d\ude00"#, "😀"),
        (#"\uD800\uDC00"#, "\u{10000}"),
        (#"\uDBFF\uDFFF"#, "\u{10FFFF}"),
        (#"a\nb\tc"#, "a\nb\tc"),
        (#"é\u0301"#, "é\u{301}"),
    ]

    @Test("reads every escape", arguments: escapes)
    func readsEscapes(escaped: String, value: String) throws {
        let json = try JSON(parsing: "\"\(escaped)\"")
        #expect(Array(json.stringValue?.unicodeScalars ?? "".unicodeScalars) == Array(value.unicodeScalars))
    }

    static let loneSurrogates: [(escaped: String, value: String)] = [
        (#"\ud800"#, "\u{FFFD}"),
        (#"\udc00"#, "\u{FFFD}"),
        (#"\udc00\ud800"#, "\u{FFFD}\u{FFFD}"),
        (#"\ud800\ud800"#, "\u{FFFD}\u{FFFD}"),
        (#"\ud800\ud83d\ude00"#, "\u{FFFD}😀"),
        (#"\ud800x"#, "\u{FFFD}x"),
        (#"\ud800\n"#, "\u{FFFD}\n"),
        (#"\ud800\u0041"#, "\u{FFFD}A"),
    ]

    @Test("replaces surrogates that have no partner", arguments: loneSurrogates)
    func replacesLoneSurrogates(escaped: String, value: String) throws {
        #expect(try JSON(parsing: "\"\(escaped)\"") == .string(value))
    }

    static let written: [(value: String, text: String)] = [
        ("", #""""#),
        ("plain", #""plain""#),
        ("a\"b", #""a\"b""#),
        ("a\\b", #""a\\b""#),
        ("a/b+c==", #""a/b+c==""#),
        ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\u{0}\u{1}\u{1F}", #""\u0000\u0001\u001f""#),
        ("\u{7F}\u{2028}é😀", "\"\u{7F}\u{2028}é😀\""),
    ]

    @Test("escapes what JSON requires and nothing else", arguments: written)
    func writesStrings(value: String, text: String) {
        #expect(JSON.string(value).text == text)
        var buffer = ByteBuffer(string: "x")
        JSON.write(value, into: &buffer)
        #expect(String(buffer: buffer) == "x" + text)
    }

    @Test("every control character survives being written and read")
    func controlCharactersSurvive() throws {
        let value = (0..<128).map { String(Unicode.Scalar(UInt8($0))) }.joined()
        #expect(value.unicodeScalars.count == 128)
        #expect(try JSON(parsing: JSON.string(value).text) == .string(value))
    }
}
