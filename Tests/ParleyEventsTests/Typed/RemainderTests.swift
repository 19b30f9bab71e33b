// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyEvents

/// What models cannot take is kept by place, and put back there.
@Suite("What is left over of JSON")
struct RemainderTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let received: String
        let known: String
        let remainder: String
        let filled: String

        var testDescription: String { "\(received) without \(known)" }
    }

    static let cases: [Case] = [
        Case(received: "{}", known: "{}", remainder: "{}", filled: "{}"),
        Case(received: #"{"a":1}"#, known: "{}", remainder: #"{"a":1}"#, filled: #"{"a":1}"#),
        Case(received: #"{"a":null}"#, known: "{}", remainder: #"{"a":null}"#, filled: #"{"a":null}"#),
        Case(received: #"{"a":1}"#, known: #"{"a":null}"#, remainder: #"{"a":1}"#, filled: #"{"a":1}"#),
        Case(received: #"{"a":null}"#, known: #"{"a":null}"#, remainder: "{}", filled: #"{"a":null}"#),
        Case(received: #"{"a":1}"#, known: #"{"a":2,"b":3}"#, remainder: "{}", filled: #"{"a":2,"b":3}"#),
        Case(
            received: #"{"a":{"b":{"c":1,"d":2}}}"#,
            known: #"{"a":{"b":{"d":3}}}"#,
            remainder: #"{"a":{"b":{"c":1}}}"#,
            filled: #"{"a":{"b":{"d":3,"c":1}}}"#
        ),
        Case(
            received: #"{"a":[{"b":1},{"c":2},3]}"#,
            known: #"{"a":[{"b":1},{},3]}"#,
            remainder: #"{"a":[{},{"c":2},{}]}"#,
            filled: #"{"a":[{"b":1},{"c":2},3]}"#
        ),
        Case(received: #"{"a":[{"b":1}]}"#, known: #"{"a":[]}"#, remainder: "{}", filled: #"{"a":[]}"#),
        Case(received: #"{"a":{"b":1}}"#, known: #"{"a":[]}"#, remainder: "{}", filled: #"{"a":[]}"#),
        Case(
            received: #"{"a":[[{"b":1}]]}"#,
            known: #"{"a":[[{}]]}"#,
            remainder: #"{"a":[[{"b":1}]]}"#,
            filled: #"{"a":[[{"b":1}]]}"#
        ),
    ]

    @Test("is what the model has no value for, and fills its gaps", arguments: cases)
    func remainder(each: Case) throws {
        let known = try object(each.known)
        let remainder = try object(each.received).remainder(without: known)
        #expect(remainder.text == each.remainder)
        #expect(known.filled(with: remainder).text == each.filled)
    }

    @Test("does not go into an array that has changed its length")
    func changedArray() throws {
        let remainder = try object(#"{"a":[{"b":1}]}"#)
        #expect(try object(#"{"a":[{},{}]}"#).filled(with: remainder).text == #"{"a":[{},{}]}"#)
        #expect(try object(#"{"a":"x"}"#).filled(with: remainder).text == #"{"a":"x"}"#)
    }
}
