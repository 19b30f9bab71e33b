// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Something that is refused, and in which words.
struct Refusal: Sendable, CustomTestStringConvertible {
    let input: String
    let code: String
    let param: String?
    let message: String

    var testDescription: String { input }

    /// A member that is wrong at `param`.
    init(_ input: String, _ code: String, at param: String?, _ message: String) {
        self.input = input
        self.code = code
        self.param = param
        self.message = message
    }

    static func missing(_ input: String, _ path: String) -> Refusal {
        Refusal(input, "missing_required_parameter", at: path, "Missing required parameter: '\(path)'.")
    }

    static func unknown(_ input: String, _ path: String) -> Refusal {
        Refusal(input, "unknown_parameter", at: path, "Unknown parameter: '\(path)'.")
    }

    /// `expected` and `got` with their articles.
    static func type(_ input: String, _ path: String, _ expected: String, got: String) -> Refusal {
        Refusal(
            input,
            "invalid_type",
            at: path,
            "Invalid type for '\(path)': expected \(expected), but got \(got) instead."
        )
    }

    static func value(_ input: String, _ path: String, _ message: String) -> Refusal {
        Refusal(input, "invalid_value", at: path, message)
    }

    /// `kind` is `integer` or `decimal`.
    static func below(_ input: String, _ path: String, _ kind: String, _ minimum: String, got: String) -> Refusal {
        Refusal(
            input,
            "\(kind)_below_min_value",
            at: path,
            "Invalid '\(path)': \(kind) below minimum value. Expected a value >= \(minimum), but got \(got) instead."
        )
    }

    static func above(_ input: String, _ path: String, _ kind: String, _ maximum: String, got: String) -> Refusal {
        Refusal(
            input,
            "\(kind)_above_max_value",
            at: path,
            "Invalid '\(path)': \(kind) above maximum value. Expected a value <= \(maximum), but got \(got) instead."
        )
    }

    static func tooLong(_ input: String, _ path: String, _ maximum: Int, got: Int) -> Refusal {
        Refusal(
            input,
            "string_above_max_length",
            at: path,
            "Invalid '\(path)': string too long. Expected a string with maximum length \(maximum), "
                + "but got a string with length \(got) instead."
        )
    }

    var error: RealtimeError { RealtimeError(code: code, message: message, param: param) }
}
