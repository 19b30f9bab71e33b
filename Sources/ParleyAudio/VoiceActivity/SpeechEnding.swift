// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How somebody fell silent, as far as the sound tells without the words.
package enum SpeechEnding: Sendable, Hashable, CaseIterable {
    /// The voice fell before it ceased, as at the end of a sentence.
    case finished
    /// Neither of both can be told.
    case unclear
    /// A long even sound: a drawled word, an "er", somebody who thinks what to say next.
    case hesitating
}

/// The course of a voice's level, kept up to the last moment: memory and time for a frame are constant.
struct SpeechContour: Sendable {
    /// Voice it takes to judge, in frames of 10 ms.
    private static let leastFrames = 40
    /// Frames at the end that are compared with all others.
    private static let tailFrames = 12
    /// Frames of an even sound without a gap, and how many at its end do not count, since the room dies away there.
    private static let evenFrames = 40
    private static let fadingFrames = 4
    /// How far the voice falls at the end of a sentence, in dB under its mean.
    private static let fallDB: Float = 4
    /// How much an even sound may vary (standard deviation) and lie under the mean, in dB.
    private static let evenDB: Float = 0.8
    private static let evenUnderMeanDB: Float = 3

    private var sum: Float = 0
    private var count = 0
    /// Length of the last piece of voice without a gap, in frames.
    private var run = 0
    private var wasVoice = false
    private var smoothed: Float = 0
    /// The latest levels, smoothed, in half dB below full scale.
    private var levels = SIMD64<UInt8>(repeating: 0)
    private var next = 0

    /// Takes in one frame; `isVoice` tells whether it stands out of the noise.
    mutating func add(levelDBFS level: Float, isVoice: Bool) {
        defer { wasVoice = isVoice }
        guard isVoice else { return }
        sum += level
        count += 1
        run = wasVoice ? run + 1 : 1
        // A frame holds no whole number of the voice's periods, which alone makes it louder or softer by 1 dB.
        smoothed = run == 1 ? level : smoothed + 0.5 * (level - smoothed)
        levels[next] = UInt8(clamping: Int(-2 * smoothed))
        next = (next + 1) % levels.scalarCount
    }

    /// The level of the frame that many frames of voice ago.
    private func level(ago: Int) -> Float {
        -Float(levels[(next - 1 - ago + 2 * levels.scalarCount) % levels.scalarCount]) / 2
    }

    private func statistics(ago: Range<Int>) -> (mean: Float, deviation: Float) {
        let mean = ago.reduce(Float(0)) { $0 + level(ago: $1) } / Float(ago.count)
        let squares = ago.reduce(Float(0)) { $0 + (level(ago: $1) - mean) * (level(ago: $1) - mean) }
        return (mean, (squares / Float(ago.count)).squareRoot())
    }

    /// How the voice ends if nothing follows.
    var ending: SpeechEnding {
        guard count >= Self.leastFrames else { return .unclear }
        let mean = sum / Float(count)
        if run >= Self.evenFrames + Self.fadingFrames {
            let even = statistics(ago: Self.fadingFrames..<Self.fadingFrames + Self.evenFrames)
            if even.deviation < Self.evenDB, even.mean > mean - Self.evenUnderMeanDB { return .hesitating }
        }
        return statistics(ago: 0..<Self.tailFrames).mean < mean - Self.fallDB ? .finished : .unclear
    }
}
