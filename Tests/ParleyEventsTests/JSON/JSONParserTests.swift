// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("JSON parser")
struct JSONParserTests {
    static let valid: [(text: String, value: JSON)] = [
        ("null", .null),
        ("true", true),
        ("false", false),
        ("0", 0),
        ("-0", .number(number("-0"))),
        ("10", 10),
        ("-12.5e+3", .number(number("-12.5e+3"))),
        ("1E2", .number(number("1E2"))),
        ("0.0", .number(number("0.0"))),
        (#""""#, ""),
        (#""a""#, "a"),
        ("[]", []),
        ("[ ]", []),
        ("[1]", [1]),
        ("[1,[2,[]],{}]", [1, [2, []], [:]]),
        ("{}", [:]),
        ("{ }", [:]),
        (#"{"a":1}"#, ["a": 1]),
        (#"{"":null}"#, ["": nil]),
        ("\t\r\n {\n\"a\" : [ 1 , 2 ] }\r\n", ["a": [1, 2]]),
        (#"{"a":{"b":[true,false,null]}}"#, ["a": ["b": [true, false, nil]]]),
        ("\"\u{7F}\u{2028}é😀\"", "\u{7F}\u{2028}é😀"),
    ]

    static func number(_ text: String) -> JSONNumber {
        guard case .number(let number)? = try? JSON(parsing: text) else { return JSONNumber(.nan) }
        return number
    }

    @Test("reads every form of the grammar", arguments: valid)
    func readsValid(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    static let invalid: [(text: String, offset: Int, expected: String)] = [
        ("", 0, "a value"),
        ("  ", 2, "a value"),
        ("nul", 0, "'null'"),
        ("True", 0, "a value"),
        ("trux", 0, "'true'"),
        ("[fals]", 1, "'false'"),
        ("\u{FEFF}1", 0, "a value"),
        ("1 2", 2, "the end of the text"),
        ("{} x", 3, "the end of the text"),
        ("NaN", 0, "a value"),
        ("+1", 0, "a value"),
        (".5", 0, "a value"),
        ("-", 1, "a digit"),
        ("-a", 1, "a digit"),
        ("01", 1, "the end of the text"),
        ("-01", 2, "the end of the text"),
        ("1.", 2, "a digit"),
        ("1.e3", 2, "a digit"),
        ("1e", 2, "a digit"),
        ("1e+", 3, "a digit"),
        ("0x10", 1, "the end of the text"),
        ("[", 1, "a value"),
        ("[1", 2, "',' or ']'"),
        ("[1,", 3, "a value"),
        ("[1,]", 3, "a value"),
        ("[,1]", 1, "a value"),
        ("[1 2]", 3, "',' or ']'"),
        ("]", 0, "a value"),
        ("{", 1, "a member name in double quotes"),
        ("{a:1}", 1, "a member name in double quotes"),
        ("{'a':1}", 1, "a member name in double quotes"),
        (#"{"a"}"#, 4, "':'"),
        (#"{"a" 1}"#, 5, "':'"),
        (#"{"a":}"#, 5, "a value"),
        (#"{"a":1"#, 6, "',' or '}'"),
        (#"{"a":1,}"#, 7, "a member name in double quotes"),
        (#"{"a":1;"b":2}"#, 6, "',' or '}'"),
        ("{1:2}", 1, "a member name in double quotes"),
        (#"""#, 1, "the closing double quote of a string"),
        (#""abc"#, 4, "the closing double quote of a string"),
        (#""a\n"#, 4, "the closing double quote of a string"),
        (#""\"#, 2, "an escaped character"),
        (#""\x41""#, 2, #"one of " \ / b f n r t u after a backslash"#),
        (#""\u12""#, 5, "four hexadecimal digits"),
        (#""\uZZZZ""#, 3, "four hexadecimal digits"),
        (#""\ud800\u12x4""#, 11, "four hexadecimal digits"),
        ("\"a\u{0}b\"", 2, "control characters to be escaped"),
        ("\"a\nb\"", 2, "control characters to be escaped"),
        ("\"\\n\tb\"", 3, "control characters to be escaped"),
        ("// no comments\n1", 0, "a value"),
    ]

    @Test("says where a text stops being JSON, and what was expected there", arguments: invalid)
    func locatesErrors(text: String, offset: Int, expected: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.expected == expected)
        #expect(error?.description == "not valid JSON: expected \(expected) at byte \(offset)")
    }

    static let notUTF8: [(bytes: [UInt8], offset: Int)] = [
        ([0x22, 0xFF, 0x22], 1),
        ([0x22, 0x61, 0xC3, 0x22], 1),
        ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
        ([0x22, 0xC0, 0xAF, 0x22], 1),
        ([0x22, 0x5C, 0x6E, 0xFF, 0x22], 1),
        ([0x20, 0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], 2),
    ]

    @Test("refuses strings that are not UTF-8", arguments: notUTF8)
    func refusesInvalidUTF8(bytes: [UInt8], offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
        #expect(error?.offset == offset)
        #expect(error?.expected == "valid UTF-8 in a string")
    }

    @Test("reads down to the greatest depth and no deeper", arguments: ["[": "]", #"{"a":"#: "}"])
    func limitsDepth(open: String, close: String) throws {
        func nested(_ depth: Int, _ inner: String) -> String {
            String(repeating: open, count: depth) + inner + String(repeating: close, count: depth)
        }
        #expect(throws: Never.self) { try JSON(parsing: nested(JSON.maximumDepth, "1")) }
        let error = #expect(throws: JSONError.self) { try JSON(parsing: nested(JSON.maximumDepth, "[]")) }
        #expect(error?.offset == JSON.maximumDepth * open.utf8.count)
        #expect(error?.expected == "at most 128 levels of nesting")
    }

    @Test("refuses a hundred thousand open brackets without running out of stack")
    func refusesHostileDepth() {
        #expect(throws: JSONError.self) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
    }

    @Test("keeps the last of several members with one name, in the place of the first")
    func lastDuplicateCounts() throws {
        let few = try JSON(parsing: #"{"a":1,"b":2,"a":3}"#)
        #expect(few.text == #"{"a":3,"b":2}"#)
        let members = (0..<40).map { "\"m\($0)\":0" } + ["\"m7\":1", "\"m7\":2"]
        let many = try JSON(parsing: "{\(members.joined(separator: ","))}")
        #expect(many.objectValue?.names == (0..<40).map { "m\($0)" })
        #expect(many["m7"] == 2)
    }

    @Test("tells names apart that only look the same", arguments: [0, 40])
    func comparesNamesByCodeUnits(others: Int) throws {
        let rest = (0..<others).map { ",\"m\($0)\":0" }.joined()
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2\(rest)}"
        let json = try JSON(parsing: text)
        #expect(json.text.utf8.elementsEqual(text.utf8))
        #expect(json["\u{E9}"] == 1)
        #expect(json["e\u{301}"] == 2)
        #expect(json == json)
    }

    @Test("takes twenty thousand members in its stride")
    func readsHugeObjects() throws {
        let text = "{" + (0..<20_000).map { "\"m\($0)\":\($0)" }.joined(separator: ",") + "}"
        #expect(try JSON(parsing: text).objectValue?.members.count == 20_000)
    }
}
