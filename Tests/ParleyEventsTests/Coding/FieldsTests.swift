// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyEvents

@Suite("Reading members")
struct FieldsTests {
    private static func fields(_ text: String) throws -> Fields { Fields(try object(text), at: "a") }

    @Test("takes null for absent")
    func null() throws {
        let fields = try Self.fields(#"{"x":null}"#)
        #expect(fields.value("x") == nil)
        #expect(try fields.string("x") == nil)
        #expect(try fields.integer("x", in: 0...1) == nil)
        #expect(try fields.array("x") == nil)
        #expect(try fields.word("x", among: []) == nil)
        #expect(throws: RealtimeError.missing("a.x")) { try fields.required("x") }
        #expect(throws: RealtimeError.missing("a.x")) { try fields.requiredString("x") }
    }

    @Test("takes whole numbers in any form for integers", arguments: [("7", 7), ("7.0", 7), ("7e0", 7), ("-0", 0)])
    func integers(text: String, value: Int) throws {
        #expect(try Self.fields(#"{"x":\#(text)}"#).integer("x", in: 0...10) == value)
    }

    @Test("takes bounds for part of the range")
    func bounds() throws {
        #expect(try Self.fields(#"{"x":0.25}"#).decimal("x", in: 0.25...1.5) == 0.25)
        #expect(try Self.fields(#"{"x":1.5}"#).decimal("x", in: 0.25...1.5) == 1.5)
        #expect(try Self.fields(#"{"x":1}"#).decimal("x", in: 0.25...1.5) == 1)
        #expect(throws: RealtimeError.self) { try Self.fields(#"{"x":1e999}"#).decimal("x", in: 0.25...1.5) }
    }

    @Test("counts characters, not bytes")
    func length() throws {
        #expect(try Self.fields(#"{"x":"äöü"}"#).string("x", maximum: 3) == "äöü")
        #expect(throws: RealtimeError.stringTooLong("a.x", maximum: 2, length: 3)) {
            try Self.fields(#"{"x":"äöü"}"#).string("x", maximum: 2)
        }
    }

    @Test("names a path from the top")
    func paths() throws {
        #expect(Fields([:]).at("x") == "x")
        #expect(try Self.fields("{}").at("x") == "a.x")
        #expect(throws: RealtimeError.unknownParameter("a.y")) {
            try Self.fields(#"{"x":1,"y":2}"#).rejectUnknown(["x"])
        }
    }
}
