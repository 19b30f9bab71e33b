// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Says what a client's functions returned.
enum ToolResults {
    /// The most characters of a result that are spoken.
    private static let limit = 300

    /// A sentence for each result.
    static func spoken(_ results: [ScriptConversation.Result]) -> String {
        results.map(sentence).joined(separator: " ")
    }

    private static func sentence(_ result: ScriptConversation.Result) -> String {
        let name = result.name.map { "The function \($0.spokenName)" } ?? "The function"
        let value = (try? JSON(parsing: result.output)) ?? .string(result.output)
        if let error = value["error"] { return "\(name) failed: \(shortened(spoken(error)))." }
        let text = shortened(spoken(value))
        return text.isEmpty ? "\(name) returned nothing." : "\(name) says: \(text)."
    }

    private static func spoken(_ value: JSON) -> String {
        switch value {
        case .null: ""
        case .bool(let isTrue): isTrue ? "yes" : "no"
        case .number(let number): number.text
        case .string(let text): text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        case .array(let items): items.map(spoken).joined(separator: ", ")
        case .object(let object):
            object.members.map { "\($0.name.spokenName) \(spoken($0.value))" }.joined(separator: ", ")
        }
    }

    private static func shortened(_ text: String) -> String {
        var text = text.count > limit ? text.prefix(limit) + " and so on" : text[...]
        while let last = text.last, ".!? ".contains(last) { text.removeLast() }
        return String(text)
    }
}
