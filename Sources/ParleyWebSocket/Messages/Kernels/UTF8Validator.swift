// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CParleyKernels
package import NIOCore

/// Judges UTF-8 that comes in pieces (RFC 3629), refusing it at the first byte that cannot be right.
package struct UTF8Validator: Sendable {
    /// A validator at the beginning of a text.
    package init() {}

    /// Bytes the current character still lacks, 0 to 3.
    private var missing: UInt8 = 0
    /// Bounds of its next byte: narrower than 80...BF after E0, ED, F0 and F4, which is what rules out
    /// overlong forms, surrogates and anything above U+10FFFF.
    private var low: UInt8 = 0x80
    private var high: UInt8 = 0xBF

    /// Whether all characters so far are complete.
    package var isBetweenCharacters: Bool { missing == 0 }

    /// Whether the readable bytes of `buffer` are UTF-8 from beginning to end.
    package static func isValid(_ buffer: ByteBuffer) -> Bool {
        var validator = UTF8Validator()
        return validator.received(last: buffer.readableBytes, of: buffer) && validator.isBetweenCharacters
    }

    /// More text came: the last `count` readable bytes of `buffer`.
    ///
    /// - Returns: `false` if the text can no longer become valid; the validator is then of no further use.
    package mutating func received(last count: Int, of buffer: ByteBuffer) -> Bool {
        buffer.withUnsafeReadableBytes { bytes in
            received(UnsafeRawBufferPointer(rebasing: bytes.suffix(count)))
        }
    }

    private mutating func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        let end = bytes.count
        var offset = 0
        while true {
            while missing > 0 {
                guard offset < end else { return true }
                let byte = base.load(fromByteOffset: offset, as: UInt8.self)
                guard byte >= low && byte <= high else { return false }
                (low, high) = (0x80, 0xBF)
                missing &-= 1
                offset &+= 1
            }
            offset = Self.skipASCII(base, from: offset, to: end)
            offset = Self.skipWholeCharacters(base, from: offset, to: end)
            guard offset < end else { return true }
            let byte = base.load(fromByteOffset: offset, as: UInt8.self)
            if byte < 0x80 { continue }
            guard begin(with: byte) else { return false }
            offset &+= 1
        }
    }

    /// Takes the first byte of a character of more than one byte.
    @inline(__always)
    private mutating func begin(with byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, low) = (2, 0xA0)
        case 0xED: (missing, high) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, low) = (3, 0x90)
        case 0xF4: (missing, high) = (3, 0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }

    /// The offset of the first byte that is not ASCII, or `end`.
    @inline(__always)
    private static func skipASCII(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        // Between characters of another script a call is not worth its while.
        var offset = start
        while offset < end && offset &- start < 8 {
            guard base.load(fromByteOffset: offset, as: UInt8.self) < 0x80 else { return offset }
            offset &+= 1
        }
        return offset &+ parley_ascii(base + offset, end &- offset, parley_vector_bits())
    }

    /// The offset of the first byte that is ASCII, or begins a character that is wrong or may not be complete.
    ///
    /// Judges a character by one load of four bytes, the first of them lowest: the bits that mark its length,
    /// then the bits that would be zero in an overlong form, and those that tell surrogates and the end of Unicode.
    @inline(__always)
    private static func skipWholeCharacters(_ base: UnsafeRawPointer, from start: Int, to end: Int) -> Int {
        var offset = start
        while offset &+ 4 <= end {
            let word = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            if word & 0x00C0_C0F0 == 0x0080_80E0 {
                let top = word & 0x0000_200F
                guard top != 0 && top != 0x0000_200D else { break }
                offset &+= 3
            } else if word & 0x0000_C0E0 == 0x0000_80C0 {
                guard word & 0x0000_001E != 0 else { break }
                offset &+= 2
            } else if word & 0xC0C0_C0F8 == 0x8080_80F0 {
                guard word & 0x0000_3007 != 0 && (word & 0x4 == 0 || word & 0x0000_3003 == 0) else { break }
                offset &+= 4
            } else {
                break
            }
        }
        return offset
    }
}
