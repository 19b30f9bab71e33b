// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyAudio
import Testing

struct G711Tests {
    enum Law: CaseIterable {
        case mu
        case a

        var codec: G711 { self == .mu ? .muLaw : .aLaw }
    }

    static let codes = Array(UInt8.min...UInt8.max)

    /// Reconstruction values of the standard's tables, on the 16-bit scale.
    @Test(
        arguments: [
            (0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0xF0, 120), (0xEF, 132), (0x80, 32_124), (0x00, -32_124),
            (0x8F, 16_764), (0x9F, 8_316),
        ] as [(UInt8, Int16)]
    )
    func `µ-law codes stand for the samples of the standard`(code: UInt8, sample: Int16) {
        #expect(G711.muLaw.sample(of: code) == sample)
    }

    @Test(
        arguments: [
            (0xD5, 8), (0x55, -8), (0xD4, 24), (0xDA, 248), (0xC5, 264), (0xAA, 32_256), (0x2A, -32_256),
            (0xA5, 16_896),
        ] as [(UInt8, Int16)]
    )
    func `A-law codes stand for the samples of the standard`(code: UInt8, sample: Int16) {
        #expect(G711.aLaw.sample(of: code) == sample)
    }

    @Test func `all µ-law codes survive a round trip, but for the negative zero`() {
        let back = Self.codes.map { G711.muLaw.code(of: G711.muLaw.sample(of: $0)) }
        #expect(back == Self.codes.map { $0 == 0x7F ? 0xFF : $0 })
    }

    @Test func `all A-law codes survive a round trip`() {
        #expect(Self.codes.map { G711.aLaw.code(of: G711.aLaw.sample(of: $0)) } == Self.codes)
    }

    /// 1 kHz at 0 dBm0, from tables 5 and 6 of the standard.
    ///
    /// The highest decision value, 8 159 · 4 or 4 096 · 8, lies 3.17 dB over it in µ-law and 3.14 dB in A-law.
    @Test(
        arguments: [
            (.mu, [0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E], -3.17, 32_636),
            (.a, [0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4], -3.14, 32_768),
        ] as [(Law, [UInt8], Float, Float)]
    )
    func `the digital milliwatt has its level`(law: Law, codes: [UInt8], decibels: Float, fullScale: Float) {
        var samples: [Int16] = []
        codes.withUnsafeBytes { law.codec.appendSamples(decoding: $0, to: &samples) }
        #expect(zip(samples, samples.dropFirst(4)).allSatisfy { $0 == -$1 })
        let level = AudioLevel(of: samples.span).rmsDBFS
        let fullScaleSine = fullScale / 32_768 / Float(2).squareRoot()
        #expect(abs(level - 20 * log10(fullScaleSine) - decibels) < 0.05)
    }

    @Test(arguments: [(.mu, 0x80, 0x00), (.a, 0xAA, 0x2A)] as [(Law, UInt8, UInt8)])
    func `full scale takes the outermost codes`(law: Law, highest: UInt8, lowest: UInt8) {
        #expect(law.codec.code(of: .max) == highest)
        #expect(law.codec.code(of: .min) == lowest)
    }

    /// The definition without tables: the interval a magnitude lies in, between the standard's decision values.
    static func decisionValues(segmentStart: (Int) -> Int, step: (Int) -> Int) -> [Int] {
        (0..<8).flatMap { segment in (0..<16).map { segmentStart(segment) + $0 * step(segment) } }
    }

    @Test func `each µ-law sample takes the interval between its decision values`() {
        // 14-bit scale: 1, 3 … 31, 35 … 95, 103 … in steps of 2, 4, 8 …
        let decisions = Self.decisionValues(segmentStart: { 32 << $0 - 33 }, step: { 2 << $0 })
        for sample in Int16.min...Int16.max {
            let magnitude = Int(sample < 0 ? ~sample : sample) / 4
            let interval = decisions.lastIndex { $0 <= magnitude } ?? 0
            let expected = UInt8(sample < 0 ? 0x7F : 0xFF) - UInt8(interval)
            guard G711.muLaw.code(of: sample) == expected else {
                Issue.record("sample \(sample) has code \(G711.muLaw.code(of: sample)), not \(expected)")
                return
            }
        }
    }

    @Test func `each A-law sample takes the interval between its decision values`() {
        // 16-bit scale: 0, 16 … 512 in steps of 16, then 32, 64 …
        let decisions = Self.decisionValues(segmentStart: { $0 == 0 ? 0 : 128 << $0 }, step: { $0 == 0 ? 16 : 8 << $0 })
        for sample in Int16.min...Int16.max {
            let magnitude = Int(sample < 0 ? ~sample : sample)
            let interval = decisions.lastIndex { $0 <= magnitude } ?? 0
            let expected = (UInt8(sample < 0 ? 0 : 0x80) | UInt8(interval)) ^ 0x55
            guard G711.aLaw.code(of: sample) == expected else {
                Issue.record("sample \(sample) has code \(G711.aLaw.code(of: sample)), not \(expected)")
                return
            }
        }
    }

    @Test(arguments: Law.allCases, [0.9, 0.3, 0.1, 0.03])
    func `a sine keeps the same signal-to-noise ratio at all levels`(law: Law, amplitude: Double) {
        let sine = Signals.sine(hertz: 1_004, amplitude: amplitude, rate: 8_000, count: 8_000).pcm
        let back = sine.map { law.codec.sample(of: law.codec.code(of: $0)) }
        let ratio = SineFit(back, hertz: 1_004, rate: 8_000).signalToNoiseDB
        #expect(ratio > 35 && ratio < 42)
    }

    @Test(arguments: Law.allCases)
    func `many at a time are as one by one, after what is there`(law: Law) {
        let samples = Array(Int16.min...Int16.max)
        var codes: [UInt8] = [1, 2]
        law.codec.appendBytes(encoding: samples.span, to: &codes)
        #expect(codes == [1, 2] + samples.map { law.codec.code(of: $0) })

        var decoded: [Int16] = [3]
        Self.codes.withUnsafeBytes { law.codec.appendSamples(decoding: $0, to: &decoded) }
        #expect(decoded == [3] + Self.codes.map { law.codec.sample(of: $0) })
    }
}
