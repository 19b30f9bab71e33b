// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A command in words, as a shell takes a simple command apart.
///
/// Blanks separate words; single quotes keep everything, double quotes everything but `\"` and `\\`, a backslash the
/// character behind it. Nothing else is special: no variables, patterns, pipes or redirections; who wants these writes
/// `sh -c '…'`.
package enum CommandWords {
    /// Why a text is no command.
    package enum Failure: Error, Sendable, Equatable {
        case empty
        case openQuote(Character)
        case finalBackslash
    }

    /// Takes a command apart.
    ///
    /// - Parameters:
    ///   - command: As somebody typed it.
    ///   - values: What stands for `{name}`, wherever it occurs in a word; it is not taken apart itself.
    /// - Returns: The program, then its arguments.
    /// - Throws: A ``Failure`` for what is no whole command.
    package static func split(_ command: String, filling values: [String: String] = [:]) throws(Failure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in command {
            if isEscaped {
                isEscaped = false
                if quote == "\"", character != "\"", character != "\\" { word?.append("\\") }
                word = (word ?? "") + String(character)
            } else if character == "\\", quote != "'" {
                isEscaped = true
                word = word ?? ""
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote { throw .openQuote(quote) }
        if isEscaped { throw .finalBackslash }
        if let done = word { words.append(done) }
        guard words.first?.isEmpty == false else { throw .empty }
        return words.map { word in
            values.reduce(word) {
                $0.split(separator: "{\($1.key)}", omittingEmptySubsequences: false).joined(separator: $1.value)
            }
        }
    }
}
