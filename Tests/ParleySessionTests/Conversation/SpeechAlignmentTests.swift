// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleySession
import Testing

@Suite("Which words were heard")
struct SpeechAlignmentTests {
    /// Two sentences of a second each, and a third one of two seconds.
    private static let speech: SpeechAlignment = {
        var speech = SpeechAlignment()
        speech.add("One two.", atMS: 0)
        speech.add(" Three four.", atMS: 1_000)
        speech.add(" Five six seven.", atMS: 2_000)
        return speech
    }()

    static let cuts: [(end: Int, heard: String)] = [
        (0, ""), (1, ""), (370, ""), (375, "One"), (600, "One"), (999, "One"), (1_000, "One two."), (1_001, "One two."),
        (1_400, "One two."), (1_500, "One two. Three"), (1_999, "One two. Three"), (2_000, "One two. Three four."),
        (2_700, "One two. Three four. Five"), (3_999, "One two. Three four. Five six"),
        (4_000, "One two. Three four. Five six seven."), (9_000, "One two. Three four. Five six seven."),
    ]

    @Test("follows from the time, word by word", arguments: cuts)
    func cut(end: Int, heard: String) {
        #expect(Self.speech.heard(byMS: end, ofMS: 4_000) == heard)
    }

    @Test("is never less when more was played")
    func monotony() {
        var before = ""
        for end in stride(from: 0, through: 4_000, by: 10) {
            let heard = Self.speech.heard(byMS: end, ofMS: 4_000)
            #expect(heard.hasPrefix(before), "at \(end)")
            before = heard
        }
    }

    @Test("takes words without sound in between for one sentence")
    func pieces() {
        var speech = SpeechAlignment()
        for word in ["One", " two", " three", " four"] { speech.add(word, atMS: 0) }
        #expect(speech.heard(byMS: 500, ofMS: 1_000) == "One two")
        #expect(speech.heard(byMS: 1_000, ofMS: 1_000) == "One two three four")
    }

    @Test("is nothing of words that have no sound yet")
    func unspoken() {
        var speech = SpeechAlignment()
        speech.add("One two.", atMS: 0)
        speech.add(" Three.", atMS: 1_000)
        #expect(speech.heard(byMS: 1_000, ofMS: 1_000) == "One two.")
        #expect(SpeechAlignment().heard(byMS: 100, ofMS: 100) == "")
    }

    @Test("cuts by characters as people count them")
    func characters() {
        var speech = SpeechAlignment()
        speech.add("日本 👩‍👩‍👧‍👦👍🏽 é", atMS: 0)
        #expect(speech.heard(byMS: 400, ofMS: 700) == "日本")
        #expect(speech.heard(byMS: 500, ofMS: 700) == "日本 👩‍👩‍👧‍👦👍🏽")
    }
}
