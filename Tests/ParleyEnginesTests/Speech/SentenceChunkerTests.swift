// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import Testing

/// A chunker that cuts at every end of a sentence, so that a table shows where they are.
private func eager() -> SentenceChunker {
    var limits = SentenceChunker.Limits()
    limits.first = 1
    limits.following = 1
    var chunker = SentenceChunker(limits: limits)
    // The first sentence may end at a comma; these tables are about sentences.
    _ = chunker.push("Go!\n")
    _ = chunker.finish()
    return chunker
}

private func spoken(_ text: String, by chunker: SentenceChunker) -> [String] {
    var chunker = chunker
    return (chunker.push(text) + chunker.finish()).map(\.spoken).filter { !$0.isEmpty }
}

struct SentenceCase: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var sentences: [String]
    var testDescription: String { name }
}

let sentenceCases: [SentenceCase] = [
    .init(name: "plain", text: "It rains. It pours.", sentences: ["It rains.", "It pours."]),
    .init(name: "question and exclamation", text: "Really?! Yes! Why?", sentences: ["Really?!", "Yes!", "Why?"]),
    .init(
        name: "title",
        text: "Dr. Smith met Mrs. Jones. They talked.",
        sentences: ["Dr. Smith met Mrs. Jones.", "They talked."]
    ),
    .init(
        name: "initials",
        text: "I like J. R. R. Tolkien. You too?",
        sentences: ["I like J. R. R. Tolkien.", "You too?"]
    ),
    .init(
        name: "for example",
        text: "Fruit, e.g. Apples or i.e. Pears. Done.",
        sentences: ["Fruit, e.g. Apples or i.e. Pears.", "Done."]
    ),
    .init(
        name: "etc. inside",
        text: "Bread, milk, etc. are there. Fine.",
        sentences: ["Bread, milk, etc. are there.", "Fine."]
    ),
    .init(
        name: "etc. at the end",
        text: "Bread, milk, etc. We have it.",
        sentences: ["Bread, milk, etc.", "We have it."]
    ),
    .init(
        name: "time of day",
        text: "At 5 p.m. we go. At 6 a.m. We sleep.",
        sentences: ["At 5 p.m. we go.", "At 6 a.m.", "We sleep."]
    ),
    .init(name: "country", text: "The U.S. Army left. Good.", sentences: ["The U.S.", "Army left.", "Good."]),
    .init(
        name: "number sign",
        text: "Take No. 5 please. No. It is taken.",
        sentences: ["Take No. 5 please.", "No.", "It is taken."]
    ),
    .init(
        name: "decimal",
        text: "Pi is 3.14 or so. It costs 12.5 euros.",
        sentences: ["Pi is 3.14 or so.", "It costs 12.5 euros."]
    ),
    .init(
        name: "thousands",
        text: "There are 1,000 of 2.000.000. Many.",
        sentences: ["There are 1,000 of 2.000.000.", "Many."]
    ),
    .init(
        name: "ends with number",
        text: "The answer is 12. Anything else?",
        sentences: ["The answer is 12.", "Anything else?"]
    ),
    .init(name: "numbered list", text: "1. Bread\n2. Milk\n10. Eggs", sentences: ["1. Bread", "2. Milk", "10. Eggs"]),
    .init(name: "bullets", text: "- Bread\n* Milk\n• Eggs", sentences: ["Bread", "Milk", "Eggs"]),
    .init(name: "ellipsis", text: "Well… maybe. Hmm... Yes.", sentences: ["Well… maybe.", "Hmm...", "Yes."]),
    .init(
        name: "quotation",
        text: "He said \"No.\" Then he left. \"Why?\" she asked.",
        sentences: ["He said \"No.\"", "Then he left.", "\"Why?\" she asked."]
    ),
    .init(
        name: "typographic quotation",
        text: "“Stop!” They did. (Really.) Yes.",
        sentences: ["“Stop!”", "They did.", "(Really.)", "Yes."]
    ),
    .init(name: "chinese", text: "今天天气很好。我们去公园吧！好吗？", sentences: ["今天天气很好。", "我们去公园吧！", "好吗？"]),
    .init(name: "japanese quotation", text: "「行こう。」と彼は言った。はい。", sentences: ["「行こう。」", "と彼は言った。", "はい。"]),
    .init(name: "latin stop before ideograph", text: "OK.好的。", sentences: ["OK.", "好的。"]),
    .init(name: "hindi", text: "यह अच्छा है। ठीक है।", sentences: ["यह अच्छा है।", "ठीक है।"]),
    .init(name: "arabic", text: "كيف حالك؟ أنا بخير.", sentences: ["كيف حالك؟", "أنا بخير."]),
    .init(
        name: "web address",
        text: "See https://www.example.com/a.b?C=Do. Then www.example.org/x.",
        sentences: ["See example.com.", "Then example.org."]
    ),
    .init(
        name: "address after stop-like path",
        text: "Open http://a.example/index.Html now.",
        sentences: ["Open a.example now."]
    ),
    .init(
        name: "e-mail",
        text: "Write to jane.Doe@example.com. Thanks.",
        sentences: ["Write to jane.Doe@example.com.", "Thanks."]
    ),
    .init(
        name: "file name",
        text: "Edit main.swift and Node.js files. Done.",
        sentences: ["Edit main.swift and Node.js files.", "Done."]
    ),
    .init(
        name: "no space after a tool call",
        text: "I look it up one.Two more.",
        sentences: ["I look it up one.", "Two more."]
    ),
    .init(name: "emoji after stop", text: "Great! 🎉 Let us go.👍🏽 Now.", sentences: ["Great!", "Let us go.", "Now."]),
    .init(name: "only emoji", text: "🎉🎉🎉", sentences: []),
    .init(
        name: "emphasis",
        text: "This is **very important.** Do *not* do _that_. ~~Old~~ new.",
        sentences: ["This is very important.", "Do not do that.", "Old new."]
    ),
    .init(name: "heading", text: "# Title\n\nText here.", sentences: ["Title", "Text here."]),
    .init(
        name: "link",
        text: "Read [the guide](https://example.com/x) first. ![A cat](cat.png) Nice.",
        sentences: ["Read the guide first.", "A cat Nice."]
    ),
    .init(name: "inline code", text: "Call `a.B()` with `x. Y`. Done.", sentences: ["Call a.B() with x. Y.", "Done."]),
    .init(
        name: "code block",
        text: "Try this:\n```swift\nlet a = 1. \nprint(a)\n```\nIt prints.",
        sentences: ["Try this:", "It prints."]
    ),
    .init(name: "tilde code block", text: "~~~\nrm -rf\n~~~\nDone.", sentences: ["Done."]),
    .init(name: "longer fence around a fence", text: "````\n```\nx\n```\n````\nDone.", sentences: ["Done."]),
    .init(name: "unclosed code block", text: "So:\n```\nlet a = 1. B = 2.\n", sentences: ["So:"]),
    .init(name: "quoted line", text: "> Be bold.\n\nYes.", sentences: ["Be bold.", "Yes."]),
    .init(name: "table", text: "| a | b |\n|---|---|\n| 1 | 2 |", sentences: ["a , b", "1 , 2"]),
    .init(name: "tags", text: "A<br/>b <b>bold</b> word, x < y.", sentences: ["A b bold word, x < y."]),
    .init(name: "times", text: "It is 3 * 4.", sentences: ["It is 3 times 4."]),
    .init(name: "identifier", text: "Use my_value here.", sentences: ["Use my value here."]),
    .init(name: "carriage returns", text: "One.\r\nTwo.\r\n", sentences: ["One.", "Two."]),
    .init(
        name: "german",
        text: "Das ist z.B. Brot bzw. Milch. Gut.",
        sentences: ["Das ist z.B. Brot bzw. Milch.", "Gut."]
    ),
    .init(name: "only white space", text: " \n\t \n", sentences: []),
    .init(name: "empty", text: "", sentences: []),
    .init(name: "no stop at the end", text: "It rains. It pours", sentences: ["It rains.", "It pours"]),
]

