// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyAudio
import Testing

@Suite("The high-pass")
struct HighPassTests {
    private static func tone(_ hertz: Double, rate: Int) -> [Int16] {
        (0..<rate).map { Int16(10_000 * sin(2 * .pi * hertz * Double($0) / Double(rate))) }
    }

    /// Level of the second half of a tone behind the filter, in dB of the tone's own.
    private static func gain(_ hertz: Double, rate: Int, strength: Double = 1) -> Double {
        var filter = HighPass(sampleRate: rate, strength: strength)
        let tone = tone(hertz, rate: rate)
        var filtered = tone
        filter.process(&filtered)
        func power(_ samples: [Int16]) -> Double { samples.suffix(rate / 2).reduce(0) { $0 + Double($1) * Double($1) } }
        return 10 * log10(max(power(filtered), 1) / power(tone))
    }

    @Test("takes away hum and leaves voices", arguments: [8_000, 24_000])
    func gains(rate: Int) {
        #expect(Self.gain(50, rate: rate) < -18)
        #expect(abs(Self.gain(150, rate: rate) + 6) < 1)
        #expect(Self.gain(1_000, rate: rate) > -0.5)
        #expect(abs(Self.gain(50, rate: rate, strength: 0)) < 0.01)
    }

    @Test("takes away a constant offset, and does not begin with a click")
    func offset() {
        var filter = HighPass(sampleRate: 24_000)
        var samples = [Int16](repeating: 20_000, count: 100)
        filter.process(&samples)
        #expect(samples.allSatisfy { $0 == 0 })
    }

    @Test("does not depend on how the stream is split, and holds at full scale")
    func pieces() {
        let tone = (0..<4_800).map { Int16($0 % 48 < 24 ? 32_767 : -32_768) }
        var whole = tone
        var filter = HighPass(sampleRate: 24_000)
        filter.process(&whole)
        var split = HighPass(sampleRate: 24_000)
        var pieces: [Int16] = []
        for start in stride(from: 0, to: tone.count, by: 77) {
            var piece = Array(tone[start..<min(start + 77, tone.count)])
            split.process(&piece)
            pieces += piece
        }
        #expect(pieces == whole)
    }
}
