// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Takes hum, rumble and DC out of a stream: two one-pole high-passes, 12 dB per octave.
package struct HighPass: Sendable {
    private let feedback: Float
    /// Makes the highest frequencies pass as they are.
    private let gain: Float
    private let strength: Float
    private var input: Float?
    private var first: Float = 0
    private var second: Float = 0

    /// A filter for samples at `sampleRate` Hz.
    ///
    /// - Parameters:
    ///   - hertz: Where each of the two poles has its corner.
    ///   - sampleRate: Hz.
    ///   - strength: How much of what is filtered out goes: 1 = all, 0 = nothing.
    package init(hertz: Double = 150, sampleRate: Int, strength: Double = 1) {
        feedback = Elementary.onePoleFeedback(hertz: hertz, sampleRate: max(1, sampleRate))
        gain = (1 + feedback) / 2
        self.strength = Float(min(1, max(0, strength)))
    }

    /// Filters the next piece of the stream, of any length.
    package mutating func process(_ samples: inout [Int16]) {
        for index in samples.indices {
            let sample = Float(samples[index])
            let next = feedback * first + gain * (sample - (input ?? sample))
            second = feedback * second + gain * (next - first)
            (input, first) = (sample, next)
            samples[index] = Int16(clamping: Int((sample + strength * (second - sample)).rounded()))
        }
        // Filters that ring out in silence would reach denormal numbers, which are many times slower.
        if max(abs(first), abs(second)) < 1e-9 { (first, second) = (0, 0) }
    }
}
