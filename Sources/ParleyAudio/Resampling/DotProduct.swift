// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The inner loop of ``Resampler``.
enum DotProduct {
    /// The sum of products of two runs of equal length, a multiple of 16.
    @inline(__always)
    static func of(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Float {
        let left = UnsafeRawBufferPointer(a)
        let right = UnsafeRawBufferPointer(b)
        let width = MemoryLayout<SIMD8<Float>>.size
        // Two sums, as each addition has to wait for the one before.
        var even = SIMD8<Float>.zero
        var odd = SIMD8<Float>.zero
        var offset = 0
        while offset < left.count {
            even += product(left, right, at: offset)
            odd += product(left, right, at: offset + width)
            offset += 2 * width
        }
        let eight = even + odd
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    @inline(__always)
    private static func product(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, at offset: Int) -> SIMD8<
        Float
    > {
        a.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            * b.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
    }
}
