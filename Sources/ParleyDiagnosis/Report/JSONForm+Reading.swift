// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Why a text is no report.
package struct ReportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The member at fault, as in `evidence[3].data.tcp.result`; empty for the whole.
    package let field: String
    /// What was expected there.
    package let expected: String
    /// What there is instead.
    package let got: String

    package var description: String {
        field.isEmpty ? "expected \(expected), got \(got)" : "\(field): expected \(expected), got \(got)"
    }

    static func other(_ field: String, _ expected: String, than value: JSON?) -> ReportError {
        guard let value else { return ReportError(field: field, expected: expected, got: "nothing") }
        let got = value.stringValue.map { "\"\($0.prefix(60))\"" } ?? value.kindDescription
        return ReportError(field: field, expected: expected, got: got)
    }
}

extension JSONForm {
    /// Reads what ``json(_:)`` wrote.
    ///
    /// - Parameters:
    ///   - type: What is read.
    ///   - json: Its JSON form.
    ///   - field: Where that stands, for the error.
    /// - Returns: The value.
    /// - Throws: The member at fault.
    static func value<Value: Decodable>(
        _ type: Value.Type,
        from json: JSON,
        at field: String
    ) throws(ReportError) -> Value {
        do {
            return try decoded(type, json, field)
        } catch let error as ReportError {
            throw error
        } catch {
            throw .other(field, choices(type) ?? "a value that this version knows", than: json)
        }
    }

    fileprivate static func decoded<Value: Decodable>(_ type: Value.Type, _ json: JSON, _ field: String) throws -> Value
    {
        func primitive(_ expected: String, _ value: (some Any)?) throws -> Value {
            guard let value = value as? Value else { throw ReportError.other(field, expected, than: json) }
            return value
        }
        switch type {
        case is Bool.Type: return try primitive("true or false", json.boolValue)
        case is String.Type: return try primitive("a string", json.stringValue)
        case is Int.Type: return try primitive("an integer", json.intValue)
        case is Double.Type: return try primitive("a number", json.doubleValue)
        default:
            let names: Names = type is any NamedByData.Type ? .verbatim : .snakeCase
            do {
                return try Value(from: FormDecoder(json: json, field: field, names: names))
            } catch is DecodingError {
                throw ReportError.other(field, choices(type) ?? "a value that this version knows", than: json)
            }
        }
    }

    private static func choices(_ type: Any.Type) -> String? {
        guard let type = type as? any CaseIterable.Type else { return nil }
        func raw(_ type: (some CaseIterable).Type) -> [String] {
            type.allCases.compactMap { ($0 as? any RawRepresentable)?.rawValue as? String }
        }
        return "one of " + raw(type).joined(separator: ", ")
    }
}

private struct FormDecoder: Decoder {
    let json: JSON
    let field: String
    let names: JSONForm.Names
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let object = json.objectValue else { throw ReportError.other(field, "an object", than: json) }
        return KeyedDecodingContainer(ReadMembers<Key>(object: object, field: field, names: names))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = json.arrayValue else { throw ReportError.other(field, "an array", than: json) }
        return ReadElements(elements: elements, field: field)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ReadSingle(json: json, field: field) }
}

private struct ReadMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let object: JSONObject
    let field: String
    let names: JSONForm.Names
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { object.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { object[names.written(key.stringValue)] != nil }
    func decodeNil(forKey key: Key) -> Bool { object[names.written(key.stringValue)]?.isNull ?? true }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        let decoder = decoder(key)
        if decoder.json.isNull {
            throw ReportError(field: decoder.field, expected: "a value", got: "nothing")
        }
        return try JSONForm.decoded(type, decoder.json, decoder.field)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { FormDecoder(json: object["super"] ?? .null, field: field, names: names) }
    func superDecoder(forKey key: Key) -> any Decoder { decoder(key) }

    private func decoder(_ key: Key) -> FormDecoder {
        let name = names.written(key.stringValue)
        let place = field.isEmpty ? name : "\(field).\(name)"
        return FormDecoder(json: object[name] ?? .null, field: place, names: .snakeCase)
    }
}

private struct ReadElements: UnkeyedDecodingContainer {
    let elements: [JSON]
    let field: String
    var currentIndex = 0
    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex >= elements.count }

    mutating func decodeNil() -> Bool {
        guard !isAtEnd, elements[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let decoder = try next()
        return try JSONForm.decoded(type, decoder.json, decoder.field)
    }

    mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested>
    {
        try next().container(keyedBy: type)
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
    mutating func superDecoder() throws -> any Decoder { try next() }

    private mutating func next() throws -> FormDecoder {
        guard !isAtEnd else { throw ReportError.other("\(field)[\(currentIndex)]", "a value", than: nil) }
        defer { currentIndex += 1 }
        return FormDecoder(json: elements[currentIndex], field: "\(field)[\(currentIndex)]", names: .snakeCase)
    }
}

private struct ReadSingle: SingleValueDecodingContainer {
    let json: JSON
    let field: String
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { json.isNull }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try JSONForm.decoded(type, json, field) }
}
