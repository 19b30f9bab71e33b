// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Finds what may be meant by a name in what the user said.
struct PhraseFinder {
    /// Quoted text, then capitalised words, then words behind a preposition; each at most once.
    let phrases: [String]

    /// Looks in `text`.
    init(text: String) {
        var found = Self.quoted(in: text)
        for phrase in Self.capitalised(in: text) + Self.afterPrepositions(in: text) {
            let isKnown = found.contains { $0.lowercased().contains(phrase.lowercased()) }
            if !isKnown { found.append(phrase) }
        }
        phrases = found
    }

    private static func quoted(in text: String) -> [String] {
        let parts = text.replacing("“", with: "\"").replacing("”", with: "\"")
            .split(separator: "\"", omittingEmptySubsequences: false)
        return parts.indices.filter { $0 % 2 == 1 && $0 < parts.count - 1 && !parts[$0].isEmpty }
            .map { String(parts[$0]) }
    }

    private static func capitalised(in text: String) -> [String] {
        var phrases: [[String]] = [[]]
        for (index, word) in text.split(separator: " ").enumerated() {
            let name = bare(word)
            let isName = index > 0 && name != "I" && !name.hasPrefix("I'") && name.first?.isUppercase ?? false
            if isName { phrases[phrases.count - 1].append(name) }
            if !isName || name.count < word.count { phrases.append([]) }
        }
        return phrases.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    }

    private static func afterPrepositions(in text: String) -> [String] {
        var phrases: [[String]] = []
        var isOpen = false
        for word in text.split(separator: " ") {
            let name = bare(word)
            if prepositions.contains(name.lowercased()) {
                phrases.append([])
                isOpen = true
            } else if isOpen, name.isEmpty || ends.contains(name.lowercased()) {
                isOpen = false
            } else if isOpen {
                if !(phrases[phrases.count - 1].isEmpty && articles.contains(name.lowercased())) {
                    phrases[phrases.count - 1].append(name)
                }
                isOpen = name.count == word.count
            }
        }
        return phrases.filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    }

    private static func bare(_ word: Substring) -> String {
        var word = word
        while let last = word.last, !last.isLetter, !last.isNumber { word.removeLast() }
        while let first = word.first, !first.isLetter, !first.isNumber { word.removeFirst() }
        return String(word)
    }

    private static let prepositions: Set<String> = [
        "in", "at", "for", "to", "from", "about", "called", "named", "near", "of",
    ]
    private static let articles: Set<String> = ["the", "a", "an", "my"]
    private static let ends: Set<String> = ["please", "today", "tomorrow", "now", "and", "with", "on", "is"]
}
