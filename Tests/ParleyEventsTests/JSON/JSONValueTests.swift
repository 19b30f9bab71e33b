// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

@Suite("JSON values")
struct JSONValueTests {
    static let kinds: [(value: JSON, kind: String)] = [
        (nil, "null"), (true, "a boolean"), (1, "an integer"), (1.5, "a decimal"), ("x", "a string"), ([1], "an array"),
        (["a": 1], "an object"),
    ]

    @Test("each kind answers to its own accessor only", arguments: kinds)
    func accessors(value: JSON, kind: String) {
        #expect(value.kindDescription == kind)
        #expect(value.isNull == (kind == "null"))
        #expect((value.boolValue != nil) == (kind == "a boolean"))
        #expect((value.intValue != nil) == (kind == "an integer"))
        #expect((value.doubleValue != nil) == (kind == "an integer" || kind == "a decimal"))
        #expect((value.stringValue != nil) == (kind == "a string"))
        #expect((value.arrayValue != nil) == (kind == "an array"))
        #expect((value.objectValue != nil) == (kind == "an object"))
        #expect((value["a"] != nil) == (kind == "an object"))
    }

    @Test("an optional string becomes a string or null")
    func optionalStrings() {
        #expect(JSON("x" as String?) == "x")
        #expect(JSON(nil as String?) == .null)
    }

    @Test("reads a buffer from its reader index on, and writes behind what a buffer holds")
    func usesBuffers() throws {
        var buffer = ByteBuffer(string: "xx[1]")
        buffer.moveReaderIndex(forwardBy: 2)
        #expect(try JSON(parsing: buffer) == [1])
        JSON.bool(true).write(into: &buffer)
        #expect(String(buffer: buffer) == "[1]true")
    }
}

@Suite("JSON objects")
struct JSONObjectTests {
    @Test("members keep their order through every change")
    func keepsOrder() {
        var object: JSONObject = ["c": 1, "a": 2, "b": 3]
        #expect(object.names == ["c", "a", "b"])
        object["a"] = 4
        object["d"] = 5
        #expect(object.text == #"{"c":1,"a":4,"b":3,"d":5}"#)
        object["c"] = nil
        object["missing"] = nil
        #expect(object.text == #"{"a":4,"b":3,"d":5}"#)
    }

    @Test("equality and hash do not depend on the order")
    func equalityIgnoresOrder() {
        let one: JSONObject = ["a": 1, "b": ["x": 1, "y": 2]]
        let other: JSONObject = ["b": ["y": 2, "x": 1], "a": 1]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "b": nil])
        #expect(one != ["a": 1, "c": ["x": 1, "y": 2]])
    }

    @Test("of members given twice the last value counts")
    func lastValueCounts() {
        #expect(JSONObject([("a", 1), ("b", 2), ("a", 3)]).text == #"{"a":3,"b":2}"#)
    }

    @Test("renaming keeps the place and replaces a member that had the name")
    func renames() {
        var object: JSONObject = ["a": 1, "b": 2, "c": 3]
        object.rename("b", to: "B")
        #expect(object.text == #"{"a":1,"B":2,"c":3}"#)
        object.rename("c", to: "a") { [$0] }
        #expect(object.text == #"{"B":2,"a":[3]}"#)
        object.rename("a", to: "a") { _ in 4 }
        object.rename("missing", to: "B")
        #expect(object.text == #"{"B":2,"a":4}"#)
    }

    @Test("an empty object is empty")
    func emptiness() {
        #expect(JSONObject().isEmpty)
        #expect(JSONObject().text == "{}")
        #expect(!(["a": nil] as JSONObject).isEmpty)
    }
}
