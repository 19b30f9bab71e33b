// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("Header lists")
struct HeaderListsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let lines: [String]
        let elements: [String]
        var testDescription: String { "\(lines)" }
    }

    static let cases = [
        Case(lines: [], elements: []),
        Case(lines: [""], elements: []),
        Case(lines: [" \t "], elements: []),
        Case(lines: [",, ,"], elements: []),
        Case(lines: ["realtime"], elements: ["realtime"]),
        Case(lines: ["a,b,c"], elements: ["a", "b", "c"]),
        Case(lines: ["a, b , \tc\t"], elements: ["a", "b", "c"]),
        Case(lines: [",a,,b,"], elements: ["a", "b"]),
        Case(lines: ["a", "b, c", "", "d"], elements: ["a", "b", "c", "d"]),
        Case(lines: ["a, a", "A"], elements: ["a", "a", "A"]),
        Case(lines: ["a b, c"], elements: ["a b", "c"]),
        Case(
            lines: ["permessage-deflate; client_max_window_bits"],
            elements: ["permessage-deflate; client_max_window_bits"]
        ),
        Case(lines: ["x; y=\"1,2\", z"], elements: ["x; y=\"1,2\"", "z"]),
        Case(lines: ["\"a\\\",b\", c"], elements: ["\"a\\\",b\"", "c"]),
        Case(lines: ["\"never closed, b"], elements: ["\"never closed", "b"]),
        Case(lines: ["\"closed\", \"open, b"], elements: ["\"closed\"", "\"open", "b"]),
        Case(lines: ["\"ends in escape\\", "b"], elements: ["\"ends in escape\\", "b"]),
        Case(lines: ["\"a", "b\""], elements: ["\"a", "b\""]),
        Case(lines: ["ä,\u{301}b,日本"], elements: ["ä", "\u{301}b", "日本"]),
    ]

    @Test("splits at commas outside quotation marks, over all lines", arguments: cases)
    func splitting(example: Case) {
        #expect(
            HeaderLists.elements(of: example.lines).map { Array($0.utf8) } == example.elements.map { Array($0.utf8) }
        )
    }

    @Test(
        "finds a token in any case, only as a whole element",
        arguments: [
            (["Upgrade"], true), (["upgrade"], true), (["keep-alive, UPGRADE"], true),
            (["keep-alive", "Upgrade"], true),
            (["upgrades"], false), (["upgrade websocket"], false), (["\"upgrade\""], false), ([""], false), ([], false),
        ]
    )
    func containment(lines: [String], expected: Bool) {
        #expect(HeaderLists.contains("upgrade", in: lines) == expected)
    }

    @Test("joining lines by commas changes nothing", arguments: cases.filter { !$0.lines.joined().contains("\"") })
    func joining(example: Case) {
        #expect(HeaderLists.elements(of: [example.lines.joined(separator: ",")]) == example.elements)
    }
}
