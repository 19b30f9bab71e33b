// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyAudio

struct SpeechEnergyTests {
    static func frames(_ signal: [Double], rate: Int = 24_000) -> [SpeechEnergy.Frame] {
        var energy = SpeechEnergy(sampleRate: rate)
        let samples = signal.pcm
        var position = 0
        var frames: [SpeechEnergy.Frame] = []
        while let frame = energy.nextFrame(of: samples.span, from: &position) {
            frames.append(frame)
        }
        return frames
    }

    @Test(arguments: [8_000, 16_000, 22_050, 24_000, 48_000])
    func `noise is improbable and speech is probable at any rate`(rate: Int) {
        let noise = Signals.noise(dBFS: -50, ms: 2_000, rate: rate)
        let signal = noise.mixed(with: Signals.speech(dBFS: -25, ms: 500, rate: rate), at: rate)
        let frames = Self.frames(signal, rate: rate)
        #expect(frames.count == 200)
        #expect(frames[10..<100].allSatisfy { $0.probability < 0.3 })
        #expect(frames[108..<145].allSatisfy { $0.probability > 0.7 })
        #expect(frames[160...].allSatisfy { $0.probability < 0.3 })
    }

    @Test func `level and excess are in decibels`() {
        let noise = Signals.noise(dBFS: -50, ms: 2_000, rate: 24_000)
        let tone = Signals.sine(hertz: 800, amplitude: 0.1, rate: 24_000, count: 4_800)
        let frames = Self.frames(noise.mixed(with: tone, at: 36_000))
        // 0.1 is -23 dBFS; white noise loses what lies outside of the band.
        #expect(frames[155..<165].allSatisfy { abs($0.levelDBFS + 24) < 1 })
        #expect(frames[50..<140].allSatisfy { $0.levelDBFS < -53 && $0.levelDBFS > -62 })
        #expect(frames[155..<165].allSatisfy { abs($0.excessDB - 32) < 4 })
        #expect(frames[50..<140].allSatisfy { abs($0.excessDB) < 5 })
    }

    @Test func `digital silence has the least level and no probability`() {
        let frames = Self.frames(Signals.silence(ms: 500, rate: 24_000))
        #expect(frames.allSatisfy { $0.levelDBFS == -100 && $0.probability < 0.001 })
    }

    @Test(
        arguments: [
            (5, 5, 0.5), (11, 11, 0.5), (6.6, 5, 0.731), (3.4, 5, 0.269), (60, 5, 1), (-60, 5, 0), (.infinity, 5, 1),
        ] as [(Float, Float, Float)]
    )
    func `a steady excess has the probability of the logistic curve`(excess: Float, even: Float, probability: Float) {
        var smoother = SpeechProbability()
        for _ in 0..<30 {
            smoother.update(excessDB: excess, evenAtDB: even)
        }
        #expect(abs(smoother.value - probability) < 0.001)
    }

    @Test func `one loud frame alone is no more than an even chance`() {
        var smoother = SpeechProbability()
        smoother.update(excessDB: 90, evenAtDB: 5)
        #expect(smoother.value <= 0.5)
        smoother.update(excessDB: -90, evenAtDB: 5)
        #expect(smoother.value <= 0.25)
    }
}
