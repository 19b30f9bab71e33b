// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("JSON numbers")
struct JSONNumberTests {
    static let texts = [
        "0", "-0", "1", "-1", "1.0", "1.50", "1e5", "1E5", "1e+5", "1e-5", "0.1", "-0.0", "1e999", "-1e999", "1e-999",
        "9223372036854775807", "9223372036854775808", "123456789012345678901234567890.123456789",
        "0.000000000000000000000000000000000001",
    ]

    @Test("hands numbers on digit for digit", arguments: texts)
    func keepsText(text: String) throws {
        #expect(try JSON(parsing: "[\(text)]").text == "[\(text)]")
    }

    static let integers: [(text: String, value: Int?)] = [
        ("0", 0), ("-0", 0), ("42", 42), ("-42", -42), ("1.0", 1), ("1e2", 100), ("1.5e1", 15), ("-2E3", -2000),
        ("1.5", nil), ("1e-1", nil), ("9223372036854775807", .max), ("-9223372036854775808", .min),
        ("9223372036854775808", nil), ("1e19", nil), ("1e999", nil),
        ("0.99999999999999999999", nil), ("1.00000000000000000001", nil), ("9007199254740993.0", 9_007_199_254_740_993),
        ("9223372036854775807.00", .max), ("-9223372036854775808e0", .min), ("-0.9223372036854775809e19", nil),
        ("0e99999999999999999999", 0), ("1e99999999999999999999", nil), ("1e-99999999999999999999", nil),
        ("1e-9223372036854775808", nil), ("0.0012e4", 12), ("1200e-2", 12), ("1200e-3", nil),
    ]

    @Test("reads whole numbers as integers, however they are written", arguments: integers)
    func readsIntegers(text: String, value: Int?) throws {
        #expect(try JSON(parsing: text).intValue == value)
    }

    static let doubles: [(text: String, value: Double)] = [
        ("0", 0), ("0.8", 0.8), ("-2.5e3", -2500), ("1e999", .infinity), ("-1e999", -.infinity), ("1e-999", 0),
        ("9007199254740993", 9_007_199_254_740_992),
    ]

    @Test("reads decimals as the nearest double", arguments: doubles)
    func readsDoubles(text: String, value: Double) throws {
        #expect(try JSON(parsing: text).doubleValue == value)
    }

    static let written: [(value: Double, text: String)] = [
        (0, "0"), (1, "1"), (-1, "-1"), (0.8, "0.8"), (1.56, "1.56"), (1e15, "1000000000000000"), (1e21, "1e+21"),
        (.leastNonzeroMagnitude, "5e-324"), (.infinity, "0"), (-.infinity, "0"), (.nan, "0"),
    ]

    @Test("writes doubles as JSON numbers", arguments: written)
    func writesDoubles(value: Double, text: String) throws {
        #expect(JSON(value).text == text)
        #expect(throws: Never.self) { try JSON(parsing: JSON(value).text) }
    }

    @Test("values that are not numbers have no number")
    func othersHaveNoNumber() {
        for value: JSON in [nil, true, "1", [1], ["a": 1]] {
            #expect(value.intValue == nil)
            #expect(value.doubleValue == nil)
        }
    }
}