@Suite("Sentences are found in running text")
struct SentenceChunkerTests {
    @Test("each kind of text is cut where a reader would pause", arguments: sentenceCases)
    func cutsWhereSentencesEnd(_ item: SentenceCase) {
        #expect(spoken(item.text, by: eager()) == item.sentences)
    }

    @Test("the sentences are the same wherever the text is split", arguments: sentenceCases)
    func splitsMakeNoDifference(_ item: SentenceCase) {
        let scalars = Array(item.text.unicodeScalars)
        for chunker in [eager(), SentenceChunker()] {
            var whole = chunker
            let expected = whole.push(item.text) + whole.finish()
            for split in 0...scalars.count {
                var halves = chunker
                let found =
                    halves.push(string(scalars[..<split])) + halves.push(string(scalars[split...])) + halves.finish()
                #expect(found == expected, "split at \(split)")
            }
            var pieces = chunker
            let found = scalars.flatMap { pieces.push(String($0)) } + pieces.finish()
            #expect(found == expected, "scalar by scalar")
        }
    }

    @Test("nothing of the written text is lost or changed", arguments: sentenceCases)
    func writtenTextIsKept(_ item: SentenceCase) {
        var chunker = SentenceChunker()
        let written = (chunker.push(item.text) + chunker.finish()).map(\.written).joined()
        #expect(trimmedEnd(written) == trimmedEnd(item.text))
    }

