// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import CParleyKernels
import NIOCore
import Testing

@testable import ParleyEvents

/// The vector instructions against the definition, at every length where they begin, end and hand over.
@Suite("Base64 by vectors")
struct Base64VectorTests {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// RFC 4648 section 4, one group at a time.
    private static func encoded(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            for index in 0...3 {
                text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 0x3F)] : 0x3D)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }
    }

    /// The widths of vectors that this processor has, and none.
    static let widths: [UInt32] = [0, 128, 256, 512].filter { $0 <= parley_vector_bits() }

    private static func decode(_ text: [UInt8], _ bits: UInt32) -> ByteBuffer? {
        var buffer = ByteBuffer()
        return text.withUnsafeBytes { Base64.decode($0, into: &buffer, bits: bits) } ? buffer : nil
    }

    @Test("encodes and decodes every length up to 400", arguments: widths)
    func lengths(bits: UInt32) {
        for count in 0...400 {
            let bytes = Self.bytes(count)
            let expected = Array(Self.encoded(bytes).utf8)
            // What is written beyond its end would be seen.
            var text = [UInt8](repeating: 7, count: expected.count + 64)
            text.withUnsafeMutableBytes {
                Base64.encode(
                    ByteBuffer(bytes: bytes),
                    to: UnsafeMutableRawBufferPointer(rebasing: $0[..<expected.count]),
                    bits: bits
                )
            }
            #expect(text == expected + [UInt8](repeating: 7, count: 64), "\(count) bytes")
            #expect(Self.decode(expected, bits) == ByteBuffer(bytes: bytes), "\(count) bytes")
        }
    }

    @Test("refuses every byte outside the alphabet at every place", arguments: widths)
    func foreignBytes(bits: UInt32) {
        let text = Array(Self.encoded(Self.bytes(150)).utf8)
        for byte in UInt8.min...UInt8.max where !Self.alphabet.contains(byte) {
            for place in 0..<text.count {
                var broken = text
                broken[place] = byte
                let isPadding = byte == UInt8(ascii: "=") && place == text.count - 1
                #expect((Self.decode(broken, bits) == nil) == !isPadding, "\(byte) at \(place)")
            }
        }
    }

    @Test("appends behind what is there and leaves it alone when it fails")
    func appends() {
        var buffer = ByteBuffer(string: "kept")
        let text = Array(Self.encoded(Self.bytes(200)).utf8)
        #expect(text.withUnsafeBytes { Base64.decode($0, into: &buffer) })
        #expect(buffer == ByteBuffer(bytes: Array("kept".utf8) + Self.bytes(200)))
        var broken = text
        broken[100] = 0x21
        #expect(!broken.withUnsafeBytes { Base64.decode($0, into: &buffer) })
        #expect(buffer.readableBytes == 204)
    }
}
