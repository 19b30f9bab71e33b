// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the members of an object and says exactly which one is wrong.
struct Fields {
    let object: JSONObject
    /// Where the object stands in the client's event; empty at the top.
    let path: String

    init(_ object: JSONObject, at path: String = "") {
        self.object = object
        self.path = path
    }

    init(_ value: JSON, at path: String) throws(RealtimeError) {
        guard let object = value.objectValue else {
            throw .invalidType(path, expected: "an object", got: value)
        }
        self.init(object, at: path)
    }

    func at(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// The member unless it is absent or null.
    func value(_ name: String) -> JSON? {
        guard let value = object[name], !value.isNull else { return nil }
        return value
    }

    func required(_ name: String) throws(RealtimeError) -> JSON {
        guard let value = value(name) else { throw .missing(at(name)) }
        return value
    }

    func string(_ name: String, maximum: Int? = nil) throws(RealtimeError) -> String? {
        guard let value = value(name) else { return nil }
        guard let string = value.stringValue else {
            throw .invalidType(at(name), expected: "a string", got: value)
        }
        if let maximum, string.count > maximum {
            throw .stringTooLong(at(name), maximum: maximum, length: string.count)
        }
        return string
    }

    func requiredString(_ name: String, maximum: Int? = nil) throws(RealtimeError) -> String {
        guard let string = try string(name, maximum: maximum) else { throw .missing(at(name)) }
        return string
    }

    func bool(_ name: String) throws(RealtimeError) -> Bool? {
        guard let value = value(name) else { return nil }
        guard let bool = value.boolValue else {
            throw .invalidType(at(name), expected: "a boolean", got: value)
        }
        return bool
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(RealtimeError) -> Int? {
        guard let value = value(name) else { return nil }
        guard let integer = value.intValue else {
            throw .invalidType(at(name), expected: "an integer", got: value)
        }
        if integer < range.lowerBound {
            throw .outOfRange(
                at(name),
                kind: "integer",
                value: "\(integer)",
                minimum: "\(range.lowerBound)",
                maximum: nil
            )
        }
        if integer > range.upperBound {
            throw .outOfRange(
                at(name),
                kind: "integer",
                value: "\(integer)",
                minimum: nil,
                maximum: "\(range.upperBound)"
            )
        }
        return integer
    }

    func decimal(_ name: String, in range: ClosedRange<Double>) throws(RealtimeError) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value else {
            throw .invalidType(at(name), expected: "a decimal", got: value)
        }
        if number.double < range.lowerBound {
            throw .outOfRange(
                at(name),
                kind: "decimal",
                value: number.text,
                minimum: JSONNumber(range.lowerBound).text,
                maximum: nil
            )
        }
        if number.double > range.upperBound {
            throw .outOfRange(
                at(name),
                kind: "decimal",
                value: number.text,
                minimum: nil,
                maximum: JSONNumber(range.upperBound).text
            )
        }
        return number.double
    }

    func array(_ name: String) throws(RealtimeError) -> [JSON]? {
        guard let value = value(name) else { return nil }
        guard let array = value.arrayValue else {
            throw .invalidType(at(name), expected: "an array", got: value)
        }
        return array
    }

    /// The fields of a member that is an object.
    func fields(_ name: String) throws(RealtimeError) -> Fields? {
        guard let value = value(name) else { return nil }
        return try Fields(value, at: at(name))
    }

    func choice<Value: RawRepresentable<String> & CaseIterable & Equatable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(RealtimeError) -> Value? {
        guard let raw = try string(name) else { return nil }
        guard let value = Value(rawValue: raw), Value.allCases.contains(value) else {
            throw .invalidValue(at(name), raw, supported: Value.allCases.map(\.rawValue))
        }
        return value
    }

    /// Reads one of a few words.
    func word(_ name: String, among supported: [String]) throws(RealtimeError) -> String? {
        guard let word = try string(name) else { return nil }
        guard supported.contains(word) else { throw .invalidValue(at(name), word, supported: supported) }
        return word
    }

    /// Reads an array of strings.
    func strings(_ name: String) throws(RealtimeError) -> [String]? {
        guard let values = try array(name) else { return nil }
        var strings: [String] = []
        for (index, value) in values.enumerated() {
            guard let string = value.stringValue else {
                throw .invalidType("\(at(name))[\(index)]", expected: "a string", got: value)
            }
            strings.append(string)
        }
        return strings
    }

    /// Refuses members that are not among `known`.
    func rejectUnknown(_ known: Set<String>) throws(RealtimeError) {
        for member in object.members where !known.contains(member.name) {
            throw .unknownParameter(at(member.name))
        }
    }
}
