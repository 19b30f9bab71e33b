// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CParleyKernels
internal import NIOCore

/// The XOR of RFC 6455 section 5.3.
enum Masking {
    /// XORs bytes with the key and tells whether all results are ASCII.
    ///
    /// Text is nearly always ASCII here (JSON around base64), and the answer costs next to nothing while
    /// the bytes are in registers; with it a text frame needs no second pass for UTF-8.
    ///
    /// - Parameters:
    ///   - key: First byte to apply as the most significant; 0 leaves the bytes as they are.
    ///   - source: `count` bytes to read.
    ///   - destination: `count` bytes to write: `source` itself, or memory that does not overlap it.
    ///   - count: Number of bytes.
    /// - Returns: `true` if no result has its top bit set.
    static func apply(
        _ key: UInt32,
        from source: UnsafeRawPointer,
        to destination: UnsafeMutableRawPointer,
        count: Int
    ) -> Bool {
        withUnsafeBytes(of: key.bigEndian) { key in
            parley_mask(destination, source, count, key.baseAddress, parley_vector_bits())
        }
    }

    /// The key as it applies after `count` bytes of a payload.
    static func key(_ key: UInt32, after count: Int) -> UInt32 {
        key.rotatedLeft(by: UInt32(truncatingIfNeeded: count & 3) * 8)
    }
}

extension UInt32 {
    @inline(__always)
    fileprivate func rotatedLeft(by bits: UInt32) -> UInt32 {
        self &<< bits | self &>> (32 &- bits)
    }
}

extension ByteBuffer {
    /// XORs the readable bytes with the key, in place if nothing else refers to them.
    mutating func mask(with key: UInt32) { mask(last: readableBytes, with: key) }

    /// XORs the last `count` readable bytes with the key, in place if nothing else refers to them.
    mutating func mask(last count: Int, with key: UInt32) {
        withUnsafeMutableReadableBytes { bytes in
            guard let base = bytes.baseAddress, count <= bytes.count else { return }
            let start = base + (bytes.count - count)
            _ = Masking.apply(key, from: start, to: start, count: count)
        }
    }

    /// Appends the first `count` readable bytes of `source`, XORed with the key.
    ///
    /// - Returns: `true` if all appended bytes are ASCII.
    mutating func append(_ source: ByteBuffer, count: Int, xoredWith key: UInt32) -> Bool {
        var isASCII = true
        _ = source.withUnsafeReadableBytes { source in
            writeWithUnsafeMutableBytes(minimumWritableBytes: count) { destination in
                guard let from = source.baseAddress, let to = destination.baseAddress, count <= source.count else {
                    return 0
                }
                isASCII = Masking.apply(key, from: from, to: to, count: count)
                return count
            }
        }
        return isASCII
    }
}
