// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A word of what someone said or wrote, prepared for comparison.
package struct HeardWord: Sendable, Equatable {
    /// Lower case, without punctuation, short forms spelled out.
    package var key: String
    /// As it was written; empty for the second word of a short form.
    package var written: String

    /// The words of `text`, without words of politeness and hesitation around them.
    package static func words(of text: String) -> [HeardWord] {
        var words = text.split(whereSeparator: \.isWhitespace).flatMap { Self.words(ofToken: String($0)) }
        while let first = words.first, words.count > 1, openers.contains(first.key) { words.removeFirst() }
        while let last = words.last, words.count > 1, closers.contains(last.key) { words.removeLast() }
        return words
    }

    /// Short forms and what they stand for.
    static let shortForms = [
        "what's": ["what", "is"], "who's": ["who", "is"], "where's": ["where", "is"], "how's": ["how", "is"],
        "that's": ["that", "is"], "it's": ["it", "is"], "i'm": ["i", "am"], "you're": ["you", "are"],
        "i'd": ["i", "would"], "don't": ["do", "not"], "can't": ["can", "not"], "i've": ["i", "have"],
    ]

    private static let openers: Set<String> = [
        "please", "um", "uh", "er", "hmm", "well", "so", "okay", "ok", "hey", "parley",
    ]
    private static let closers: Set<String> = ["please", "thanks", "now"]
    private static let operators: [Character: [String]] = [
        "+": ["plus"], "*": ["times"], "×": ["times"], "/": ["divided", "by"], "÷": ["divided", "by"], "-": ["minus"],
        "−": ["minus"],
    ]

    private static func words(ofToken token: String) -> [HeardWord] {
        if let sum = sum(token) { return sum }
        let inner = token.lowercased().replacing("’", with: "'")
            .filter { $0.isLetter || $0.isNumber || "'.,_".contains($0) }
        let key = inner.trimming { !($0.isLetter || $0.isNumber) }
        guard !key.isEmpty else { return [] }
        let parts = shortForms[key] ?? [key]
        return parts.enumerated().map { HeardWord(key: $0.element, written: $0.offset == 0 ? token : "") }
    }

    /// Splits `12+30` and the like, and reads marks that stand for words between numbers.
    private static func sum(_ token: String) -> [HeardWord]? {
        if token.count == 1, let mark = token.first, let names = operators[mark] {
            return names.map { HeardWord(key: $0, written: $0 == names[0] ? token : "") }
        }
        let body = token.trimming { "=?!".contains($0) }
        guard let index = body.dropFirst().firstIndex(where: { operators[$0] != nil }),
            let names = operators[body[index]],
            body.allSatisfy({ $0.isNumber || operators[$0] != nil || ".,".contains($0) }),
            let last = body.last, last.isNumber
        else { return nil }
        let left = words(ofToken: String(body[..<index]))
        let right = words(ofToken: String(body[body.index(after: index)...]))
        return left + names.map { HeardWord(key: $0, written: $0 == names[0] ? String(body[index]) : "") } + right
    }
}

extension String {
    fileprivate func trimming(where isDropped: (Character) -> Bool) -> String {
        var text = self[...]
        while let first = text.first, isDropped(first) { text.removeFirst() }
        while let last = text.last, isDropped(last) { text.removeLast() }
        return String(text)
    }
}
