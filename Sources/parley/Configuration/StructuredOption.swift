// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake
internal import ParleyRelay
internal import ParleySettings

/// The options whose value may be a mapping: `--llm '{url: …, first-byte: 20s}'`, and the same in a file.
enum StructuredOption {
    /// What reads the value of such an option; `nil` for others.
    static func reader(of option: String) -> ((Node, Problems) -> Void)? {
        if let slot = SlotReader(rawValue: option) {
            return { _ = slot.settings($0, at: option, $1) }
        }
        guard option == "upstream-limits" else { return nil }
        return { node, problems in
            var settings = RelaySettings(upstream: "")
            RelayReader.limits(node, at: option, &settings, problems)
        }
    }
}

extension Node {
    /// The node in one line, as YAML and JSON read it.
    var flowText: String {
        switch value {
        case .sequence(let nodes): "[" + nodes.map(\.flowText).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\(Self.quoted($0.name)): \($0.value.flowText)" }.joined(separator: ", ") + "}"
        case .string(let text): Self.quoted(text)
        case .null: "null"
        case .bool, .int, .double: text
        }
    }

    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

    /// The node without what may be secret: keys in URLs, and texts whose name says that they are one.
    var masked: Node {
        var masked = self
        switch value {
        case .sequence(let nodes): masked.value = .sequence(nodes.map(\.masked))
        case .mapping(let entries):
            masked.value = .mapping(
                entries.map { entry in
                    var entry = entry
                    entry.value = Self.isSecret(entry) ? entry.value.hidden : entry.value.masked
                    return entry
                }
            )
        case .string(let text): masked.value = .string(Redaction.target(text))
        case .null, .bool, .int, .double: break
        }
        return masked
    }

    private var hidden: Node {
        switch value {
        case .string, .sequence, .mapping: Node(.string(Redaction.mark), at: mark)
        case .null, .bool, .int, .double: self
        }
    }

    private static func isSecret(_ entry: Entry) -> Bool {
        let name = entry.name.lowercased()
        // Settings of ours, which name where a key is or goes.
        if name == "key-env" || name == "key-header" { return false }
        return ["key", "token", "secret", "password", "authorization", "cookie"].contains { name.contains($0) }
    }
}
