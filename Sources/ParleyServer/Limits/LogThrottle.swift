// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// Keeps what clients can bring about at will from filling the log: five lines per second, the others are counted.
struct LogThrottle: Sendable {
    private var lines = TokenBucket(perSecond: 5, now: .uptimeNanoseconds(0))
    private var suppressed = 0

    /// A line is to be written.
    ///
    /// - Returns: How many were not written since the last one that was; `nil` if this one is not to be written either.
    mutating func line(at now: NIODeadline) -> Int? {
        guard lines.take(at: now) == nil else {
            suppressed += 1
            return nil
        }
        defer { suppressed = 0 }
        return suppressed
    }
}
