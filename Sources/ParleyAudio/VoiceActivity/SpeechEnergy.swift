// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How far each 10 ms of a stream stands out of its noise, and how likely that is speech.
///
/// Knows nothing of turns: ``VoiceActivityDetector`` decides from these frames when someone starts and stops.
/// Memory and time for a frame are constant.
package struct SpeechEnergy: Sendable {
    /// One frame of 10 ms.
    package struct Frame: Sendable, Hashable {
        /// Level of the speech band (180 Hz to 3.4 kHz) in dBFS, at least -100.
        package let levelDBFS: Float
        /// Level over what the stream has without speech, in dB.
        package let excessDB: Float
        /// Probability of speech, 0...1, smoothed over some 20 ms.
        package let probability: Float
    }

    /// Excess in dB at which speech and noise are equally likely.
    package static let evenExcessDB: Float = 5

    private var meter: SpeechBandMeter
    private var noise: NoiseModel?
    private var smoother = SpeechProbability()

    /// Starts a stream of samples at `sampleRate` Hz (at least 100).
    package init(sampleRate: Int) {
        meter = SpeechBandMeter(sampleRate: sampleRate)
    }

    /// Takes samples up to the end of a frame.
    ///
    /// - Parameters:
    ///   - samples: A piece of the stream, of any length.
    ///   - position: Index of the first sample not taken yet; moves on by those that were.
    /// - Returns: The frame if it is complete, or `nil` if `samples` are used up.
    package mutating func nextFrame(of samples: Span<Int16>, from position: inout Int) -> Frame? {
        guard let level = meter.nextLevel(of: samples, from: &position) else {
            return nil
        }
        var model = noise ?? NoiseModel(firstLevel: level)
        model.update(level: level, inSpeech: smoother.value >= 0.5)
        noise = model
        let excess = level - model.base
        smoother.update(excessDB: excess, evenAtDB: Self.evenExcessDB)
        return Frame(levelDBFS: level, excessDB: excess, probability: smoother.value)
    }
}

/// Probability of speech from the excess of each frame, smoothed.
struct SpeechProbability: Sendable {
    /// 0...1.
    private(set) var value: Float = 0

    /// Takes in one frame that stands `excessDB` over the noise, when speech is as likely as not at `evenAtDB`.
    mutating func update(excessDB: Float, evenAtDB: Float) {
        value += 0.5 * (Elementary.logistic((excessDB - evenAtDB) / 1.6) - value)
    }
}
