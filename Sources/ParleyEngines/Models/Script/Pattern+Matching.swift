// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What the slots of a pattern took.
package struct Captures: Sendable, Equatable {
    /// The numbers, in order.
    package var numbers: [Double] = []
    /// The words as they were written.
    package var text = ""

    /// Nothing yet.
    package init() {}
}

extension Pattern {
    /// What the slots take if `words` are exactly what the pattern describes, else `nil`.
    package func match(_ words: [HeardWord]) -> Captures? {
        match(words[...], Captures()) { rest, captures in rest.isEmpty ? captures : nil }
    }

    private typealias Continuation = (ArraySlice<HeardWord>, Captures) -> Captures?

    private func match(_ words: ArraySlice<HeardWord>, _ captures: Captures, then next: Continuation) -> Captures? {
        switch self {
        case .word(let word): return words.first?.key == word ? next(words.dropFirst(), captures) : nil
        case .optional(let part): return part.match(words, captures, then: next) ?? next(words, captures)
        case .choice(let parts):
            for part in parts {
                if let found = part.match(words, captures, then: next) { return found }
            }
            return nil
        case .sequence(let parts): return Self.match(parts[...], words, captures, then: next)
        case .slot(.number): return Self.matchNumber(words, captures, then: next)
        case .slot(.text): return Self.matchText(words, captures, then: next)
        }
    }

    private static func match(
        _ parts: ArraySlice<Pattern>,
        _ words: ArraySlice<HeardWord>,
        _ captures: Captures,
        then next: Continuation
    ) -> Captures? {
        guard let first = parts.first else { return next(words, captures) }
        return first.match(words, captures) { match(parts.dropFirst(), $0, $1, then: next) }
    }

    private static func matchNumber(
        _ words: ArraySlice<HeardWord>,
        _ captures: Captures,
        then next: Continuation
    ) -> Captures? {
        guard let (value, count) = SpokenNumber.read(words.map(\.key)) else { return nil }
        var captures = captures
        captures.numbers.append(value)
        return next(words.dropFirst(count), captures)
    }

    private static func matchText(
        _ words: ArraySlice<HeardWord>,
        _ captures: Captures,
        then next: Continuation
    ) -> Captures? {
        // As few as possible, so that what follows in the pattern gets all it can.
        for count in stride(from: 1, through: words.count, by: 1) {
            var captures = captures
            captures.text = words.prefix(count).map(\.written).filter { !$0.isEmpty }.joined(separator: " ")
            if let found = next(words.dropFirst(count), captures) { return found }
        }
        return nil
    }
}
