// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Removes what a model thinks aloud (`<think>…</think>`) from a stream of text.
///
/// Tags may be split over pieces in any way; what follows an opening tag that is never closed is all reasoning. A
/// closing tag without an opening one, as templates produce that open the tag in the prompt, is removed by itself.
package struct ReasoningFilter: Sendable {
    private static let names = ["think", "thinking", "thought", "reasoning"]
    private static let opening = names.map { Array("<\($0)>".unicodeScalars) }
    private static let closing = names.map { Array("</\($0)>".unicodeScalars) }
    private static let tags = opening + closing

    /// The text that may still turn out to be a tag; begins with `<` unless empty.
    private var held: [Unicode.Scalar] = []
    private var isReasoning = false
    private var skipsWhiteSpace = false

    /// A filter at the beginning of an answer.
    package init() {}

    /// Takes the next piece and returns what of the text so far is settled not to be reasoning.
    package mutating func push(_ text: some StringProtocol) -> String {
        var kept = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { take(scalar, into: &kept) }
        return String(kept)
    }

    /// Ends the text and returns what was held back.
    package mutating func finish() -> String {
        defer { self = ReasoningFilter() }
        guard !isReasoning else { return "" }
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: held)
        return String(rest)
    }

    private mutating func take(_ scalar: Unicode.Scalar, into kept: inout String.UnicodeScalarView) {
        if scalar == "<" || held.isEmpty {
            release(into: &kept)
            if scalar == "<" { held = [scalar] } else { keep(scalar, into: &kept) }
            return
        }
        held.append(scalar)
        if Self.opening.contains(where: held.isSame) {
            held.removeAll()
            isReasoning = true
        } else if Self.closing.contains(where: held.isSame) {
            held.removeAll()
            isReasoning = false
            skipsWhiteSpace = true
        } else if !Self.tags.contains(where: held.isBeginning) {
            release(into: &kept)
        }
    }

    private mutating func release(into kept: inout String.UnicodeScalarView) {
        for scalar in held { keep(scalar, into: &kept) }
        held.removeAll(keepingCapacity: true)
    }

    private mutating func keep(_ scalar: Unicode.Scalar, into kept: inout String.UnicodeScalarView) {
        guard !isReasoning, !(skipsWhiteSpace && scalar.properties.isWhitespace) else { return }
        skipsWhiteSpace = false
        kept.append(scalar)
    }
}

extension [Unicode.Scalar] {
    fileprivate func isSame(as tag: [Unicode.Scalar]) -> Bool { count == tag.count && isBeginning(of: tag) }

    fileprivate func isBeginning(of tag: [Unicode.Scalar]) -> Bool {
        count <= tag.count && zip(self, tag).allSatisfy { $0.properties.lowercaseMapping == String($1) }
    }
}
