// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import Testing

@Suite("Reasoning is removed")
struct ReasoningFilterTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var text: String
        var kept: String
        var testDescription: String { text }
    }

    static let cases: [Case] = [
        .init(text: "Hello.", kept: "Hello."),
        .init(text: "<think>Hmm.</think>\n\nHello.", kept: "Hello."),
        .init(text: "Hi <thinking>a < b and <b>c</b></thinking> there", kept: "Hi there"),
        .init(text: "<THINK>x</Think>Yes", kept: "Yes"),
        .init(text: "<think>never closed, so all of it is reasoning", kept: ""),
        .init(text: "opened in the prompt</think>Answer", kept: "opened in the promptAnswer"),
        .init(text: "<reasoning>a</reasoning>b<thought>c</thought>d", kept: "bd"),
        .init(text: "a <b>bold</b> x<y <thin>g</thin> <", kept: "a <b>bold</b> x<y <thin>g</thin> <"),
        .init(text: "<<think>x</think>>", kept: "<>"),
        .init(text: "cut <thi", kept: "cut <thi"),
        .init(text: "", kept: ""),
    ]

    @Test("reasoning goes, everything else stays, however it is split", arguments: cases)
    func removesReasoning(_ item: Case) {
        for split in 0...item.text.count {
            var filter = ReasoningFilter()
            let kept = filter.push(item.text.prefix(split)) + filter.push(item.text.dropFirst(split)) + filter.finish()
            #expect(kept == item.kept, "split at \(split)")
        }
        var filter = ReasoningFilter()
        #expect(item.text.map { filter.push(String($0)) }.joined() + filter.finish() == item.kept)
    }

    @Test("text that cannot be a tag is not held back")
    func releasesEarly() {
        var filter = ReasoningFilter()
        #expect(filter.push("Hello <") == "Hello ")
        #expect(filter.push("th") == "")
        #expect(filter.push("e") == "<the")
    }
}
