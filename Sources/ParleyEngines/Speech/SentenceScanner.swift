// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Finds where sentences and clauses end in text that arrives piece by piece.
///
/// Each position is judged once, with as much of what follows as the judgement needs: so it does not matter how the
/// text was cut into pieces.
struct SentenceScanner: Sendable {
    /// What was found at a position.
    enum Mark: Equatable {
        /// Nothing ends here.
        case none
        /// More text is needed to tell.
        case undecided
        /// A sentence or line ends before the scalar at `end`.
        case sentence(end: Int)
        /// A clause ends before the scalar at `end`.
        case clause(end: Int)
        /// A line begins here that opens a block of code with this many of `mark`.
        case fence(start: Int, mark: Unicode.Scalar, count: Int)
    }

    /// The text that is not cut off yet.
    private(set) var text: [Unicode.Scalar] = []
    /// The first position that is not judged yet.
    private(set) var index = 0
    /// Where the run of non-white scalars around `index` begins.
    private var tokenStart = 0
    /// Where the line around `index` begins; negative once that beginning is cut off.
    private var lineStart = 0
    private var isInsideCode = false

    /// The longest white space that is looked across for the next word.
    private static let longestGap = 64

    /// Adds text at the end.
    mutating func append(_ more: some StringProtocol) { text.append(contentsOf: more.unicodeScalars) }

    /// Cuts off and returns the text before `end`.
    mutating func cut(at end: Int) -> [Unicode.Scalar] {
        let head = Array(text[..<end])
        text.removeFirst(end)
        index = max(index - end, 0)
        tokenStart = max(tokenStart - end, 0)
        lineStart -= end
        return head
    }

    /// Goes on at the beginning of a new line.
    mutating func startLine() {
        index = 0
        tokenStart = 0
        lineStart = 0
        isInsideCode = false
    }

    /// Judges the position ``index`` and goes on to the next, unless it is undecided.
    mutating func next(isComplete: Bool) -> Mark {
        let scalar = text[index]
        let mark = judge(scalar, isComplete: isComplete)
        switch mark {
        case .undecided, .fence: return mark
        case .sentence(let end), .clause(let end): index = max(end, index + 1)
        case .none: index += 1
        }
        if scalar == "`" { isInsideCode.toggle() }
        if scalar == "\n" {
            lineStart = index
            isInsideCode = false
        }
        if scalar.isSpace { tokenStart = index }
        return mark
    }

    /// Whether the text as it stands ends with a sentence, judged without knowing what follows.
    var endsWithSentence: Bool {
        guard !isInsideCode, let last = text.lastIndex(where: { !$0.isSpace && !$0.isCloser }) else { return false }
        guard text[last].isStop || text[last].isWideStop else { return false }
        guard text[last] == ".", let word = word(before: last) else { return true }
        return !word.allSatisfy(\.isDigit) && Abbreviations.sentenceMayEnd(after: word)
    }

    private func judge(_ scalar: Unicode.Scalar, isComplete: Bool) -> Mark {
        if scalar == "\n" { return .sentence(end: index) }
        if scalar == "`" || scalar == "~" { return fence(of: scalar, isComplete: isComplete) }
        guard !isInsideCode else { return .none }
        if scalar.isStop { return stop(isComplete: isComplete) }
        if scalar.isWideStop {
            let end = text[index...].firstIndex { !$0.isWideStop && !$0.isStop && !$0.isCloser } ?? text.count
            return end == text.count && !isComplete ? .undecided : .sentence(end: end)
        }
        if scalar.isWideClauseMark { return .clause(end: index + 1) }
        if scalar.isClauseMark {
            let end = text[(index + 1)...].firstIndex { !$0.isCloser } ?? text.count
            guard end < text.count else { return isComplete ? .none : .undecided }
            return text[end].isSpace ? .clause(end: end) : .none
        }
        return .none
    }

    private func fence(of mark: Unicode.Scalar, isComplete: Bool) -> Mark {
        guard lineStart >= 0, index - lineStart <= 3, text[lineStart..<index].allSatisfy({ $0 == " " }) else {
            return .none
        }
        let end = text[index...].firstIndex { $0 != mark } ?? text.count
        if end == text.count, !isComplete { return .undecided }
        return end - index >= 3 ? .fence(start: lineStart, mark: mark, count: end - index) : .none
    }

    private func stop(isComplete: Bool) -> Mark {
        let runEnd = text[index...].firstIndex { !$0.isStop } ?? text.count
        let end = text[runEnd...].firstIndex { !$0.isCloser } ?? text.count
        guard end < text.count else { return isComplete ? .sentence(end: end) : .undecided }
        guard text[end].isSpace else {
            if text[end].isWide || text[end].isEmoji { return .sentence(end: end) }
            return end == index + 1 ? joinedStop(isComplete: isComplete) : .none
        }
        let gap = text[end...].prefix(Self.longestGap)
        guard let wordStart = gap.firstIndex(where: { !$0.isSpace || $0 == "\n" }) else {
            return gap.count < Self.longestGap && !isComplete ? .undecided : .sentence(end: end)
        }
        let following = text[wordStart]
        let trailsOff = text[index..<runEnd].allSatisfy { $0 == "." || $0 == "…" }
        if following.properties.isLowercase, trailsOff || text[runEnd..<end].contains(where: \.isQuote) { return .none }
        if runEnd == index + 1, text[index] == ".", let word = word(before: index) {
            if word.allSatisfy(\.isDigit) { return isListNumber(word) ? .none : .sentence(end: end) }
            guard Abbreviations.sentenceEnds(after: word, before: following) else { return .none }
        }
        return .sentence(end: end)
    }

    /// A stop with the next sentence right behind it, as models write around tool calls: `one.Two`.
    private func joinedStop(isComplete: Bool) -> Mark {
        guard index >= 2, text[index - 1].properties.isLowercase, text[index - 2].properties.isLowercase,
            text[index + 1].properties.isUppercase
        else { return .none }
        let rest = text[index...].prefix(Self.longestGap)
        let tokenEnd = rest.firstIndex(where: \.isSpace) ?? rest.endIndex
        if tokenEnd == text.count, rest.count < Self.longestGap, !isComplete { return .undecided }
        let token = text[tokenStart..<tokenEnd]
        let isAddress = token.contains("@") || token.contains("/") || token.text.lowercased().contains("www.")
        guard !isAddress, index + 2 < tokenEnd, text[index + 2].properties.isLowercase else { return .none }
        return .sentence(end: index + 1)
    }

    private func word(before stop: Int) -> ArraySlice<Unicode.Scalar>? {
        let head = text[..<stop]
        let start = head.lastIndex { !$0.isLetter && !$0.isDigit && $0 != "." }.map { $0 + 1 } ?? 0
        return start < stop ? head[start...] : nil
    }

    private func isListNumber(_ number: ArraySlice<Unicode.Scalar>) -> Bool {
        guard lineStart >= 0, lineStart <= number.startIndex, number.count <= 3 else { return false }
        return text[lineStart..<number.startIndex].allSatisfy { $0.isSpace || "-*+•>#_(".unicodeScalars.contains($0) }
    }
}
