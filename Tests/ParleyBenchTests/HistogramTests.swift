// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyBench

@Suite("Histogram of durations")
struct HistogramTests {
    private static let percents = [0, 0.1, 1, 10, 25, 50, 75, 90, 99, 99.9, 99.99, 100]

    /// The exact percentile of sorted durations.
    private static func exact(_ sorted: [UInt64], _ percent: Double) -> UInt64 {
        let rank = min(sorted.count, max(1, Int((percent / 100 * Double(sorted.count)).rounded(.up))))
        return sorted[rank - 1]
    }

    @Test("Every duration falls into a bucket that ends at it or less than 0.8 % above it")
    func buckets() {
        var durations = Array(UInt64(0)...70_000)
        for power in 16..<36 {
            for step: UInt64 in [0, 1, 2, 12_345] {
                durations += [UInt64(1) << UInt64(power) + step, UInt64(1) << UInt64(power) - 1 - step]
            }
        }
        for duration in durations {
            let bound = Histogram.upperBound(of: Histogram.bucket(of: duration))
            #expect(bound >= duration)
            #expect(Double(bound - duration) < max(1, Double(duration) / 128), "\(duration) is read as \(bound)")
        }
    }

    @Test("Buckets follow each other without a gap")
    func gaps() {
        let last = Histogram.bucket(of: Histogram.longest)
        for bucket in 0..<last {
            #expect(Histogram.bucket(of: Histogram.upperBound(of: bucket) + 1) == bucket + 1)
        }
    }

    @Test("Percentiles are those of the sorted durations, within the error that is promised", arguments: 0..<40)
    func percentiles(seed: Int) {
        var random = Numbers(seed: UInt64(seed))
        let count = [1, 2, 3, 99, 100, 101, 1_000, 5_000][seed % 8]
        let widest = UInt64(1) << UInt64(5 + seed % 26)
        let durations = (0..<count).map { _ in random.next() % widest }
        var histogram = Histogram()
        for duration in durations { histogram.record(duration) }
        let sorted = durations.sorted()
        for percent in Self.percents {
            let exact = Self.exact(sorted, percent)
            let read = histogram.percentile(percent)
            #expect(read >= exact)
            #expect(
                Double(read - exact) < max(1, Double(exact) / 128),
                "p\(percent) of \(count): \(read), not \(exact)"
            )
        }
        #expect(histogram.maximum == sorted.last)
        #expect(histogram.percentile(100) == sorted.last)
        #expect(histogram.count == UInt64(count))
    }

    @Test("Merging is the same as recording everything in one", arguments: 0..<10)
    func merging(seed: Int) {
        var random = Numbers(seed: UInt64(100 + seed))
        var whole = Histogram()
        var parts = [Histogram(), Histogram(), Histogram()]
        for index in 0..<2_000 {
            let duration = random.next() >> (random.next() % 50 + 10)
            whole.record(duration)
            parts[index % 3].record(duration)
        }
        var merged = Histogram()
        for part in parts { merged.merge(part) }
        #expect(merged == whole)
    }

    @Test("What is longer than the longest is counted, and the maximum is exact")
    func overlong() {
        var histogram = Histogram()
        histogram.record(.max)
        histogram.record(5)
        #expect(histogram.maximum == .max)
        #expect(histogram.percentile(50) == 5)
        #expect(histogram.percentile(100) == Histogram.longest)
    }

    @Test("An empty one reads 0")
    func empty() {
        #expect(Histogram().percentile(99) == 0)
        #expect(Histogram().entries.isEmpty)
    }

    @Test("Its entries say how often everything was recorded")
    func entries() {
        var histogram = Histogram()
        histogram.record(3, times: 2)
        histogram.record(1_000)
        #expect(histogram.entries.map(\.count) == [2, 1])
        #expect(histogram.entries.first?.upTo == 3)
    }
}

/// Numbers that are the same each time (SplitMix64).
struct Numbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
