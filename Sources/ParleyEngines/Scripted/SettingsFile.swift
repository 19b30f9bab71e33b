// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import ParleySettings

/// Files that settings are read from.
enum SettingsFile {
    /// The text of a file.
    ///
    /// - Throws: ``SettingsError`` if it cannot be read, is no UTF-8 or too large.
    static func text(of file: String) throws(SettingsError) -> String {
        let bytes = try bytes(of: file, atMost: YAMLParser.maxBytes)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure(file, "is no text in UTF-8") }
        return text
    }

    /// The bytes of a file.
    ///
    /// - Throws: ``SettingsError`` if it cannot be read or is too large.
    static func bytes(of file: String, atMost limit: Int) throws(SettingsError) -> Data {
        guard let data = try? Data(contentsOf: URL(filePath: file)) else {
            throw failure(file, "cannot be read; is there one of this name, and may this user read it?")
        }
        guard data.count <= limit else { throw failure(file, "is larger than \(limit) bytes") }
        return data
    }

    private static func failure(_ file: String, _ message: String) -> SettingsError {
        SettingsError(
            file: file,
            problems: [Problem(at: Mark(line: 1, column: 1), field: "", "the file \(message)")]
        )
    }
}
