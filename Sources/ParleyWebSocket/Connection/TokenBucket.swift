// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Allows so many of something per second, and as many at once as come together in a second.
///
/// Nothing is counted or refilled: one point in time is kept, at which every token taken will have come back.
package struct TokenBucket: Sendable {
    /// Nanoseconds in which one token comes back, and in which all of them do.
    private let interval: Int64
    private let whole: Int64
    private var full: NIODeadline

    /// A bucket that is full.
    ///
    /// - Parameters:
    ///   - perSecond: Tokens that come back each second and that there are in all; 1 to 1,000,000.
    ///   - now: The current time.
    package init(perSecond: Int, now: NIODeadline) {
        let rate = Int64(min(max(perSecond, 1), 1_000_000))
        interval = 1_000_000_000 / rate
        whole = interval * rate
        full = now
    }

    /// Whether nothing is taken, so that it is like a new one.
    package func isFull(at now: NIODeadline) -> Bool { full <= now }

    /// Takes a token if there is one.
    ///
    /// - Returns: When there will be one; `nil` if it was taken.
    package mutating func take(at now: NIODeadline) -> NIODeadline? {
        let next = max(full, now) + .nanoseconds(interval)
        let allowed = now + .nanoseconds(whole)
        guard next > allowed else {
            full = next
            return nil
        }
        return now + (next - allowed)
    }

    /// Takes a token for what has happened already, even if none is left.
    ///
    /// - Returns: When a tenth of the tokens will be there again; `nil` while some are left.
    package mutating func spend(at now: NIODeadline) -> NIODeadline? {
        full = max(full, now) + .nanoseconds(interval)
        return full > now + .nanoseconds(whole) ? full - .nanoseconds(whole / 10 * 9) : nil
    }
}
