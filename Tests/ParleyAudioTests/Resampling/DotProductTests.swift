// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyAudio

struct DotProductTests {
    @Test(arguments: [0, 16, 32, 48, 352])
    func `the kernel agrees with a plain sum`(count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        // Small whole numbers: every order of additions gives the same sum.
        let a = (0..<count + 1).map { _ in Float(Int.random(in: -100...100, using: &generator)) }
        let b = (0..<count + 1).map { _ in Float(Int.random(in: -100...100, using: &generator)) }
        // From the second element on, so that nothing is aligned.
        let sum = a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                DotProduct.of(UnsafeBufferPointer(rebasing: a[1...]), UnsafeBufferPointer(rebasing: b[1...]))
            }
        }
        #expect(sum == zip(a, b).dropFirst().reduce(0) { $0 + $1.0 * $1.1 })
    }

    @Test(
        arguments: [
            (0, 0), (0.4, 0), (0.6, 1), (-0.6, -1), (-0.4, 0), (1_000.49, 1_000), (32_766.6, 32_767),
            (32_767.4, 32_767),
            (32_768, 32_767), (100_000, 32_767), (-32_768.4, -32_768), (-32_769, -32_768), (-100_000, -32_768),
        ] as [(Float, Int16)]
    )
    func `a sum becomes the nearest sample`(value: Float, sample: Int16) {
        #expect(Int16(saturating: value) == sample)
    }
}
