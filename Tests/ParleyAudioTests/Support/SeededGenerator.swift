// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// SplitMix64: the same numbers on every machine and in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// White noise, evenly spread over -1...1.
    mutating func noise(count: Int) -> [Double] {
        (0..<count).map { _ in Double(Int64(bitPattern: next())) / 0x1p63 }
    }

    /// Lengths up to `longest`, some of them 0, that sum up to `total`.
    mutating func pieces(of total: Int, longest: Int) -> [Int] {
        var left = total
        var lengths: [Int] = []
        while left > 0 {
            let length = Int.random(in: 0...min(longest, left), using: &self)
            lengths.append(length)
            left -= length
        }
        return lengths
    }
}
