// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct SampleEncodingTests {
    @Test(arguments: [
        (SampleEncoding.pcm16_24k, 24_000, 2, 48), (.g711_ulaw, 8_000, 1, 8), (.g711_alaw, 8_000, 1, 8),
    ])
    func `each encoding has the protocol's rate and size`(
        encoding: SampleEncoding,
        rate: Int,
        sample: Int,
        millisecond: Int
    ) {
        #expect(encoding.sampleRate == rate)
        #expect(encoding.bytesPerSample == sample)
        #expect(encoding.bytesPerMillisecond == millisecond)
    }

    @Test(arguments: SampleEncoding.allCases)
    func `a second of bytes is a second of samples`(encoding: SampleEncoding) {
        let bytes = [UInt8](repeating: 0x55, count: 1_000 * encoding.bytesPerMillisecond)
        #expect(bytes.withUnsafeBytes { encoding.samples(from: $0) }.count == encoding.sampleRate)
    }

    @Test(arguments: SampleEncoding.allCases)
    func `bytes that were decoded encode to themselves`(encoding: SampleEncoding) {
        var generator = SeededGenerator(seed: 5)
        // 0x7F is the other zero of µ-law.
        let bytes = (0..<4_800).map { _ in UInt8.random(in: 0...255, using: &generator) }.map { $0 == 0x7F ? 0 : $0 }
        var encoded: [UInt8] = []
        let samples = bytes.withUnsafeBytes { encoding.samples(from: $0) }
        encoding.appendBytes(encoding: samples.span, to: &encoded)
        #expect(encoded == bytes)
    }

    @Test func `encodings are told apart`() {
        let bytes: [UInt8] = [0x10, 0x20]
        let decoded = SampleEncoding.allCases.map { encoding in bytes.withUnsafeBytes { encoding.samples(from: $0) } }
        #expect(decoded == [[0x2010], [-15_996, -7_932], [-2_752, -22_016]])
    }
}
