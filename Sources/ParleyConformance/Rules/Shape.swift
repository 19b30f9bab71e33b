// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What a JSON value must look like.
indirect enum Shape: Sendable {
    case string, integer, number, boolean, object, any
    /// Audio bytes.
    case base64
    /// One of these strings.
    case word(Set<String>)
    case array(Shape)
    case nullable(Shape)
    /// Any of these.
    case either([Shape])
    /// An object with these members, and none of the forbidden ones, which belong to the other dialect.
    case members([Member], forbidden: Set<String>)
    /// An object whose `type` member chooses the shape; types that are not listed are let through.
    case tagged([String: Shape])

    struct Member: Sendable {
        let name: String
        let shape: Shape
        let isRequired: Bool
    }

    /// An object with required members.
    static func record(_ required: [String: Shape], optional: [String: Shape] = [:], forbidden: Set<String> = [])
        -> Shape
    {
        let members =
            required.map { Member(name: $0.key, shape: $0.value, isRequired: true) }
            + optional.map { Member(name: $0.key, shape: $0.value, isRequired: false) }
        return .members(members.sorted { $0.name < $1.name }, forbidden: forbidden)
    }

    /// The first thing that does not fit, or `nil`; `path` is where the value stands, for the message.
    func mismatch(of value: JSON?, at path: String) -> (expected: String, came: String)? {
        guard let value else { return ("member '\(path)' (\(words))", "no such member") }
        switch self {
        case .any: return nil
        case .nullable(let inner): return value.isNull ? nil : inner.mismatch(of: value, at: path)
        case .either(let shapes):
            return shapes.contains { $0.mismatch(of: value, at: path) == nil } ? nil : wrong(value, path)
        case .array(let inner):
            guard let elements = value.arrayValue else { return wrong(value, path) }
            for (index, element) in elements.enumerated() {
                if let found = inner.mismatch(of: element, at: "\(path)[\(index)]") { return found }
            }
            return nil
        case .members(let members, let forbidden):
            guard let object = value.objectValue else { return wrong(value, path) }
            return mismatch(of: object, members, forbidden, at: path)
        case .tagged(let shapes):
            guard let tag = value["type"]?.stringValue else { return ("'\(path).type' to be a string", found(value)) }
            return shapes[tag]?.mismatch(of: value, at: path)
        default: return fits(value) ? nil : wrong(value, path)
        }
    }

    private func mismatch(of object: JSONObject, _ members: [Member], _ forbidden: Set<String>, at path: String)
        -> (expected: String, came: String)?
    {
        for member in members where member.isRequired || object[member.name] != nil {
            let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
            if let found = member.shape.mismatch(of: object[member.name], at: inner) { return found }
        }
        for name in object.names where forbidden.contains(name) {
            return ("no member '\(path).\(name)', which belongs to the other dialect", "it is there")
        }
        return nil
    }

    private func fits(_ value: JSON) -> Bool {
        switch self {
        case .string: value.stringValue != nil
        case .integer: value.intValue != nil
        case .number: value.doubleValue != nil
        case .boolean: value.boolValue != nil
        case .object: value.objectValue != nil
        case .base64: value.stringValue.flatMap { Base64.decode($0) } != nil
        case .word(let words): value.stringValue.map(words.contains) ?? false
        default: true
        }
    }

    private func wrong(_ value: JSON, _ path: String) -> (expected: String, came: String) {
        ("'\(path)' to be \(words)", found(value))
    }

    private func found(_ value: JSON) -> String {
        value.stringValue.map { "'\(Abbreviation.shortened($0))'" } ?? value.kindDescription
    }

    private var words: String {
        switch self {
        case .string: "a string"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "a boolean"
        case .base64: "base64"
        case .any: "anything"
        case .word(let words): "one of " + words.sorted().joined(separator: ", ")
        case .array: "an array"
        case .nullable(let inner): "\(inner.words) or null"
        case .either(let shapes): shapes.map(\.words).joined(separator: " or ")
        case .object, .members, .tagged: "an object"
        }
    }
}
