// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct ToneCodeDecoderTests {
    static let text = "the weather in berlin is twelve degrees"

    /// When each word ends, in ms.
    static func ends(of text: String) -> [(word: String, ms: Int)] {
        var time = 0
        return text.split(separator: " ")
            .map { word in
                let end = time + 160 + 40 * word.utf8.count
                time = end + 40
                return (String(word), end)
            }
    }

    static func expected(before ms: Int) -> String {
        ends(of: text).filter { $0.ms <= ms }.map(\.word).joined(separator: " ")
    }

    @Test(arguments: Array(stride(from: 0, through: 2_900, by: 61)) + [199, 279, 280, 281, 320, 759, 760, 761])
    func `of audio that is cut exactly the words that ended before are read`(ms: Int) {
        let cut = Array(ToneCode.samples(of: Self.text, rate: 8_000).prefix(8 * ms))
        #expect(ToneCode.text(in: cut, rate: 8_000) == Self.expected(before: ms))
    }

    @Test(arguments: [280, 500, 760, 1_040, 1_500])
    func `words that ended before the cut are read even if other audio follows`(ms: Int) {
        let spoken = ToneCode.samples(of: Self.text, rate: 8_000).prefix(8 * ms)
        let after = [Int16](repeating: 0, count: 1_603) + ToneCode.samples(of: "next turn", rate: 8_000)
        #expect(ToneCode.text(in: spoken + after, rate: 8_000) == Self.expected(before: ms) + " next turn")
    }

    @Test func `a word is given as soon as it has ended`() {
        let samples = ToneCode.samples(of: "one two", rate: 16_000)
        var decoder = ToneCode.Decoder(sampleRate: 16_000)
        var words: [ToneCode.Word] = []
        decoder.process(samples[0..<280 * 16].span, into: &words)
        #expect(words.map(\.text) == ["one"])
        decoder.process(samples[280 * 16..<600 * 16].span, into: &words)
        #expect(words.map(\.text) == ["one", "two"])
    }

    @Test(arguments: [1, 19, 160, 1_000, 100_000])
    func `words do not depend on how the audio is split`(length: Int) {
        let samples = [Int16](repeating: 0, count: 333) + ToneCode.samples(of: "split me anywhere", rate: 11_025)
        let whole = ToneCode.words(in: samples, rate: 11_025)
        #expect(whole.count == 3)
        #expect(ToneCode.words(in: samples.cut(every: length), rate: 11_025) == whole)
    }

    @Test(arguments: 0..<25)
    func `words are found wherever they begin`(step: Int) {
        let lead = 101 + 7 * step
        let samples = [Int16](repeating: 0, count: lead) + ToneCode.samples(of: "late words", rate: 8_000)
        let words = ToneCode.words(in: samples, rate: 8_000)
        #expect(words.map(\.text) == ["late", "words"])
        #expect(words.allSatisfy { abs($0.endMS - $0.startMS - 160 - Double(40 * $0.text.utf8.count)) < 0.01 })
        #expect(abs(words[0].startMS - Double(lead) / 8) <= 2.5)
    }

    @Test func `a damaged word is left out and the next one read`() {
        var samples = ToneCode.samples(of: "one two three", rate: 8_000)
        // A tone in the middle of the second word, which has 14 symbols from 320 ms on.
        for index in (440 * 8)..<(480 * 8) {
            samples[index] = 0
        }
        #expect(ToneCode.text(in: samples, rate: 8_000) == "one three")
    }

    @Test func `a false length does not swallow what follows`() {
        // A sync and a length of 255, and then silence: only at the end it is clear that nothing comes.
        let longest = ToneCode.samples(of: String(repeating: "x", count: 255), rate: 8_000)
        let samples =
            longest[..<(6 * 160)] + [Int16](repeating: 0, count: 400) + ToneCode.samples(of: "still here", rate: 8_000)
        #expect(ToneCode.text(in: Array(samples), rate: 8_000) == "still here")
    }

    @Test func `silence, noise and speech say nothing`() {
        let rate = 8_000
        let sounds = [
            Signals.silence(ms: 1_000, rate: rate), Signals.noise(dBFS: -20, ms: 10_000, rate: rate),
            Signals.speech(dBFS: -20, ms: 5_000, rate: rate),
            Signals.sine(hertz: 600, amplitude: 0.5, rate: rate, count: 2 * rate),
        ]
        #expect(sounds.flatMap { ToneCode.words(in: $0.pcm, rate: rate) } == [])
    }

    @Test func `quiet tones are read as well`() {
        let quiet = ToneCode.samples(of: "whisper", rate: 8_000).map { $0 / 1_000 }
        #expect(ToneCode.text(in: quiet, rate: 8_000) == "whisper")
    }
}
