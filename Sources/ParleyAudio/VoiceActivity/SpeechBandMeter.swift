// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Level of the speech band, 180 Hz to 3.4 kHz, of each 10 ms of a stream.
///
/// Two one-pole high-passes take away hum, rumble and DC, two one-pole low-passes hiss.
struct SpeechBandMeter: Sendable {
    /// Length of a frame in ms.
    ///
    /// At rates that are not a multiple of 100 Hz frames differ by a sample.
    static let frameMS = 10
    /// The level of digital silence, in dBFS.
    static let silenceDBFS = AudioLevel.silenceDBFS

    private let sampleRate: Int
    private let highPass: Float
    private let lowPass: Float

    private var input: Float?
    private var high1: Float = 0
    private var high2: Float = 0
    private var low1: Float = 0
    private var low2: Float = 0

    private var energy: Float = 0
    private var frameLength: Int
    private var missing: Int
    private var frames = 0

    /// A meter for samples at `sampleRate` Hz; less than 100 is taken for 100, as a frame has at least one sample.
    init(sampleRate: Int) {
        let sampleRate = max(100, sampleRate)
        self.sampleRate = sampleRate
        highPass = Elementary.onePoleFeedback(hertz: 180, sampleRate: sampleRate)
        lowPass = 1 - Elementary.onePoleFeedback(hertz: 3_400, sampleRate: sampleRate)
        frameLength = sampleRate / 100
        missing = frameLength
    }

    /// Takes samples up to the end of a frame.
    ///
    /// - Parameters:
    ///   - samples: A piece of the stream.
    ///   - position: Index of the first sample not taken yet; moves on by those that were.
    /// - Returns: The frame's level in dBFS if it is complete, or `nil` if `samples` are used up.
    mutating func nextLevel(of samples: Span<Int16>, from position: inout Int) -> Float? {
        let end = min(samples.count, position + missing)
        missing -= end - position
        accumulate(samples, from: position, to: end)
        position = end
        guard missing == 0 else {
            return nil
        }
        let power = energy / Float(frameLength) / (32_768 * 32_768)
        frames += 1
        frameLength = (frames + 1) * sampleRate / 100 - frames * sampleRate / 100
        missing = frameLength
        energy = 0
        discardDenormals()
        return power > 1e-10 ? Elementary.decibels(power: power) : Self.silenceDBFS
    }

    private mutating func accumulate(_ samples: Span<Int16>, from start: Int, to end: Int) {
        guard start < end else {
            return
        }
        // A stream that begins with a constant offset does not begin with a click.
        var previous = input ?? Float(samples[start])
        var (high1, high2, low1, low2, energy) = (high1, high2, low1, low2, energy)
        for index in start..<end {
            let sample = Float(samples[index])
            let first = highPass * (high1 + sample - previous)
            previous = sample
            high2 = highPass * (high2 + first - high1)
            high1 = first
            low1 += lowPass * (high2 - low1)
            low2 += lowPass * (low1 - low2)
            energy += low2 * low2
        }
        input = previous
        (self.high1, self.high2, self.low1, self.low2, self.energy) = (high1, high2, low1, low2, energy)
    }

    /// Filters that ring out in digital silence would reach denormal numbers, which are many times slower.
    private mutating func discardDenormals() {
        if max(abs(high1), abs(high2), abs(low1), abs(low2)) < 1e-15 {
            (high1, high2, low1, low2) = (0, 0, 0, 0)
        }
    }
}
