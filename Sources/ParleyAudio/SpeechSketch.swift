// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Sound that a voice activity detector takes for speech: syllables of a gliding voice with formants.
///
/// It says nothing, and a transcriber may find no words in it.
package struct SpeechSketch: Sendable {
    /// Samples per second.
    package let sampleRate: Int

    package init(sampleRate: Int) { self.sampleRate = sampleRate }

    private static let syllableMilliseconds = 240
    /// Centre of a resonance of the vocal tract in Hz, and its strength.
    private static let vowels: [[(hertz: Double, gain: Double)]] = [
        [(700, 1.0), (1200, 0.6), (2500, 0.25)],
        [(400, 1.0), (2000, 0.5), (2600, 0.3)],
        [(350, 1.0), (800, 0.6), (2300, 0.15)],
    ]

    /// 16-bit samples; peaks stay below half of full scale.
    package func speech(_ milliseconds: Int) -> [Int16] {
        let count = milliseconds * sampleRate / 1000
        let syllable = Self.syllableMilliseconds * sampleRate / 1000
        var phase = 0.0
        return (0..<count)
            .map { index in
                let position = Double(index % syllable) / Double(syllable)
                let vowel = Self.vowels[index / syllable % Self.vowels.count]
                // The pitch falls within a syllable, as in speech.
                let pitch = 150.0 - 35 * position
                phase += pitch / Double(sampleRate)
                return Int16(15_000 * envelope(position) * voice(phase, pitch: pitch, vowel: vowel))
            }
    }

    /// Rises fast, falls slowly, with a short gap before the next syllable.
    private func envelope(_ position: Double) -> Double {
        switch position {
        case ..<0.1: position / 0.1
        case ..<0.6: 1
        case ..<0.9: 1 - (position - 0.6) / 0.3
        default: 0
        }
    }

    private func voice(_ phase: Double, pitch: Double, vowel: [(hertz: Double, gain: Double)]) -> Double {
        let highest = min(3400, Double(sampleRate) / 2 - 200)
        var sum = 0.0
        var weight = 0.0
        for harmonic in 1...Int(highest / pitch) {
            let hertz = Double(harmonic) * pitch
            let gain = vowel.reduce(0.02) { total, formant in
                let distance = (hertz - formant.hertz) / 120
                return total + formant.gain / (1 + distance * distance)
            }
            sum += gain * sine(turns: phase * Double(harmonic))
            weight += gain
        }
        return sum / weight
    }

    /// Sine by Bhaskara's rational approximation, good to 0.2 %: enough for a sketch, and no library is needed.
    private func sine(turns: Double) -> Double {
        let fraction = turns - turns.rounded(.down)
        let half = fraction < 0.5 ? fraction * 2 : fraction * 2 - 1
        let product = half * (1 - half)
        let value = 16 * product / (5 - 4 * product)
        return fraction < 0.5 ? value : -value
    }
}
