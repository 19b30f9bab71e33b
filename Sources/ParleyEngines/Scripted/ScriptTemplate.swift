// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A text in which `{name}` stands for a variable, and `{{` for a brace.
package struct ScriptTemplate: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(String)
        case variable(String)
    }

    private var parts: [Part] = []

    /// Reads a template; braces around anything but a name stay as they are.
    package init(_ source: String) {
        var text = ""
        var rest = source[...]
        while let character = rest.popFirst() {
            if character == "{", rest.first == "{" {
                rest.removeFirst()
                text.append("{")
            } else if character == "{", let end = rest.firstIndex(of: "}"), Self.isName(rest[..<end]) {
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.variable(String(rest[..<end])))
                rest = rest[rest.index(after: end)...]
            } else {
                text.append(character)
            }
        }
        if !text.isEmpty { parts.append(.text(text)) }
    }

    /// The variables that occur.
    package var variables: [String] {
        parts.compactMap { part in
            if case .variable(let name) = part { name } else { nil }
        }
    }

    /// The text with the variables' values; one that has none yet is empty.
    package func text(_ values: [String: String]) -> String {
        parts.map { part in
            switch part {
            case .text(let text): text
            case .variable(let name): values[name] ?? ""
            }
        }
        .joined()
    }

    /// Whether a variable can be called that: letters, digits and `_`, no digit first.
    package static func isName(_ text: some StringProtocol) -> Bool {
        guard let first = text.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