    @Test("the first sentence may end at a comma, once it is long enough")
    func firstSentenceIsShort() {
        var chunker = SentenceChunker()
        #expect(chunker.push("Yes, of course, that is").map(\.spoken) == ["Yes, of course,"])
        #expect(chunker.push(" easy, if you know how. Next").isEmpty)
    }

    @Test("a first sentence of three words in Chinese is long enough")
    func ideographsWeighMore() {
        var chunker = SentenceChunker()
        #expect(chunker.push("你好呀，我").map(\.spoken) == ["你好呀，"])
    }

    @Test("short sentences after the first are joined")
    func shortSentencesAreJoined() {
        var chunker = SentenceChunker()
        let text = "This is the first one. Yes. No. Well. Perhaps that will do for a while. And the end."
        let found = (chunker.push(text) + chunker.finish()).map(\.spoken)
        #expect(
            found == ["This is the first one.", "Yes. No. Well. Perhaps that will do for a while.", "And the end."]
        )
    }

    @Test("lines joined into one sentence are separated by stops")
    func joinedLinesGetStops() {
        #expect(SpokenText.plain("- Bread\n- Milk, \n- Eggs!\n- Tea") == "Bread. Milk, Eggs! Tea")
    }

    @Test("a sentence without end is cut at a comma, else at a space, else anywhere")
    func longSentencesAreCut() {
        func cut(_ text: String) -> [Sentence] {
            var chunker = eager()
            return chunker.push(text)
        }
        let word = "word "
        let withComma = String(repeating: word, count: 20) + "end, " + String(repeating: word, count: 50)
        #expect(cut(withComma).first?.spoken.hasSuffix("end,") == true)
        let spaces = cut(String(repeating: word, count: 80))
        #expect(spaces.first.map { $0.spoken.hasSuffix("word") && $0.spoken.count < 300 } == true)
        #expect(cut(String(repeating: "a", count: 500)).map(\.spoken.count) == [240, 240])
    }

    @Test("a pause speaks a finished sentence that nothing follows")
    func pauseFlushesSentence() {
        var chunker = SentenceChunker()
        #expect(chunker.push("Done. ").isEmpty)
        #expect(chunker.pause().map(\.spoken) == ["Done."])
        #expect(chunker.pause().isEmpty)
        #expect(chunker.push("Go on now.").isEmpty)
        #expect(chunker.finish().map(\.spoken) == ["Go on now."])
    }

    @Test(
        "a pause does not break numbers, abbreviations, words or code",
        arguments: [
            "It costs 12.", "Ask Dr.", "See fig.", "Hello", "Use `a.b.", "```\nlet a = 1.\n", "",
        ]
    )
    func pauseKeepsTheUnfinished(_ text: String) {
        var chunker = SentenceChunker()
        _ = chunker.push(text)
        #expect(chunker.pause().isEmpty)
    }

    @Test("a pause speaks whole words as long as nothing was spoken")
    func pauseFlushesFirstWords() {
        var chunker = SentenceChunker()
        _ = chunker.push("I would like to th")
        #expect(chunker.pause().map(\.spoken) == ["I would like to"])
        _ = chunker.push("ink about this for")
        #expect(chunker.pause().isEmpty)
        #expect(chunker.finish().map(\.spoken) == ["think about this for"])
    }

    @Test("after a function call the text goes on as a new one")
    func goesOnAfterFinish() {
        var chunker = SentenceChunker()
        #expect((chunker.push("I look that up.") + chunker.finish()).count == 1)
        #expect(
            (chunker.push("1. It is so and stays so. ") + chunker.finish()).map(\.spoken) == [
                "1. It is so and stays so."
            ]
        )
    }
}

private func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
}

private func trimmedEnd(_ text: String) -> String {
    var view = text.unicodeScalars
    while let last = view.last, last.properties.isWhitespace { view.removeLast() }
    return String(view)
}
