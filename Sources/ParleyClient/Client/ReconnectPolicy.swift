// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Whether and when a lost connection is opened again.
public struct ReconnectPolicy: Sendable, Equatable {
    /// Attempts in a row before it is given up, default 8; 0 never reconnects.
    public var attempts = 8
    /// Before the first attempt; default 500 ms.
    public var firstDelay = Duration.milliseconds(500)
    /// The longest, default 30 s.
    public var longestDelay = Duration.seconds(30)
    /// By how much it grows each time; default 2.
    public var factor = 2.0
    /// The part of the delay that is left to chance, 0–1, so that clients of one server do not come all at once.
    public var jitter = 0.3

    /// The defaults.
    public init() {}

    /// Never reconnects.
    public static var never: ReconnectPolicy {
        var policy = ReconnectPolicy()
        policy.attempts = 0
        return policy
    }

    /// How long to wait before an attempt.
    ///
    /// - Parameters:
    ///   - attempt: 1 for the first.
    ///   - chance: 0..<1.
    /// - Returns: Nil if it is given up.
    func delay(beforeAttempt attempt: Int, chance: Double) -> Duration? {
        guard attempt <= attempts else { return nil }
        var delay = firstDelay
        for _ in 1..<max(1, attempt) where delay < longestDelay { delay = delay * max(1, factor) }
        return min(delay, longestDelay) * (1 - min(1, max(0, jitter)) * chance)
    }

    /// Whether another connection may go better than one that ended like this.
    func reconnects(after close: RealtimeClose) -> Bool {
        guard attempts > 0, !close.isOurs else { return false }
        return switch close.code {
        // The server has nothing against the client: it restarts, is overloaded, or the network broke.
        case nil, 1001, 1005, 1006, 1011, 1012, 1013, 1014: true
        // Some end an expired session so; who closed normally may be had again.
        case 1000: true
        default: false
        }
    }
}
