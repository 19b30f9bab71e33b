// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A part of an answer that is spoken in one go.
package struct Sentence: Sendable, Equatable {
    /// The text as the model wrote it, marks and white space included.
    ///
    /// All sentences joined are the whole answer up to white space at its end. This is what a transcript shows.
    package var written: String
    /// What is to be said: ``written`` without markup, code and pictures; empty if nothing is left.
    package var spoken: String

    /// Makes a sentence.
    package init(written: String, spoken: String) {
        self.written = written
        self.spoken = spoken
    }
}

/// Cuts an answer that arrives piece by piece into sentences fit for speech.
///
/// The first sentence may be a clause, so that speech begins early; later ones are joined until they are worth a request
/// of their own. How the answer was split into pieces makes no difference.
package struct SentenceChunker: Sendable {
    /// How much is spoken in one go, counted in Latin letters (an ideograph counts as three).
    package struct Limits: Sendable, Equatable {
        /// The least for the first sentence, which may end at a comma.
        package var first = 12
        /// The least for every other sentence.
        package var following = 40
        /// The most; longer sentences are cut at a comma, else at a space.
        package var longest = 240

        /// The defaults.
        package init() {}
    }

    private struct CodeBlock {
        var mark: Unicode.Scalar
        var count: Int
        var isOpening = true
    }

    private let limits: Limits
    private var scanner = SentenceScanner()
    private var code: CodeBlock?
    private var hasSpoken = false
    private var lastClause: Int?
    private var lastSpace: Int?
    /// The weight of the text before `weighed`.
    private var weight = 0
    private var weighed = 0

    /// A chunker at the beginning of an answer.
    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether there is text that no sentence was made of yet.
    package var hasPending: Bool { scanner.text.contains { !$0.isSpace } }

    /// Takes the next piece and returns the sentences that are complete by it.
    package mutating func push(_ text: some StringProtocol) -> [Sentence] {
        scanner.append(text)
        return advance(isComplete: false)
    }

    /// Returns what can be spoken although the model has paused: a sentence that looks complete, or, as long as nothing
    /// was spoken, whole words.
    package mutating func pause() -> [Sentence] {
        guard code == nil, hasPending else { return [] }
        if scanner.endsWithSentence { return [take(upTo: scanner.text.count)] }
        guard !hasSpoken, let space = scanner.text.lastIndex(where: \.isSpace) else { return [] }
        return Self.weight(of: scanner.text[..<space]) >= limits.first ? [take(upTo: space)] : []
    }

    /// Ends the text and returns what is left of it.
    ///
    /// The chunker can be used again for what follows a function call.
    package mutating func finish() -> [Sentence] {
        var sentences = advance(isComplete: true)
        if hasPending { sentences.append(take(upTo: scanner.text.count, isCode: code != nil)) }
        scanner = SentenceScanner()
        code = nil
        forgetMarks()
        return sentences
    }

    private mutating func advance(isComplete: Bool) -> [Sentence] {
        var sentences: [Sentence] = []
        while scanner.index < scanner.text.count {
            if code != nil {
                guard let line = takeCodeLine() else { break }
                sentences.append(line)
                continue
            }
            let position = scanner.index
            let mark = scanner.next(isComplete: isComplete)
            if mark == .undecided { break }
            if case .fence(let start, let mark, let count) = mark {
                if scanner.text[..<start].contains(where: { !$0.isSpace }) { sentences.append(take(upTo: start)) }
                code = CodeBlock(mark: mark, count: count)
                continue
            }
            if scanner.text[position].isSpace, position > 0 { lastSpace = position }
            weigh(upTo: scanner.index)
            if let end = sentenceEnd(mark) { sentences.append(take(upTo: end)) }
        }
        return sentences
    }

    /// Where to cut, if the text up to the scanner's position is to be spoken now.
    private mutating func sentenceEnd(_ mark: SentenceScanner.Mark) -> Int? {
        if case .sentence(let end) = mark, weight >= (hasSpoken ? limits.following : limits.first) { return end }
        if case .clause(let end) = mark {
            if !hasSpoken, weight >= limits.first { return end }
            lastClause = end
        }
        return weight >= limits.longest ? lastClause ?? lastSpace ?? scanner.index : nil
    }

    private mutating func take(upTo end: Int, isCode: Bool = false) -> Sentence {
        let written = scanner.cut(at: end).text
        let spoken = isCode ? "" : SpokenText.plain(written)
        hasSpoken = hasSpoken || !spoken.isEmpty
        forgetMarks()
        return Sentence(written: written, spoken: spoken)
    }

    /// Takes the next line of a block of code; `nil` if it is not complete yet.
    private mutating func takeCodeLine() -> Sentence? {
        guard let block = code, let start = block.isOpening ? scanner.text.firstIndex(where: { !$0.isSpace }) : 0,
            let lineEnd = scanner.text[start...].firstIndex(of: "\n")
        else { return nil }
        let line = scanner.text[start..<lineEnd]
        let marks = line.drop(while: \.isSpace).prefix { $0 == block.mark }
        if !block.isOpening, marks.count >= block.count, line[marks.endIndex...].allSatisfy(\.isSpace) {
            code = nil
            defer { scanner.startLine() }
            return take(upTo: lineEnd, isCode: true)
        }
        code?.isOpening = false
        return take(upTo: lineEnd + 1, isCode: true)
    }

    private mutating func forgetMarks() {
        lastClause = nil
        lastSpace = nil
        weight = 0
        weighed = 0
    }

    private mutating func weigh(upTo end: Int) {
        guard weighed < end else { return }
        weight += Self.weight(of: scanner.text[weighed..<end])
        weighed = end
    }

    private static func weight(of text: ArraySlice<Unicode.Scalar>) -> Int {
        text.reduce(0) { $0 + ($1.isWide ? 3 : 1) }
    }
}
