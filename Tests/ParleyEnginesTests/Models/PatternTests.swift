// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyEngines

@Suite("Patterns")
struct PatternTests {
    private func match(_ pattern: String, _ text: String) throws -> Captures? {
        try Pattern(pattern).match(HeardWord.words(of: text))
    }

    @Test(
        "words, alternatives and options match as a whole",
        arguments: [
            ("what time is it", "What time is it?", true), ("what time is it", "what time", false),
            ("what time is it", "tell me what time is it", false), ("(a|b c) d", "a d", true),
            ("(a|b c) d", "b c d", true),
            ("(a|b c) d", "b d", false), ("[very] good", "good", true), ("[very] good", "very good", true),
            ("[very] good", "very very good", false), ("[a [b]] c", "a b c", true), ("[a [b]] c", "b c", false),
            ("yes|no", "no", true), ("what is it", "what's it", true), ("say <text> twice", "say a b c twice", true),
            ("say <text> twice", "say twice", false), ("<number> <number>", "five six", true),
            ("<number> <number>", "twenty five", false),
        ]
    )
    func matchesWhole(pattern: String, text: String, matches: Bool) throws {
        let captures = try match(pattern, text)
        #expect((captures != nil) == matches)
    }

    @Test("slots keep what they took, as it was written")
    func captures() throws {
        let captures = try match("say <text> <number> times", "Say “Hello, World!” twenty one times.")
        #expect(captures?.text == "“Hello, World!”")
        #expect(captures?.numbers == [21])
    }

    @Test(
        "a pattern that cannot be read says why",
        arguments: [
            ("(a|b", "`)` is missing"), ("[a", "`]` is missing"), ("a)", "`)` closes nothing"), ("a|", "is empty"),
            ("()", "is empty"), ("<day>", "is no slot; use <number> or <text>"), ("", "is empty"),
            ("(a]", "closes nothing"),
        ]
    )
    func refusesMistakes(pattern: String, reason: String) {
        let error = #expect(throws: Pattern.SyntaxError.self) { try Pattern(pattern) }
        #expect(error?.description.contains(reason) == true)
        #expect(error?.pattern == pattern)
    }

    @Test(
        "numbers are read in words and digits",
        arguments: [
            ("0", 0.0, 1), ("3.5 x", 3.5, 1), ("1,234", 1_234, 1), ("zero", 0, 1), ("seven", 7, 1), ("twenty", 20, 1),
            ("twenty five", 25, 2), ("five six", 5, 1), ("twenty eleven", 20, 1), ("a hundred", 100, 2),
            ("hundred", 100, 1),
            ("two hundred and six", 206, 4), ("three thousand four hundred twelve", 3_412, 5),
            ("one million two", 1_000_002, 3),
            ("two point five", 2.5, 3), ("zero point zero five", 0.05, 4), ("two point", 2, 1), ("five and six", 5, 1),
            ("one hundred and", 100, 2), ("thousand and one", 1_001, 3),
        ]
    )
    func readsNumbers(text: String, value: Double, count: Int) {
        let read = SpokenNumber.read(text.split(separator: " ").map(String.init))
        #expect(read.map { abs($0.value - value) < 1e-9 } == true)
        #expect(read?.count == count)
    }

    @Test("other words are no numbers", arguments: ["", "a", "and", "point five", "hello", "a b"])
    func readsNoNumber(_ text: String) {
        #expect(SpokenNumber.read(text.split(separator: " ").map(String.init)) == nil)
    }

    @Test(
        "numbers are written briefly",
        arguments: [
            (1.0, "1"), (-2.0, "-2"), (2.5, "2.5"), (1.0 / 3, "0.333"), (1e20, "more than I can count"),
            (.infinity, "more than I can count"), (0.9999, "1"),
        ]
    )
    func writesNumbers(value: Double, text: String) {
        #expect(SpokenNumber.written(value) == text)
    }

    @Test(
        "times of day and dates are spoken as people do",
        arguments: [
            (0, 0, "12 o'clock at night"), (9, 5, "9:05 in the morning"), (12, 30, "12:30 in the afternoon"),
            (20, 15, "8:15 in the evening"), (23, 59, "11:59 at night"),
        ]
    )
    func speaksTimes(hour: Int, minute: Int, text: String) {
        let time = LocalTime(year: 2026, month: 1, day: 22, weekday: 4, hour: hour, minute: minute)
        #expect(time.spokenTime == text)
        #expect(time.spokenDate == "Thursday, the 22nd of January 2026")
    }

    @Test("the clock of the machine gives a date that exists")
    func readsClock() {
        let now = LocalTime.now()
        #expect(now.year >= 2025 && (1...12).contains(now.month) && (1...31).contains(now.day))
        #expect((0...6).contains(now.weekday) && (0...23).contains(now.hour) && (0...59).contains(now.minute))
    }
}

@Suite("Grammars for recognisers")
struct PhraseGrammarTests {
    private func grammar(_ patterns: String..., samples: [String] = ["hello world", "parley"]) throws -> PhraseGrammar {
        PhraseGrammar(patterns: try patterns.map { try Pattern($0) }, samples: samples)
    }

    private func phrases(_ jsgf: String) -> String? {
        jsgf.split(separator: "\n").first { $0.hasPrefix("public <phrase>") }.map(String.init)
    }

    @Test("patterns become rules, with short forms as alternatives")
    func becomesJSGF() throws {
        let jsgf = try grammar("what is (the|a) [long] <text>", "count to <number>").jsgf()
        #expect(phrases(jsgf) == "public <phrase> = (what is | what's) (the | a) [long] <text> | count to <number>;")
        #expect(jsgf.hasPrefix("#JSGF V1.0;\n"))
        #expect(jsgf.contains("<text> = hello world | parley;"))
    }

    @Test("what needs an unknown word is left out, the rest stays")
    func leavesOutUnknownWords() throws {
        let grammar = try grammar("ask (parley|me) [zorp] now", "zorp", "what is it")
        #expect(grammar.words.isSuperset(of: ["ask", "parley", "me", "zorp", "now", "what's", "world", "ninety"]))
        let jsgf = grammar.jsgf(without: ["parley", "zorp", "what's"])
        #expect(phrases(jsgf) == "public <phrase> = ask (me) now | what is it;")
        #expect(jsgf.contains("<text> = hello world;"))
        #expect(try self.grammar("zorp").jsgf(without: ["zorp"]).contains("public <phrase> = <VOID>;"))
    }
}
