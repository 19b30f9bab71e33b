// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Which model is used for the one that a client names.
public struct ModelAliases: Sendable, Equatable {
    /// A name, or the beginning of names, and the model that is used for them.
    public struct Alias: Sendable, Equatable {
        /// The name; with `*` at its end, every name that begins like this.
        public let pattern: String
        /// The model used instead.
        public let model: String

        /// An alias.
        public init(_ pattern: String, _ model: String) {
            self.pattern = pattern
            self.model = model
        }

        /// Reads `PATTERN=MODEL`.
        ///
        /// - Returns: Nil if either part is missing, or a `*` stands anywhere but at the end of the pattern.
        public init?(_ text: String) {
            let parts = text.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, !parts[0].dropLast().contains("*") else { return nil }
            self.init(String(parts[0]), String(parts[1]))
        }

        func matches(_ name: String) -> Bool { ModelAliases.matches(pattern, name) }
    }

    /// The preview models of the hosted service, which are gone, and their successors.
    public static let retired = [
        Alias("gpt-4o-mini-realtime-preview*", "gpt-realtime-mini"),
        Alias("gpt-4o-realtime-preview*", "gpt-realtime"),
    ]

    let aliases: [Alias]

    /// The model used for `name`.
    func model(for name: String) -> String { aliases.first { $0.matches(name) }?.model ?? name }

    /// Whether a name is the pattern, or begins like a pattern with `*` at its end.
    static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : pattern == name
    }
}
