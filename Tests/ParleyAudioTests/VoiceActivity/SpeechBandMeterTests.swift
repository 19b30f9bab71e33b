// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ParleyAudio

struct SpeechBandMeterTests {
    static func levels(_ samples: [Int16], rate: Int) -> [Float] {
        var meter = SpeechBandMeter(sampleRate: rate)
        var position = 0
        var levels: [Float] = []
        while let level = meter.nextLevel(of: samples.span, from: &position) {
            levels.append(level)
        }
        return levels
    }

    static func level(hertz: Double, rate: Int = 24_000) -> Float {
        let sine = Signals.sine(hertz: hertz, amplitude: 0.5, rate: rate, count: rate)
        return levels(sine.pcm, rate: rate)[50...].reduce(0, +) / 50
    }

    @Test(arguments: [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 12_345, 100])
    func `a second has a hundred frames at any rate`(rate: Int) {
        #expect(Self.levels([Int16](repeating: 9, count: rate), rate: rate).count == 100)
        #expect(Self.levels([Int16](repeating: 9, count: rate - 1), rate: rate).count == 99)
        #expect(Self.levels([Int16](repeating: 9, count: 7 * rate), rate: rate).count == 700)
    }

    @Test(arguments: [99, 1, 0, -8_000])
    func `a rate that cannot be has frames of one sample`(rate: Int) {
        #expect(Self.levels([1, 2, 3], rate: rate).count == 3)
    }

    @Test func `the middle of the band passes with its level`() {
        // A sine of half full scale has -9.03 dBFS; the slopes of all four filters take away about 1 dB.
        #expect(abs(Self.level(hertz: 800) + 9.03) < 1.5)
    }

    @Test(arguments: [(50.0, 20.0), (100, 10), (11_000, 12)])
    func `hum and hiss are taken away`(hertz: Double, decibels: Float) {
        #expect(Self.level(hertz: hertz) < Self.level(hertz: 800) - decibels)
    }

    @Test(arguments: [0, 1, -1, 12_000, -32_768, 32_767] as [Int16])
    func `any constant is silence from the first frame on`(value: Int16) {
        #expect(Self.levels([Int16](repeating: value, count: 24_000), rate: 24_000).allSatisfy { $0 == -100 })
    }

    @Test func `full scale is no more than full scale`() {
        let square = (0..<24_000).map { $0 / 12 % 2 == 0 ? Int16.max : Int16.min }
        #expect(Self.levels(square, rate: 24_000).allSatisfy { $0 < 3 && $0 > -6 })
    }

    @Test(arguments: [8_000, 16_000, 24_000])
    func `levels are those of the filters' definition`(rate: Int) {
        let samples = Signals.speech(dBFS: -25, ms: 400, rate: rate).pcm
        let high = exp(-2 * .pi * 180 / Double(rate))
        let low = 1 - exp(-2 * .pi * 3_400 / Double(rate))
        var signal = samples.map { Double($0) / 32_768 }
        for _ in 0..<2 {
            var output = 0.0
            signal = signal.indices.map { index in
                output = high * (output + signal[index] - (index > 0 ? signal[index - 1] : signal[0]))
                return output
            }
        }
        for _ in 0..<2 {
            var output = 0.0
            signal = signal.map { value in
                output += low * (value - output)
                return output
            }
        }
        let expected = signal.cut(every: rate / 100).map { 20 * log10(Array($0).rms) }
        for (level, expected) in zip(Self.levels(samples, rate: rate), expected) {
            #expect(abs(Double(level) - max(expected, -100)) < 0.01)
        }
    }

    @Test func `frames do not depend on how samples are split`() {
        let samples = Signals.speech(dBFS: -25, ms: 300, rate: 22_050).pcm
        let whole = Self.levels(samples, rate: 22_050)
        for length in [1, 7, 220, 221, 1_000] {
            var meter = SpeechBandMeter(sampleRate: 22_050)
            var levels: [Float] = []
            for piece in samples.cut(every: length) {
                var position = 0
                while let level = meter.nextLevel(of: piece.span, from: &position) {
                    levels.append(level)
                }
                #expect(position == piece.count)
            }
            #expect(levels == whole)
        }
    }
}
