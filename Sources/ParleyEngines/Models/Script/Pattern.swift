// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a rule listens for: words with alternatives, options and slots, such as
/// `(what|which) day is it [today]` or `count to <number>`.
package indirect enum Pattern: Sendable, Equatable {
    /// Exactly this word, in lower case.
    case word(String)
    /// Something that differs each time.
    case slot(Slot)
    /// One after the other.
    case sequence([Pattern])
    /// One of several.
    case choice([Pattern])
    /// Perhaps.
    case optional(Pattern)

    /// What a slot takes.
    package enum Slot: String, Sendable, CaseIterable {
        /// A number in digits or words.
        case number
        /// Any words, at least one.
        case text
    }

    /// Why a pattern cannot be read.
    package struct SyntaxError: Error, Equatable, CustomStringConvertible {
        /// The whole pattern.
        package let pattern: String
        /// What is wrong with it and where.
        package let reason: String

        package var description: String { "pattern `\(pattern)`: \(reason)" }
    }

    /// Reads a pattern.
    package init(_ text: String) throws(SyntaxError) {
        var reader = Reader(text: text)
        self = try reader.choice(until: nil)
    }

    private struct Reader {
        let text: String
        private var tokens: ArraySlice<String>

        init(text: String) {
            self.text = text
            var spaced = ""
            for character in text {
                spaced += "()[]|".contains(character) ? " \(character) " : String(character)
            }
            tokens = spaced.split(separator: " ").map(String.init)[...]
        }

        /// Reads alternatives up to the closing mark `end`.
        mutating func choice(until end: String?) throws(SyntaxError) -> Pattern {
            var branches: [[Pattern]] = [[]]
            while let token = tokens.popFirst(), token != end {
                switch token {
                case "|": branches.append([])
                case "(": branches[branches.count - 1].append(try choice(until: ")"))
                case "[": branches[branches.count - 1].append(.optional(try choice(until: "]")))
                case ")", "]": throw SyntaxError(pattern: text, reason: "`\(token)` closes nothing")
                default: branches[branches.count - 1].append(try leaf(token))
                }
                if tokens.isEmpty, let end { throw missing(end) }
            }
            guard !branches.contains([]) else {
                throw SyntaxError(pattern: text, reason: "an alternative or option is empty")
            }
            let parts = branches.map { $0.count == 1 ? $0[0] : .sequence($0) }
            return parts.count == 1 ? parts[0] : .choice(parts)
        }

        private func missing(_ end: String) -> SyntaxError { SyntaxError(pattern: text, reason: "`\(end)` is missing") }

        private func leaf(_ token: String) throws(SyntaxError) -> Pattern {
            guard token.hasPrefix("<") else { return .word(token.lowercased()) }
            guard token.hasSuffix(">"), let slot = Slot(rawValue: String(token.dropFirst().dropLast())) else {
                let known = Slot.allCases.map { "<\($0.rawValue)>" }.joined(separator: " or ")
                throw SyntaxError(pattern: text, reason: "`\(token)` is no slot; use \(known)")
            }
            return .slot(slot)
        }
    }
}
