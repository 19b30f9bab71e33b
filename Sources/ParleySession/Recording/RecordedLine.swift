// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// A line of a recording.
package enum RecordedLine: Sendable, Equatable {
    /// What the session began with: the first line, and only that.
    case session(RecordedSession)
    /// Something happened to the session, that long after its start.
    case input(SessionInput, at: TimeAmount)
    /// A client event could not be read, which the client was told.
    case refused(RealtimeError, at: TimeAmount)
    /// What the session did about the input above: the whole line, without its line feed.
    case output(ByteBuffer)
    /// The connection ended: the last line.
    case closed(at: TimeAmount)
    /// The recording was ended before its session, and why: the last line, too.
    case cut(reason: String)
}

extension RecordedLine {
    /// The line with which a recording ends before its session, without its line feed.
    package static func cutLine(_ text: String) -> String {
        JSONObject([("in", "cut"), ("reason", .string(text))]).text
    }
}

/// Reads a recording line by line, and keeps none.
package struct RecordingReader: Sendable {
    /// How many lines were read.
    package private(set) var lines = 0
    private var isOver = false

    /// A reader before the first line.
    package init() {}

    /// Reads the next line, which comes without its line feed.
    ///
    /// - Throws: What is wrong with it.
    package mutating func line(_ text: ByteBuffer) throws(RecordingError) -> RecordedLine {
        lines += 1
        guard !isOver else { throw error(.linesAfterTheEnd) }
        let object = try JSONObject(line: text, number: lines)
        do throws(RealtimeError) {
            return try line(object, text)
        } catch {
            throw self.error(.malformed(error.message))
        }
    }

    /// There are no more lines.
    ///
    /// - Throws: If the recording has no end: its process was killed, or the file was cut.
    package func ended() throws(RecordingError) {
        guard isOver else { throw error(.truncated) }
    }

    private mutating func line(_ object: JSONObject, _ text: ByteBuffer) throws(RealtimeError) -> RecordedLine {
        if lines == 1 {
            let format = try object.requiredString("format")
            guard format == RecordedSession.format else {
                throw .invalidValue("format", format, supported: [RecordedSession.format])
            }
            return .session(try RecordedSession(object))
        }
        if let kind = object["out"] {
            let known = SessionAction.kinds
            guard let name = kind.stringValue, known.contains(name) else {
                throw .invalidValue("out", kind.stringValue ?? kind.text, supported: known.sorted())
            }
            return .output(text)
        }
        let kind = try object.required("in", "a string", \.stringValue)
        if kind == "cut" {
            isOver = true
            return .cut(reason: try object.requiredString("reason"))
        }
        let time = TimeAmount.nanoseconds(Int64(try object.requiredInt("at_ns", from: 0)))
        switch kind {
        case "refused": return .refused(try RealtimeError(received: object["error"] ?? .null, at: "error"), at: time)
        case "closed":
            isOver = true
            return .closed(at: time)
        default:
            guard let input = try SessionInput(object) else {
                let known = ["opened", "client", "engine", "timer", "refused", "closed", "cut"]
                throw .invalidValue("in", kind, supported: known)
            }
            return .input(input, at: time)
        }
    }

    private func error(_ problem: RecordingError.Problem) -> RecordingError {
        RecordingError(line: lines, problem: problem)
    }
}

extension JSONObject {
    /// A line of a recording, without its line feed.
    ///
    /// - Parameters:
    ///   - text: The line.
    ///   - number: Its number, from 1, for the error.
    /// - Throws: That it is no JSON, or JSON of another kind.
    package init(line text: ByteBuffer, number: Int) throws(RecordingError) {
        let json: JSON
        do throws(JSONError) {
            json = try JSON(parsing: text)
        } catch {
            throw RecordingError(line: number, problem: .notJSON(error))
        }
        guard let object = json.objectValue else {
            throw RecordingError(line: number, problem: .notAnObject(json.kindDescription))
        }
        self = object
    }

    /// A member that a line must have.
    ///
    /// - Throws: That it is missing, or is not what was expected.
    package func required<Value>(
        _ name: String,
        _ expected: String,
        _ read: (JSON) -> Value?
    ) throws(RealtimeError) -> Value {
        guard let json = self[name] else { throw .missing(name) }
        guard let value = read(json) else { throw .invalidType(name, expected: expected, got: json) }
        return value
    }

    /// A member that must be a string.
    package func requiredString(_ name: String) throws(RealtimeError) -> String {
        try required(name, "a string", \.stringValue)
    }

    /// A member that must be an integer, not below `minimum`.
    package func requiredInt(_ name: String, from minimum: Int = .min) throws(RealtimeError) -> Int {
        let value = try required(name, "an integer", \.intValue)
        guard value >= minimum else {
            throw .outOfRange(name, kind: "integer", value: "\(value)", minimum: "\(minimum)", maximum: nil)
        }
        return value
    }

    /// A member that must be an object.
    package func requiredObject(_ name: String) throws(RealtimeError) -> JSONObject {
        try required(name, "an object", \.objectValue)
    }
}
