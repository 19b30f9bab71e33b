// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Something wrong in a settings file.
package struct Problem: Sendable, Equatable {
    /// Where.
    package let mark: Mark
    /// Which field, from the top: `rules[2].call.name`; empty for the file as a whole.
    package let field: String
    /// What is wrong, what was expected.
    package let message: String

    /// Something wrong.
    package init(at mark: Mark, field: String, _ message: String) {
        (self.mark, self.field, self.message) = (mark, field, message)
    }
}

/// All that is wrong in a settings file, one line each: `FILE:LINE: FIELD: what was expected`.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name.
    package let file: String
    /// What is wrong, by line.
    package let problems: [Problem]

    /// What is wrong in a file.
    package init(file: String, problems: [Problem]) {
        self.file = file
        self.problems = problems.sorted { ($0.mark.line, $0.mark.column) < ($1.mark.line, $1.mark.column) }
    }

    /// The lines.
    package var description: String {
        problems.map { "\(file):\($0.mark.line): \($0.field.isEmpty ? "" : "\($0.field): ")\($0.message)" }
            .joined(separator: "\n")
    }
}
