// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Finds arguments for a function in what the user said, by the function's JSON Schema: enough to try a client's
/// functions without a language model.
struct ArgumentFinder {
    private let text: String
    private var numbers: [Double]
    private var names: [String]

    /// Looks in `text`.
    init(text: String) {
        self.text = text
        numbers = Self.numbers(in: text)
        names = PhraseFinder(text: text).phrases
    }

    /// The arguments for a function with these parameters: an object.
    func arguments(for schema: JSON?) -> JSON {
        var finder = self
        return finder.object(schema ?? .null)
    }

    private mutating func object(_ schema: JSON) -> JSON {
        let properties = schema["properties"]?.objectValue?.members ?? []
        let required = Set(schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        // What is required has the first choice of what the text offers.
        var found: [String: JSON] = [:]
        for isRequired in [true, false] {
            for property in properties where required.contains(property.name) == isRequired {
                found[property.name] = value(for: property.value, isRequired: isRequired)
            }
        }
        return .object(
            JSONObject(properties.compactMap { property in found[property.name].map { (property.name, $0) } })
        )
    }

    /// The value of a parameter; `nil` if it is not required and the text offers none.
    private mutating func value(for schema: JSON, isRequired: Bool) -> JSON? {
        let type = type(of: schema)
        if let choices = schema["enum"]?.arrayValue {
            if let named = named(among: choices) { return named }
        } else if type == "number" || type == "integer", !numbers.isEmpty {
            let number = numbers.removeFirst()
            return JSON(type == "integer" ? number.rounded() : number)
        } else if type == "string" || type == nil, !names.isEmpty {
            return .string(names.removeFirst())
        }
        guard isRequired else { return nil }
        return schema["default"] ?? schema["enum"]?.arrayValue?.first ?? standard(for: schema, type: type)
    }

    /// The value of a required parameter of which the text says nothing.
    private mutating func standard(for schema: JSON, type: String?) -> JSON {
        switch type {
        case "number", "integer": schema["minimum"] ?? 1
        case "boolean": .bool(!refuses)
        case "array": .array(schema["items"].flatMap { value(for: $0, isRequired: true) }.map { [$0] } ?? [])
        case "object": object(schema)
        default: .string(text)
        }
    }

    private func type(of schema: JSON) -> String? {
        schema["type"]?.stringValue ?? schema["type"]?.arrayValue?.compactMap(\.stringValue).first { $0 != "null" }
    }

    private func named(among choices: [JSON]) -> JSON? {
        let words = HeardWord.words(of: text).map(\.key)
        return choices.first { choice in
            let wanted = HeardWord.words(of: (choice.stringValue ?? choice.text).spokenName).map(\.key)
            return !wanted.isEmpty && words.indices.contains { words[$0...].starts(with: wanted) }
        }
    }

    private var refuses: Bool {
        !Set(HeardWord.words(of: text).map(\.key)).isDisjoint(with: ["no", "not", "off", "false", "disable", "never"])
    }

    private static func numbers(in text: String) -> [Double] {
        var words = HeardWord.words(of: text).map(\.key)[...]
        var numbers: [Double] = []
        while !words.isEmpty {
            guard let (value, count) = SpokenNumber.read(Array(words)) else {
                words.removeFirst()
                continue
            }
            numbers.append(value)
            words.removeFirst(count)
        }
        return numbers
    }
}
