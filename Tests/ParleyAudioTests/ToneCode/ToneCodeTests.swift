// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct ToneCodeTests {
    @Test(arguments: [8_000, 11_025, 16_000, 22_050, 24_000, 48_000])
    func `text is read as it was said at any rate`(rate: Int) {
        let text = "the weather in berlin"
        #expect(ToneCode.text(in: ToneCode.samples(of: text, rate: rate), rate: rate) == text)
    }

    @Test(arguments: [
        "a", "Hello, World!", "naïve café", "日本語 です", "👩‍👩‍👧 🇩🇪", "00 ff \u{1}\u{7F}", "ΑΒΓ αβγ", "0123456789",
        "e\u{301}", "\u{FFFD}",
    ])
    func `any words are read`(text: String) {
        let read = ToneCode.text(in: ToneCode.samples(of: text, rate: 8_000), rate: 8_000)
        #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
    }

    @Test(arguments: ["", " ", "\n\t \u{3000}"])
    func `no words are no audio`(text: String) {
        #expect(ToneCode.samples(of: text) == [])
    }

    @Test func `white space comes back as single spaces`() {
        let samples = ToneCode.samples(of: "  one\n\ntwo\tthree\u{2003}four ", rate: 8_000)
        #expect(ToneCode.text(in: samples, rate: 8_000) == "one two three four")
    }

    @Test(arguments: [254, 255, 256, 510, 700])
    func `a word of any length is one word`(length: Int) throws {
        let word = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
        let words = ToneCode.words(in: ToneCode.samples(of: "go \(word) on", rate: 8_000), rate: 8_000)
        #expect(words.map(\.text) == ["go", word, "on"])
        let ends = words.map(\.endMS)
        // Each piece takes 200 ms more than its bytes do, and 40 ms lie between pieces.
        #expect(ends[1] - words[1].startMS == Double(40 * length + 160 + length / 255 * 200))
        #expect([words[1].startMS, words[2].startMS] == [ends[0] + 40, ends[1] + 40])
    }

    @Test func `half of a long word is no word`() {
        let long = String(repeating: "x", count: 300)
        let samples = ToneCode.samples(of: "go \(long)", rate: 8_000)
        let first = ToneCode.samples(of: "go", rate: 8_000).count
        // 255 of the 300 bytes.
        let half = samples[..<(first + (4 + 2 * 257 + 2) * 160)]
        let next = ToneCode.samples(of: "on", rate: 8_000)
        #expect(ToneCode.text(in: Array(half), rate: 8_000) == "go")
        #expect(ToneCode.text(in: half + [Int16](repeating: 0, count: 1_600) + next, rate: 8_000) == "go on")
    }

    @Test(arguments: [8_000, 11_025, 24_000])
    func `a word takes 200 ms and 40 ms for each byte`(rate: Int) {
        #expect(ToneCode.samples(of: "a", rate: rate).count == 240 * rate / 1_000)
        #expect(ToneCode.samples(of: "hello", rate: rate).count == 400 * rate / 1_000)
        #expect(ToneCode.samples(of: "hello world", rate: rate).count == 800 * rate / 1_000)
    }

    @Test func `words know where they were`() {
        let words = ToneCode.words(in: [Int16](repeating: 0, count: 2_400) + ToneCode.samples(of: "a hello"))
        #expect(words.map(\.startMS) == [100, 340])
        #expect(words.map(\.endMS) == [300, 700])
    }

    @Test func `samples are appended and loud but not too loud`() {
        var samples: [Int16] = [5]
        ToneCode.Encoder(sampleRate: 24_000).encode("hello", into: &samples)
        #expect(samples[0] == 5)
        let level = AudioLevel(of: samples.span)
        #expect(level.peak <= 10_000 && level.peak > 9_000)
        #expect(level.rmsDBFS > -16)
    }

    @Test func `tones do not click`() {
        let samples = ToneCode.samples(of: "hello there")
        // A tone of 2 475 Hz and 10 000 cannot change faster than this at 24 kHz.
        #expect(zip(samples, samples.dropFirst()).allSatisfy { abs(Int($0) - Int($1)) <= 6_500 })
    }
}
