// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct AudioLevelTests {
    @Test(
        arguments: [
            ([0, 0, 0], -100, 0), ([], -100, 0), ([16_384, -16_384], -6.0206, 16_384),
            ([32_767, 32_767], -0.0003, 32_767),
            ([-32_768], 0, 32_768), ([3, -5, 4], -78.092, 5), ([1] + Array(repeating: 0, count: 9_999), -100, 1),
        ] as [([Int16], Float, Int)]
    )
    func `level and peak of known samples`(samples: [Int16], decibels: Float, peak: Int) {
        let level = AudioLevel(of: samples.span)
        #expect(abs(level.rmsDBFS - decibels) < 0.01)
        #expect(level.peak == peak)
    }

    @Test func `a full-scale sine is 3 dB below a full-scale square wave`() {
        let sine = Signals.sine(hertz: 1_000, amplitude: 1, rate: 24_000, count: 24_000).pcm
        #expect(abs(AudioLevel(of: sine.span).rmsDBFS + 3.01) < 0.01)
    }

    @Test func `a minute at full scale does not overflow`() {
        let loud = [Int16](repeating: .min, count: 60 * 24_000)
        #expect(AudioLevel(of: loud.span).rmsDBFS == 0)
    }
}
