// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How often which duration was seen, in buckets that are fine for short ones and coarse for long ones.
///
/// Each power of two is divided into 128 equal steps, so that what is read from it is never below the true value and
/// above it by less than 1/128 (0.8 %). Durations are whole microseconds. At most 30 KiB, whatever is recorded.
package struct Histogram: Sendable, Equatable {
    /// How many durations were recorded.
    package private(set) var count: UInt64 = 0
    /// The longest one in µs, exactly; 0 if there is none.
    package private(set) var maximum: UInt64 = 0
    /// How often each bucket was met, as far as the highest one that was.
    private var buckets: [UInt64] = []

    package init() {}

    private static let steps = 128
    private static let stepBits = 7
    /// Longer durations (19 hours) are counted as this one; ``maximum`` knows better.
    static let longest = UInt64(1) << 36 - 1

    /// Counts a duration.
    package mutating func record(_ microseconds: UInt64, times: UInt64 = 1) {
        guard times > 0 else { return }
        let bucket = Self.bucket(of: microseconds)
        if bucket >= buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: bucket + 1 - buckets.count))
        }
        buckets[bucket] &+= times
        count &+= times
        maximum = max(maximum, microseconds)
    }

    /// Counts what another one has counted.
    package mutating func merge(_ other: Histogram) {
        if other.buckets.count > buckets.count {
            buckets.append(contentsOf: repeatElement(0, count: other.buckets.count - buckets.count))
        }
        for (bucket, times) in other.buckets.enumerated() where times > 0 { buckets[bucket] &+= times }
        count &+= other.count
        maximum = max(maximum, other.maximum)
    }

    /// The shortest duration that at least `percent` of all do not exceed.
    ///
    /// - Parameter percent: 0 to 100.
    /// - Returns: µs; 0 if nothing was recorded.
    package func percentile(_ percent: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        let wanted = min(count, max(1, UInt64((percent / 100 * Double(count)).rounded(.up))))
        var seen: UInt64 = 0
        for (bucket, times) in buckets.enumerated() {
            seen += times
            if seen >= wanted { return min(Self.upperBound(of: bucket), maximum) }
        }
        return maximum
    }

    /// The buckets that were met: their upper bound in µs and how often, in ascending order.
    package var entries: [(upTo: UInt64, count: UInt64)] {
        buckets.enumerated().filter { $0.element > 0 }.map { (Self.upperBound(of: $0.offset), $0.element) }
    }

    static func bucket(of microseconds: UInt64) -> Int {
        let value = min(microseconds, longest)
        guard value >= UInt64(steps) else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        let step = Int(value >> UInt64(power - stepBits)) & (steps - 1)
        return (power - stepBits + 1) * steps + step
    }

    /// The largest duration of a bucket.
    static func upperBound(of bucket: Int) -> UInt64 {
        guard bucket >= steps else { return UInt64(bucket) }
        let shift = UInt64(bucket / steps - 1)
        return (UInt64(steps + bucket % steps) + 1) << shift - 1
    }
}
