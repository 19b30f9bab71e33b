// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// When which session of an event loop is due to send, at the rate at which people speak.
///
/// The sessions of all loops are spread evenly over the length of a chunk, so that the server meets a steady stream, as
/// from callers who know nothing of each other. What is due together is due within one slot of at least 100 µs, so that
/// thousands of sessions need no more than 10,000 timers a second. All times are nanoseconds since the beginning.
package struct PaceSchedule: Sendable {
    /// Least distance of two slots.
    static let slot: Int64 = 100_000

    private let phases: [Int64]
    private let period: Int64
    private var turn: Int64 = 0
    private var next = 0

    /// The schedule of one loop.
    ///
    /// - Parameters:
    ///   - sessions: The numbers of its sessions among all, ascending.
    ///   - total: How many sessions all loops have together.
    ///   - period: The length of a chunk.
    package init(sessions: [Int], of total: Int, period: Int64) {
        let period = max(period, Self.slot)
        self.period = period
        let step = Double(period) / Double(max(1, total))
        phases = sessions.map { number in min(Int64(Double(number) * step), period - 1) / Self.slot * Self.slot }
    }

    /// When something is due next; nil without sessions.
    package var nextDue: Int64? { phases.isEmpty ? nil : turn * period + phases[next] }

    /// Takes one thing that is due.
    ///
    /// - Parameter now: The current time.
    /// - Returns: The place of the session among those of the loop and the time at which it was due; nil when nothing
    ///   more is due yet.
    package mutating func take(at now: Int64) -> (place: Int, due: Int64)? {
        guard let due = nextDue, due <= now else { return nil }
        let place = next
        next += 1
        if next == phases.count {
            next = 0
            turn += 1
        }
        return (place, due)
    }
}
