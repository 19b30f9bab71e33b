// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import CParleyKernels
import NIOCore
import Testing

@testable import ParleyWebSocket

private func reference(_ bytes: [UInt8], _ key: UInt32, skipping: Int = 0) -> [UInt8] {
    let key = (0..<4).map { UInt8(truncatingIfNeeded: key >> (24 - 8 * $0)) }
    return bytes.enumerated().map { $1 ^ key[($0 + skipping) % 4] }
}

@Suite("Masking")
struct MaskingTests {
    static let keys: [UInt32] = [0, 0x37FA_213D, 0xFF00_0000, 0x0000_0080, 0x8080_8080]

    @Test("in place is the RFC's XOR for all lengths", arguments: keys)
    func inPlace(key: UInt32) {
        var generator = SeededGenerator(seed: UInt64(key))
        for count in Array(0...200) + [1350, 6470] {
            let bytes = generator.bytes(count)
            var buffer = ByteBuffer(bytes: bytes)
            buffer.mask(with: key)
            #expect(Array(buffer.readableBytesView) == reference(bytes, key), "\(count) bytes")
        }
    }

    @Test("while appending is the RFC's XOR, and tells whether the result is ASCII", arguments: keys)
    func appending(key: UInt32) {
        var generator = SeededGenerator(seed: UInt64(key) + 7)
        for count in Array(0...140) + [4096] {
            let ascii = generator.bytes(count).map { $0 & 0x7F }
            var buffer = ByteBuffer(string: "before")
            let source = ByteBuffer(bytes: reference(ascii, key) + [0xFF])
            let isASCII = buffer.append(source, count: count, xoredWith: key)
            #expect(isASCII)
            #expect(Array(buffer.readableBytesView) == Array("before".utf8) + ascii)
        }
    }

    @Test("finds a single byte that is not ASCII at any place")
    func oneByte() {
        for count in 1...140 {
            for place in [0, count / 2, count - 1] {
                var bytes = Array(repeating: UInt8(0x20), count: count)
                bytes[place] = 0x80
                var buffer = ByteBuffer()
                let source = ByteBuffer(bytes: reference(bytes, 0x0102_0304))
                let isASCII = buffer.append(source, count: count, xoredWith: 0x0102_0304)
                #expect(!isASCII, "byte \(place) of \(count)")
            }
        }
    }

    /// The widths of vectors that this processor has, and none.
    static let widths: [UInt32] = [0, 128, 256, 512].filter { $0 <= parley_vector_bits() }

    @Test("is the RFC's XOR with vectors of every width, and touches nothing behind", arguments: widths)
    func everyWidth(bits: UInt32) {
        var generator = SeededGenerator(seed: 3)
        let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        for count in 0...300 {
            for isASCII in [true, false] {
                var plain = generator.bytes(count).map { $0 & 0x7F }
                if !isASCII, count > 0 { plain[Int(generator.next() % UInt64(count))] |= 0x80 }
                var bytes = reference(plain, 0x37FA_213D) + [UInt8](repeating: 9, count: 64)
                let found = bytes.withUnsafeMutableBufferPointer {
                    parley_mask($0.baseAddress, $0.baseAddress, count, key, bits)
                }
                #expect(bytes == plain + [UInt8](repeating: 9, count: 64), "\(count) bytes")
                #expect(found == (isASCII || count == 0), "\(count) bytes")
            }
        }
    }

    @Test("finds the first byte that is not ASCII with vectors of every width", arguments: widths)
    func firstByte(bits: UInt32) {
        for count in Array(0...300) + [600] {
            for place in [0, count / 3, count - 2, count - 1, count] where place >= 0 {
                var bytes = [UInt8](repeating: 0x41, count: place)
                bytes += [UInt8](repeating: 0x80, count: count - place)
                #expect(parley_ascii(bytes, count, bits) == place, "byte \(place) of \(count)")
            }
        }
    }

    @Test("goes on in the middle of a payload", arguments: 0..<9)
    func turnedKey(seen: Int) {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7]
        var buffer = ByteBuffer(bytes: bytes)
        buffer.mask(with: Masking.key(0x37FA_213D, after: seen))
        #expect(Array(buffer.readableBytesView) == reference(bytes, 0x37FA_213D, skipping: seen))
    }

    @Test("never changes bytes that somebody else can see")
    func copyOnWrite() {
        let original = ByteBuffer(string: "shared")
        var buffer = original
        buffer.mask(with: 0x0102_0304)
        #expect(original == ByteBuffer(string: "shared"))
    }

    @Test("appends nothing rather than bytes that are not there")
    func tooMany() {
        var buffer = ByteBuffer()
        _ = buffer.append(ByteBuffer(string: "ab"), count: 3, xoredWith: 0)
        #expect(buffer.readableBytes == 0)
    }
}
