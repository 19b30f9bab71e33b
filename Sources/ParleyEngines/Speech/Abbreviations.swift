// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a full stop after a word means: a few languages' common abbreviations.
///
/// A stop wrongly taken for the end of a sentence is heard as a break in the middle; one overlooked is not heard at
/// all. So doubtful cases count as abbreviations.
enum Abbreviations {
    /// Whether a sentence ends after `word` and a full stop (`word` without it), before a word that begins with
    /// `following`.
    static func sentenceEnds(after word: some BidirectionalCollection<Unicode.Scalar>, before following: Unicode.Scalar)
        -> Bool
    {
        let lower = word.text.lowercased()
        if beforeNumbers.contains(lower) { return !following.isDigit }
        if mayEndSentence.contains(lower) { return following.properties.isUppercase }
        return !isAlwaysAbbreviation(word, lower)
    }

    /// Whether a sentence can end after `word` and a full stop at all, whatever follows.
    static func sentenceMayEnd(after word: some BidirectionalCollection<Unicode.Scalar>) -> Bool {
        let lower = word.text.lowercased()
        return !beforeNumbers.contains(lower) && !isAlwaysAbbreviation(word, lower)
    }

    private static func isAlwaysAbbreviation(
        _ word: some BidirectionalCollection<Unicode.Scalar>,
        _ lower: String
    ) -> Bool {
        if neverEndSentence.contains(lower) { return true }
        let parts = word.split(separator: "." as Unicode.Scalar)
        guard parts.allSatisfy({ $0.count == 1 && $0.allSatisfy(\.isLetter) }) else { return false }
        return lower != "i"
    }

    private static let neverEndSentence: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "st", "mt", "sen", "rep", "gov", "gen", "col", "capt", "lt", "sgt",
        "rev", "hon", "vs", "cf", "al", "approx", "dept", "est", "resp", "e.g", "i.e", "eg", "ie", "viz", "ca",
        "hr", "fr", "frl", "str", "bzw", "usw", "z.b", "d.h", "u.a", "evtl", "ggf", "inkl", "sog", "m", "mme", "mlle",
        "sr", "sra", "srta", "ud", "sig", "dott",
    ]
    private static let mayEndSentence: Set<String> = [
        "etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "jr", "b.c", "a.d", "ph.d", "ave", "blvd", "rd", "ft", "min",
        "max", "sec", "u.s", "u.k", "u.s.a",
    ]
    private static let beforeNumbers: Set<String> = [
        "no", "nos", "nr", "p", "pp", "fig", "figs", "eq", "ch", "vol", "art", "par", "abs", "kap", "jan", "feb", "mar",
        "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ]
}
