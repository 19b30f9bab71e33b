// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ParleySettings

/// The text of configuration files.
enum ConfigurationText {
    /// - Throws: ``SettingsError`` if the file cannot be read as text.
    static func of(_ file: String) throws(SettingsError) -> String {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
            let message = "the file cannot be read as text; is there one of this name, and may this user read it?"
            throw SettingsError(
                file: file,
                problems: [Problem(at: Mark(line: 1, column: 1), field: "", message)]
            )
        }
        return text
    }
}
