// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// When which session is to be opened, and how many may be on their way at a time.
package struct OpeningSchedule: Sendable {
    /// Most connections of one event loop that are being opened at a time.
    package static let atATime = 64

    private let ramp: Int64
    private let total: Int

    /// - Parameters:
    ///   - ramp: Over how long the openings are spread, in nanoseconds; 0 for as fast as they go.
    ///   - total: How many sessions all loops have together.
    package init(ramp: Int64, total: Int) {
        self.ramp = max(0, ramp)
        self.total = max(1, total)
    }

    /// When the session of that number among all is due, in nanoseconds since the beginning.
    package func due(_ number: Int) -> Int64 { Int64(Double(ramp) / Double(total) * Double(number)) }
}
