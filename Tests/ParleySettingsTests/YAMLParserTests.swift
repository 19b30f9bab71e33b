// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleySettings

@Suite("Settings are read as YAML and JSON")
struct YAMLParserTests {
    /// A value as text, to compare whole trees.
    private func show(_ node: Node) -> String {
        switch node.value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): "\"\(value.replacing("\n", with: "⏎"))\""
        case .sequence(let nodes): "[" + nodes.map(show).joined(separator: ",") + "]"
        case .mapping(let entries): "{" + entries.map { "\($0.name):\(show($0.value))" }.joined(separator: ",") + "}"
        }
    }

    @Test(
        "A text has the value that YAML gives it",
        arguments: [
            ("", "null"),
            ("# nothing\n", "null"),
            ("a: 1", "{a:1}"),
            ("---\na: 1\n", "{a:1}"),
            ("a: 1\r\nb: 2\r\n", "{a:1,b:2}"),
            ("a: one two # comment\nb: x#y", "{a:\"one two\",b:\"x#y\"}"),
            ("a:\nb: ~\nc: null", "{a:null,b:null,c:null}"),
            (
                "a: true\nb: no\nc: 0x1F\nd: 1.5\ne: -2\nf: 1_0\ng: '1'",
                "{a:true,b:\"no\",c:31,d:1.5,e:-2,f:\"1_0\",g:\"1\"}"
            ),
            ("- 1\n- a: 2\n  b: 3\n-\n  - x\n- - y\n  - z", "[1,{a:2,b:3},[\"x\"],[\"y\",\"z\"]]"),
            ("a:\n- 1\n- 2\nb:\n  - 3", "{a:[1,2],b:[3]}"),
            ("a:\n  b:\n    c: d\n  e: f\ng: h", "{a:{b:{c:\"d\"},e:\"f\"},g:\"h\"}"),
            ("a: [1, 'two', {b: c, d}, ]\n", "{a:[1,\"two\",{b:\"c\",d:null}]}"),
            ("{\"a\":[1,2],\n \"b\":{\"c\":\"\\u00e9\\ud83d\\ude00\\/\"}}", "{a:[1,2],b:{c:\"é😀/\"}}"),
            ("a: 'it''s'\nb: \"x\\ty\"", "{a:\"it's\",b:\"x\ty\"}"),
            ("a: one\n  two\n  three\nb: 1", "{a:\"one two three\",b:1}"),
            ("a: \"one\n  two\n\n  three\"", "{a:\"one two⏎three\"}"),
            ("a: |\n  one\n   two\n\n  three\nb: 1", "{a:\"one⏎ two⏎⏎three⏎\",b:1}"),
            ("a: >-\n  one\n  two\n\n  three\n", "{a:\"one two⏎three\"}"),
            ("a: |+\n  x\n\nb: 1", "{a:\"x⏎⏎\",b:1}"),
            ("\"quoted key\": 1\n'k2' : 2", "{quoted key:1,k2:2}"),
            ("url: http://127.0.0.1:80/x", "{url:\"http://127.0.0.1:80/x\"}"),
            ("a: order (?<id>\\d+)", "{a:\"order (?<id>\\d+)\"}"),
            ("just a word", "\"just a word\""),
        ] as [(String, String)]
    )
    func values(text: String, expected: String) throws {
        #expect(show(try YAMLParser.parse(text)) == expected)
    }

    @Test(
        "What cannot be read is told with its line and column",
        arguments: [
            ("a: 1\na: 2", 2, 1, "given twice, first in line 1"),
            ("a: 1\n  b: 2", 2, 4, "align"),
            ("a:\n  b: 1\n c: 2", 3, 2, "align"),
            ("a: 1\nb", 2, 1, "expected 'name: value'"),
            ("a: \"x", 1, 4, "never closed"),
            ("a: [1, 2\nb: 3", 2, 1, "expected ',' or ']'"),
            ("a: {b: 1", 1, 4, "never closed"),
            ("a: &x 1", 1, 4, "anchors"),
            ("a: !tag 1", 1, 4, "tags"),
            ("a: 'x' y", 1, 8, "behind a value"),
            ("\ta: 1", 1, 2, "indent with spaces"),
            ("a: 1\n---\nb: 2", 2, 1, "second document"),
            ("a: b: c", 1, 5, "quotes"),
            ("a: \"\\q\"", 1, 5, "no escape"),
            ("? a\n: b", 1, 1, "complex keys"),
            ("{a: 1, a: 2}", 1, 8, "given twice"),
        ] as [(String, Int, Int, String)]
    )
    func errors(text: String, line: Int, column: Int, words: String) throws {
        let error = try #require(throws: YAMLError.self) { try YAMLParser.parse(text) }
        #expect(error.mark == Mark(line: line, column: column), "\(error)")
        #expect(error.message.contains(words), "\(error)")
    }

    @Test("Nesting and size are limited")
    func limits() {
        #expect(throws: YAMLError.self) { try YAMLParser.parse(String(repeating: "[", count: 10_000)) }
        #expect(throws: YAMLError.self) { try YAMLParser.parse(String(repeating: "a", count: (1 << 20) + 1)) }
    }

    @Test("Every cut of a text is read or refused, and traps nothing")
    func cuts() {
        let text = "a: [1, {b: 'c''d', \"e\\u0041\": |}]\nf: >-\n  x\n  y\n- - k: \"l\n m\" # n\n? o\n\t\n--- &p !q"
        for start in text.indices {
            for end in text.indices[start...] { _ = try? YAMLParser.parse(String(text[start..<end])) }
        }
    }
}
