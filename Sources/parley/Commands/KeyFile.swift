// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials

/// Keys that are not given on the command line.
enum KeyFile {
    /// One key a line; empty lines and lines that begin with `#` are left out.
    static func read(_ path: String) throws -> [String] {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw ValidationError("--keys: cannot read '\(path)' as text.")
        }
        let keys = text.split(whereSeparator: \.isNewline)
            .map { line in String(line.trimmingPrefix(while: \.isWhitespace)) }
            .map { line in String(line.reversed().drop(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard !keys.isEmpty else { throw ValidationError("--keys: '\(path)' holds no key. Write one a line.") }
        return keys
    }

    /// What signs client secrets, from `PARLEY_SIGNING_KEY`.
    static func signingKey() -> String? {
        ProcessInfo.processInfo.environment["PARLEY_SIGNING_KEY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The keys in `PARLEY_API_KEYS`, separated by commas.
    static func fromEnvironment() -> [String] {
        ProcessInfo.processInfo.environment["PARLEY_API_KEYS"]?.split(separator: ",").map(String.init) ?? []
    }
}
