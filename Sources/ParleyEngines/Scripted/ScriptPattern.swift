// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A regular expression of a script; what its named groups find becomes variables.
package struct ScriptPattern: Sendable, Equatable {
    /// As it is written.
    package let source: String
    /// The names of its groups.
    package let names: [String]

    /// A pattern.
    ///
    /// - Throws: What is wrong with it.
    package init(_ source: String) throws {
        let regex = try Regex(source)
        self.source = source
        // Only a match tells the names, and `|` with nothing behind matches anything.
        let probe = try Regex("(?:\(source))|").firstMatch(in: "")
        names = probe?.output.compactMap(\.name) ?? []
        _ = regex
    }

    /// What the named groups find in `text`, whatever its case; `nil` if it does not fit.
    package func match(_ text: String) -> [String: String]? {
        // A regular expression cannot be shared by tasks, so it is made anew.
        guard let regex = try? Regex(source).ignoresCase(), let match = try? regex.firstMatch(in: text) else {
            return nil
        }
        var found: [String: String] = [:]
        for group in match.output {
            if let name = group.name { found[name] = group.substring.map(String.init) ?? "" }
        }
        return found
    }
}
