// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Shapes of values")
struct ShapeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let shape: Shape
        let fitting: JSON
        let wrong: JSON
        let words: String
        var testDescription: String { words }
    }

    static let cases = [
        Case(shape: .string, fitting: "", wrong: 1, words: "'x' to be a string"),
        Case(shape: .integer, fitting: 3, wrong: 3.5, words: "'x' to be an integer"),
        Case(shape: .number, fitting: 3.5, wrong: "3", words: "'x' to be a number"),
        Case(shape: .boolean, fitting: false, wrong: nil, words: "'x' to be a boolean"),
        Case(shape: .object, fitting: [:], wrong: [], words: "'x' to be an object"),
        Case(shape: .base64, fitting: "AAAA", wrong: "A", words: "'x' to be base64"),
        Case(shape: .word(["b", "a"]), fitting: "a", wrong: "c", words: "'x' to be one of a, b"),
        Case(shape: .nullable(.integer), fitting: nil, wrong: "1", words: "'x' to be an integer"),
        Case(
            shape: .either([.integer, .word(["inf"])]),
            fitting: "inf",
            wrong: "many",
            words: "'x' to be an integer or one of inf"
        ),
        Case(shape: .array(.string), fitting: ["a"], wrong: ["a", 1], words: "'x[1]' to be a string"),
        Case(shape: .array(.any), fitting: [nil, 1], wrong: "a", words: "'x' to be an array"),
        Case(
            shape: .record(["a": .string]),
            fitting: ["a": "", "b": 1],
            wrong: ["b": 1],
            words: "member 'x.a' (a string)"
        ),
        Case(
            shape: .record([:], optional: ["a": .string]),
            fitting: [:],
            wrong: ["a": 1],
            words: "'x.a' to be a string"
        ),
        Case(
            shape: .record([:], forbidden: ["a"]),
            fitting: ["b": 1],
            wrong: ["a": 1],
            words: "no member 'x.a', which belongs to the other dialect"
        ),
        Case(
            shape: .tagged(["t": .record(["a": .any])]),
            fitting: ["type": "u"],
            wrong: ["type": "t"],
            words: "member 'x.a' (anything)"
        ),
        Case(shape: .tagged([:]), fitting: ["type": "t"], wrong: ["a": 1], words: "'x.type' to be a string"),
    ]

    @Test("A fitting value passes and a wrong one is told", arguments: cases)
    func shapes(example: Case) {
        #expect(example.shape.mismatch(of: example.fitting, at: "x") == nil)
        #expect(example.shape.mismatch(of: example.wrong, at: "x")?.expected == example.words)
    }

    @Test("What came is told by its kind, strings by their text")
    func found() {
        #expect(Shape.integer.mismatch(of: "five", at: "x")?.came == "'five'")
        #expect(Shape.integer.mismatch(of: 0.5, at: "x")?.came == "a decimal")
        #expect(Shape.integer.mismatch(of: nil as JSON?, at: "x")?.came == "no such member")
        #expect(RuleViolation(expected: "a", came: "b", source: "c").description == "expected a, came b (c)")
    }
}
