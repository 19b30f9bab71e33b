// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyWebSocket

@Suite("An element of Sec-WebSocket-Extensions")
struct ExtensionElementTests {
    private typealias Parameter = ExtensionElement.Parameter

    @Test(
        "is a name and parameters with or without values",
        arguments: [
            ("x", "x", []),
            ("x;a", "x", [("a", nil)]),
            ("x ;\ta ; b=1", "x", [("a", nil), ("b", "1")]),
            ("x; a=\"b\"", "x", [("a", "b")]),
            ("x; a=\"\\b\\1\"", "x", [("a", "b1")]),
            ("X-Y.z; A!=~|", "X-Y.z", [("A!", "~|")]),
        ] as [(String, String, [(String, String?)])]
    )
    func lawful(text: String, name: String, parameters: [(String, String?)]) throws {
        let element = try #require(ExtensionElement(text))
        #expect(element.name == name)
        #expect(element.parameters == parameters.map { Parameter(name: $0.0, value: $0.1) })
    }

    @Test(
        "is refused where it is no token",
        arguments: [
            "", ";", ";a", "x;", "x;;a", "x y", "x; a b", "x; =1", "x; a=", "x; a= 1", "x; a =1", "x; a=1=2",
            "x; a=\"\"",
            "x; a=\"b", "x; a=b\"", "x; a=\"b c\"", "x; a=\"b\\\"", "x; a=\"\\\\\"", "x/y", "ä", "x; ä", "x; a=ä",
        ]
    )
    func unlawful(text: String) {
        #expect(ExtensionElement(text) == nil)
    }
}
