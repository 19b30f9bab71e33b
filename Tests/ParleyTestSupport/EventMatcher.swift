// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// Compares events with what is expected of them: members that are given must match, further ones are free.
///
/// Strings that are names stand for ids that only the session knows: a name is bound where it is met first and must
/// then always mean the same, and no two names the same.
package struct EventMatcher {
    /// A name for anything.
    package static let anything = "$_"

    private let isName: (String) -> Bool
    /// The ids by their names.
    package private(set) var bound: [String: String] = [:]

    /// A matcher that takes those strings for names.
    package init(isName: @escaping (String) -> Bool = { $0.hasPrefix("$") }) { self.isName = isName }

    /// What an event differs in; empty if it is as expected.
    package mutating func differences(_ actual: JSON, from expected: JSON, at path: String = "") -> [String] {
        switch (expected, actual) {
        case (.string(Self.anything), _): return []
        case (.string(let name), .string(let id)) where isName(name): return bind(name, to: id, at: path)
        case (.string(let expected), .string(let actual)):
            let text = withIDs(expected)
            return text == actual ? [] : ["\(path) is '\(actual)' instead of '\(text)'"]
        case (.object(let expected), .object(let actual)):
            return expected.members.flatMap { member -> [String] in
                guard let value = actual[member.name] else { return ["\(path).\(member.name) is missing"] }
                return differences(value, from: member.value, at: "\(path).\(member.name)")
            }
        case (.array(let expected), .array(let actual)):
            guard expected.count == actual.count else {
                return ["\(path) has \(actual.count) elements instead of \(expected.count)"]
            }
            return expected.indices.flatMap { differences(actual[$0], from: expected[$0], at: "\(path)[\($0)]") }
        case (.number(let expected), .number(let actual)):
            return expected.double == actual.double ? [] : ["\(path) is \(actual.text) instead of \(expected.text)"]
        default: return expected == actual ? [] : ["\(path) is \(actual.text) instead of \(expected.text)"]
        }
    }

    private mutating func bind(_ name: String, to id: String, at path: String) -> [String] {
        if let earlier = bound[name] {
            return earlier == id ? [] : ["\(path) is \(id) instead of \(name), which is \(earlier)"]
        }
        if let other = bound.first(where: { $0.value == id }) { return ["\(path): \(name) is already \(other.key)"] }
        bound[name] = id
        return []
    }

    /// A text that may hold names, such as a message.
    package func withIDs(_ text: String) -> String {
        bound.sorted { $0.key.utf8.count > $1.key.utf8.count }
            .reduce(text) { $0.replacing($1.key, with: $1.value) }
    }

    /// What the test wrote with the names replaced by the ids.
    package func resolved(_ value: JSON) -> JSON {
        switch value {
        case .string(let name): return .string(bound[name] ?? name)
        case .array(let elements): return .array(elements.map(resolved))
        case .object(let object): return .object(JSONObject(object.members.map { ($0.name, resolved($0.value)) }))
        default: return value
        }
    }
}
