// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

/// Tones through what audio goes through on its way.
struct ToneCodeChannelTests {
    static let text = "the weather in berlin is twelve degrees and cloudy"

    static func converted(_ samples: [Int16], from: Int, to: Int) throws -> [Int16] {
        var resampler = try Resampler(from: from, to: to, quality: .telephone)
        return resampler.run(samples)
    }

    @Test(arguments: [true, false])
    func `the telephone is survived`(isMuLaw: Bool) throws {
        let law = isMuLaw ? G711.muLaw : G711.aLaw
        let narrow = try Self.converted(ToneCode.samples(of: Self.text), from: 24_000, to: 8_000)
        let coded = narrow.map { law.sample(of: law.code(of: $0)) }
        #expect(ToneCode.text(in: coded, rate: 8_000) == Self.text)
        let wide = try Self.converted(coded, from: 8_000, to: 24_000)
        #expect(ToneCode.text(in: wide) == Self.text)
    }

    @Test(arguments: [(24_000, 16_000), (24_000, 48_000), (22_050, 24_000)])
    func `a change of rate is survived`(from: Int, to: Int) throws {
        let samples = try Self.converted(ToneCode.samples(of: Self.text, rate: from), from: from, to: to)
        #expect(ToneCode.text(in: samples, rate: to) == Self.text)
    }

    @Test(arguments: [8_000, 16_000, 24_000], [20.0, 0, -5])
    func `white noise is survived`(rate: Int, ratio: Double) {
        let noisy = ToneCode.samples(of: Self.text, rate: rate).withNoise(ratioDB: ratio, seed: 17)
        #expect(ToneCode.text(in: noisy, rate: rate) == Self.text)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `noise louder than the tones, the telephone and a cut leave exactly the words before`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let cut = Int.random(in: 0...4_000, using: &generator)
        let tones = Array(ToneCode.samples(of: ToneCodeDecoderTests.text).prefix(24 * cut))
        let narrow = try Self.converted(
            tones.isEmpty ? [0] : tones.withNoise(ratioDB: -5, seed: seed),
            from: 24_000,
            to: 8_000
        )
        let coded = narrow.map { G711.muLaw.sample(of: G711.muLaw.code(of: $0)) }
        #expect(ToneCode.text(in: coded, rate: 8_000) == ToneCodeDecoderTests.expected(before: cut))
    }

    @Test func `turn detection takes tones for speech`() throws {
        let tones = ToneCode.samples(of: Self.text)
        let silence = [Int16](repeating: 0, count: 24_000)
        var detector = VoiceActivityDetector(sampleRate: 24_000, settings: .tuned)
        let events = detector.events(of: silence + tones + silence)
        let length = tones.count / 24 - 40
        #expect(events.speech.count == 1)
        #expect(try #require(events.speech.first).isAbout(1_000..<1_000 + length, tolerance: 20))
        #expect(events.detectedAtMS[0] <= 1_080)
    }

    @Test func `turn detection takes tones for speech from the first sample on`() throws {
        var detector = VoiceActivityDetector(sampleRate: 24_000, settings: .tuned)
        let events = detector.events(of: ToneCode.samples(of: Self.text))
        #expect(try #require(events.speech.first).lowerBound <= 20)
    }
}
