// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The phrases of a script for a recogniser that knows a closed set of them.
package struct PhraseGrammar: Sendable {
    private let patterns: [Pattern]
    private let samples: [String]

    /// A grammar of patterns; in a text slot, only `samples` are understood.
    package init(patterns: [Pattern], samples: [String]) {
        self.patterns = patterns
        self.samples = samples
    }

    /// How many patterns there are.
    package var count: Int { patterns.count }

    /// All words that may be spoken.
    package var words: Set<String> {
        var words = Set(Self.numberWords + samples.flatMap(Self.split))
        for pattern in patterns { Self.collect(pattern, into: &words) }
        return words
    }

    /// The grammar in the JSpeech Grammar Format, without what needs one of the words `unknown`.
    ///
    /// Numbers go up to a hundred only: with longer ones a recogniser takes anything for a sum.
    package func jsgf(without unknown: Set<String> = []) -> String {
        let phrases = patterns.compactMap { Self.expansion(of: $0, without: unknown) }
        let known = samples.filter { unknown.isDisjoint(with: Self.split($0)) }
        let text = known.isEmpty ? "<VOID>" : known.joined(separator: " | ")
        return """
            #JSGF V1.0;
            grammar parley;
            public <phrase> = \(phrases.isEmpty ? "<VOID>" : phrases.joined(separator: " | "));
            <text> = \(text);
            <digit> = one | two | three | four | five | six | seven | eight | nine;
            <teen> = ten | eleven | twelve | thirteen | fourteen | fifteen | sixteen | seventeen | eighteen | nineteen;
            <tens> = twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
            <small> = <digit> | <teen> | <tens> [<digit>];
            <number> = zero | <small> | (a | one) hundred;
            """
    }

    private static let numberWords = Array(SpokenNumber.units.keys) + ["hundred", "a"]

    private static func split(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    private static func collect(_ pattern: Pattern, into words: inout Set<String>) {
        switch pattern {
        case .word(let word): words.insert(word)
        case .slot: break
        case .optional(let part): collect(part, into: &words)
        case .choice(let parts): for part in parts { collect(part, into: &words) }
        case .sequence(let parts):
            for part in parts { collect(part, into: &words) }
            for (first, second) in zip(parts, parts.dropFirst()) {
                if let short = shortForm(of: first, second) { words.insert(short) }
            }
        }
    }

    /// The pattern in JSGF; `nil` if it cannot be spoken without unknown words.
    private static func expansion(of pattern: Pattern, without unknown: Set<String>) -> String? {
        switch pattern {
        case .word(let word): return unknown.contains(word) ? nil : word
        case .slot(let slot): return "<\(slot.rawValue)>"
        case .optional(let part): return expansion(of: part, without: unknown).map { "[\($0)]" } ?? ""
        case .choice(let parts):
            let known = parts.compactMap { expansion(of: $0, without: unknown) }.filter { !$0.isEmpty }
            return known.isEmpty ? nil : "(\(known.joined(separator: " | ")))"
        case .sequence(let parts): return sequence(parts[...], without: unknown)
        }
    }

    private static func sequence(_ parts: ArraySlice<Pattern>, without unknown: Set<String>) -> String? {
        var expansions: [String] = []
        var rest = parts
        while let first = rest.popFirst() {
            guard let expansion = expansion(of: first, without: unknown) else { return nil }
            if let second = rest.first, let short = shortForm(of: first, second), !unknown.contains(short),
                let next = Self.expansion(of: second, without: unknown)
            {
                rest.removeFirst()
                expansions.append("(\(expansion) \(next) | \(short))")
            } else {
                expansions.append(expansion)
            }
        }
        return expansions.filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// The short form of two words, such as `what's`.
    private static func shortForm(of first: Pattern, _ second: Pattern) -> String? {
        guard case .word(let first) = first, case .word(let second) = second else { return nil }
        return HeardWord.shortForms.first { $0.value == [first, second] }?.key
    }
}
