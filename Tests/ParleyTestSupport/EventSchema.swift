// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import ParleyEvents

/// The JSON Schemas of one side of one dialect, as far as the schema files use the language.
///
/// Beyond the schemas it reports members that they do not know: a misspelt name is no error in JSON Schema.
package struct EventSchema: Sendable {
    private let definitions: JSONObject
    private let events: JSONObject
    /// Members that the service sends and the schemas lack.
    private static let tolerated: Set = [
        "id", "object", "expires_at", "model", "client_secret", "include", "cached_tokens_details",
        "input_audio_noise_reduction", "obfuscation",
    ]

    /// Reads a schema file.
    package init(contentsOf file: URL) throws {
        let root = try JSON(parsing: String(contentsOf: file, encoding: .utf8))
        definitions = root["$defs"]?.objectValue ?? [:]
        events = root["x-events"]?.objectValue ?? [:]
    }

    /// The event types it knows.
    package var types: [String] { events.names }

    /// What is wrong with an event; empty if nothing is.
    package func problems(_ event: JSONObject) -> [String] {
        guard let type = event["type"]?.stringValue, let reference = events[type] else {
            return ["there is no event '\(event["type"]?.text ?? "without type")'"]
        }
        return problems(.object(event), ["$ref": reference], at: type)
    }

    private func problems(_ value: JSON, _ schema: JSONObject, at path: String) -> [String] {
        if let reference = schema["$ref"]?.stringValue {
            let name = String(reference.split(separator: "/").last ?? "")
            guard let definition = definitions[name]?.objectValue else { return ["\(path): no definition \(name)"] }
            return problems(value, definition, at: path)
        }
        if let alternatives = schema["anyOf"]?.arrayValue?.compactMap(\.objectValue) {
            let each = alternatives.map { problems(value, $0, at: path) }
            return each.min { $0.count < $1.count } ?? []
        }
        var found: [String] = []
        if let type = schema["type"]?.stringValue, !value.isOfSchemaType(type) {
            return ["\(path): expected \(type), got \(value.kindDescription)"]
        }
        if let constant = schema["const"], constant != value {
            found.append("\(path): \(value.text) is not \(constant.text)")
        }
        if let allowed = schema["enum"]?.arrayValue, !allowed.contains(value) {
            found.append("\(path): \(value.text) is not among \(allowed.map(\.text))")
        }
        if case .array(let elements) = value, let items = schema["items"]?.objectValue {
            for (index, element) in elements.enumerated() {
                found += problems(element, items, at: "\(path)[\(index)]")
            }
        }
        if case .object(let object) = value { found += memberProblems(object, schema, at: path) }
        return found
    }

    private func memberProblems(_ object: JSONObject, _ schema: JSONObject, at path: String) -> [String] {
        var found: [String] = []
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] where object[name] == nil {
            found.append("\(path).\(name): missing")
        }
        let properties = schema["properties"]?.objectValue
        for member in object.members {
            let memberPath = "\(path).\(member.name)"
            if let known = properties?[member.name]?.objectValue {
                found += problems(member.value, known, at: memberPath)
            } else if let others = schema["additionalProperties"]?.objectValue {
                found += problems(member.value, others, at: memberPath)
            } else if properties != nil, !Self.tolerated.contains(member.name) {
                found.append("\(memberPath): unknown")
            }
        }
        return found
    }
}

extension JSON {
    fileprivate func isOfSchemaType(_ type: String) -> Bool {
        switch (type, self) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array), ("object", .object),
            ("number", .number):
            true
        case ("integer", .number(let number)): number.int != nil
        default: false
        }
    }
}
