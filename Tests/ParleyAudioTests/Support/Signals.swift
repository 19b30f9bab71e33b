// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Samples for tests, as fractions of full scale until they are made 16-bit.
enum Signals {
    static func sine(hertz: Double, amplitude: Double, rate: Int, count: Int) -> [Double] {
        (0..<count).map { amplitude * sin(2 * .pi * hertz * Double($0) / Double(rate)) }
    }

    static func silence(ms: Int, rate: Int) -> [Double] {
        Array(repeating: 0, count: ms * rate / 1_000)
    }

    /// White noise of a level.
    static func noise(dBFS: Double, ms: Int, rate: Int, seed: UInt64 = 1) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return generator.noise(count: ms * rate / 1_000).scaled(toDBFS: dBFS)
    }

    /// Something that is voiced as speech is: pulses of a gliding pitch through three formants, with syllables.
    static func speech(dBFS: Double, ms: Int, rate: Int) -> [Double] {
        let count = ms * rate / 1_000
        var formants = [(700.0, 90.0), (1_220, 110), (2_600, 160)]
            .map { Resonator(hertz: $0.0, width: $0.1, rate: rate) }
        var phase = 0.0
        return (0..<count)
            .map { index in
                let time = Double(index) / Double(rate)
                phase += (120 + 25 * sin(2 * .pi * 0.9 * time)) / Double(rate)
                let pulse = phase >= 1 ? 1.0 : 0
                phase -= pulse
                let voice = formants.indices.reduce(pulse) { formants[$1].filter($0) }
                let syllable = 0.65 - 0.35 * cos(2 * .pi * 4 * time)
                let edge = min(1, Double(index) / Double(rate) / 0.01, Double(count - index) / Double(rate) / 0.01)
                return voice * syllable * edge
            }
            .scaled(toDBFS: dBFS)
    }
}

private struct Resonator {
    private let gain: Double
    private let a1: Double
    private let a2: Double
    private var y1 = 0.0
    private var y2 = 0.0

    init(hertz: Double, width: Double, rate: Int) {
        let radius = exp(-.pi * width / Double(rate))
        a1 = 2 * radius * cos(2 * .pi * hertz / Double(rate))
        a2 = -radius * radius
        gain = 1 - a1 - a2
    }

    mutating func filter(_ x: Double) -> Double {
        let y = gain * x + a1 * y1 + a2 * y2
        (y1, y2) = (y, y1)
        return y
    }
}

extension [Double] {
    var rms: Double {
        (reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
    }

    /// The same signal with an RMS of `level` dB relative to full scale.
    func scaled(toDBFS level: Double) -> [Double] {
        let factor = pow(10, level / 20) / rms
        return map { $0 * factor }
    }

    /// Sum with another signal from `offset` on; the result is as long as this one.
    func mixed(with other: [Double], at offset: Int = 0) -> [Double] {
        var sum = self
        for (index, value) in other.enumerated() where offset + index < count {
            sum[offset + index] += value
        }
        return sum
    }

    /// Rounded, at full scale where it would not fit.
    var pcm: [Int16] {
        map { Int16(Swift.max(-32_768, Swift.min(32_767, ($0 * 32_768).rounded()))) }
    }
}

extension Array {
    /// This array cut into pieces of the given lengths.
    func cut(_ lengths: [Int]) -> [ArraySlice<Element>] {
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return self[start..<start + length]
        }
    }

    /// This array cut into pieces of one length; the last may be shorter.
    func cut(every length: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: length).map { self[$0..<Swift.min($0 + length, count)] }
    }
}
