// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

struct PCM16Tests {
    static let bytes: [UInt8] = [0x00, 0x00, 0x01, 0x00, 0xFF, 0xFF, 0xFF, 0x7F, 0x00, 0x80, 0x34, 0x12]
    static let samples: [Int16] = [0, 1, -1, 32_767, -32_768, 0x1234]

    @Test func `bytes are little-endian samples`() {
        #expect(Self.bytes.withUnsafeBytes { PCM16.samples(fromLittleEndian: $0) } == Self.samples)
        #expect(PCM16.samples(fromLittleEndian: Self.bytes) == Self.samples)
    }

    @Test func `a sequence without contiguous storage gives the same samples`() {
        #expect(PCM16.samples(fromLittleEndian: Self.bytes.lazy.map { $0 }) == Self.samples)
        #expect(PCM16.samples(fromLittleEndian: AnySequence(Self.bytes)) == Self.samples)
    }

    @Test func `samples become the bytes they came from`() {
        #expect(PCM16.bytes(littleEndian: Self.samples.span) == Self.bytes)
    }

    @Test func `all 65536 samples survive the way there and back`() {
        let all = Array(Int16.min...Int16.max)
        #expect(PCM16.samples(fromLittleEndian: PCM16.bytes(littleEndian: all.span)) == all)
    }

    @Test func `bytes at an odd address are read`() {
        let shifted = [0xEE] + Self.bytes
        let samples = shifted.withUnsafeBytes {
            PCM16.samples(fromLittleEndian: UnsafeRawBufferPointer(rebasing: $0.dropFirst()))
        }
        #expect(samples == Self.samples)
    }

    @Test func `an odd last byte is left out`() {
        #expect(PCM16.samples(fromLittleEndian: [0x01, 0x00, 0x02]) == [1])
        #expect(PCM16.samples(fromLittleEndian: [0x02]) == [])
        #expect(PCM16.samples(fromLittleEndian: [UInt8]()) == [])
    }

    @Test func `appending keeps what is there`() {
        var bytes: [UInt8] = [9]
        let added: [Int16] = [0x0102, -2]
        PCM16.appendBytes(littleEndian: added.span, to: &bytes)
        #expect(bytes == [9, 0x02, 0x01, 0xFE, 0xFF])

        var samples: [Int16] = [7]
        bytes.withUnsafeBytes {
            PCM16.appendSamples(fromLittleEndian: UnsafeRawBufferPointer(rebasing: $0[1...]), to: &samples)
        }
        #expect(samples == [7, 0x0102, -2])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a stream cut anywhere gives the same samples`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = PCM16.StreamDecoder()
        var samples: [Int16] = []
        for piece in Self.bytes.cut(generator.pieces(of: Self.bytes.count, longest: 5)) {
            Array(piece).withUnsafeBytes { decoder.append($0, to: &samples) }
        }
        #expect(samples == Self.samples)
        #expect(decoder.carry == nil)
    }

    @Test func `a stream that ends within a sample says so`() {
        var decoder = PCM16.StreamDecoder()
        var samples: [Int16] = []
        ([1, 0, 5] as [UInt8]).withUnsafeBytes { decoder.append($0, to: &samples) }
        #expect(samples == [1])
        #expect(decoder.carry == 5)
        ([] as [UInt8]).withUnsafeBytes { decoder.append($0, to: &samples) }
        #expect(decoder.carry == 5)
    }
}
