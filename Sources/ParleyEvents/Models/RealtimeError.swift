// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// An error as the protocol words it (protocol reference, section 8).
public struct RealtimeError: Error, Sendable, Equatable {
    /// The kind of error: `invalid_request_error` or `server_error`.
    public var type: String
    /// A stable code that clients match on.
    public var code: String?
    /// What is wrong and what was expected.
    public var message: String
    /// A path into the client's event that says which member is meant, such as `session.audio.input.format`.
    public var param: String?
    /// The `event_id` of the client event that caused the error.
    public var eventID: String?

    /// Makes an error.
    public init(
        type: String = "invalid_request_error",
        code: String?,
        message: String,
        param: String? = nil,
        eventID: String? = nil
    ) {
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.eventID = eventID
    }

    /// The object inside an `error` event.
    public var object: JSONObject {
        [
            "type": .string(type),
            "code": JSON(code),
            "message": .string(message),
            "param": JSON(param),
            "event_id": JSON(eventID),
        ]
    }
}

// The wordings below are wire facts that clients match on (protocol reference, section 8).
extension RealtimeError {
    /// A member that must be there is not.
    public static func missing(_ path: String) -> RealtimeError {
        RealtimeError(
            code: "missing_required_parameter",
            message: "Missing required parameter: '\(path)'.",
            param: path
        )
    }

    /// A member that this object does not have.
    public static func unknownParameter(_ path: String) -> RealtimeError {
        RealtimeError(code: "unknown_parameter", message: "Unknown parameter: '\(path)'.", param: path)
    }

    /// A member of the wrong JSON type; `expected` with its article, such as `a string`.
    public static func invalidType(_ path: String, expected: String, got: JSON) -> RealtimeError {
        RealtimeError(
            code: "invalid_type",
            message: "Invalid type for '\(path)': expected \(expected), but got \(got.kindDescription) instead.",
            param: path
        )
    }

    /// A value that is not among those supported.
    public static func invalidValue(_ path: String, _ value: String, supported: [String]) -> RealtimeError {
        let hint =
            switch supported.count {
            case 0: ""
            case 1: " Value must be '\(supported[0])'."
            case 2: " Supported values are: '\(supported[0])' and '\(supported[1])'."
            default:
                " Supported values are: "
                    + supported.dropLast().map { "'\($0)', " }.joined() + "and '\(supported[supported.count - 1])'."
            }
        return RealtimeError(code: "invalid_value", message: "Invalid value: '\(value)'.\(hint)", param: path)
    }

    /// A value that is wrong for another reason, told in a sentence.
    public static func invalidValue(_ path: String, message: String) -> RealtimeError {
        RealtimeError(code: "invalid_value", message: message, param: path)
    }

    /// A string that is too long; lengths in characters.
    public static func stringTooLong(_ path: String, maximum: Int, length: Int) -> RealtimeError {
        RealtimeError(
            code: "string_above_max_length",
            message: "Invalid '\(path)': string too long. Expected a string with maximum length \(maximum), "
                + "but got a string with length \(length) instead.",
            param: path
        )
    }

    /// A number outside its range; `kind` is `integer` or `decimal`.
    public static func outOfRange(
        _ path: String,
        kind: String,
        value: String,
        minimum: String?,
        maximum: String?
    ) -> RealtimeError {
        let (side, sign, bound) =
            minimum.map { ("below minimum", ">=", $0) } ?? ("above maximum", "<=", maximum ?? "")
        return RealtimeError(
            code: "\(kind)_\(minimum == nil ? "above_max" : "below_min")_value",
            message: "Invalid '\(path)': \(kind) \(side) value. Expected a value \(sign) \(bound), "
                + "but got \(value) instead.",
            param: path
        )
    }

    /// Text that is no event at all: not JSON, not an object, or without a `type`.
    public static func invalidEvent(_ message: String) -> RealtimeError {
        RealtimeError(code: "invalid_event", message: message)
    }

    /// Audio that is not base64, or not whole samples.
    public static func invalidAudio(_ path: String, format: AudioFormat) -> RealtimeError {
        .invalidValue(
            path,
            message: "Invalid '\(path)'. Expected base64-encoded audio bytes (\(format.description)) "
                + "but got an invalid value."
        )
    }
}
