// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// What was sent and has not reached the peer yet, in bytes.
package struct Unsent: Sendable, Equatable {
    /// What the system has not taken.
    package var bytes: Int
    /// What it has taken and the peer has not.
    package var inSystem: Int

    package init(bytes: Int = 0, inSystem: Int = 0) {
        self.bytes = bytes
        self.inSystem = inSystem
    }

    var total: Int { bytes + inSystem }
}

/// Watches for a peer that does not take what is sent to it.
///
/// As long as the peer takes anything at all within the timeout, however little, it is only slow: who produces for it
/// is slowed down, and nothing is held against it.
struct SendWatch: Sendable {
    /// What is wrong with the peer.
    enum Verdict: Sendable, Equatable {
        case nothing
        /// It took nothing for the timeout.
        case peerIsStalled
        /// Too much waits for it.
        case peerIsTooFarBehind
    }

    private let timeout: TimeAmount?
    private let maxBytes: Int
    /// What waited when it was last looked at, and what was added since.
    private var waiting = Unsent()
    /// Whether something was put behind more than may wait.
    private var isTooFarBehind = false
    /// When the peer last took something; `nil` while nothing waits.
    private var taken: NIODeadline?
    private var lookedAt: NIODeadline

    init(limits: ConnectionLimits, now: NIODeadline) {
        timeout = limits.sendTimeout
        maxBytes = limits.maxUnsentBytes
        lookedAt = now
    }

    /// Bytes were put behind those that wait; so much waits now.
    ///
    /// What was put there may be a message that is longer alone than what may wait: what counts is whether the peer was
    /// too far behind before it.
    mutating func queued(_ added: Int, unsent: Unsent, at now: NIODeadline) {
        waiting.bytes += added
        self.unsent(unsent, at: now)
        if unsent.bytes - added > maxBytes { isTooFarBehind = true }
    }

    /// So much waits now.
    mutating func unsent(_ unsent: Unsent, at now: NIODeadline) {
        if unsent.bytes == 0 {
            taken = nil
        } else if taken == nil || unsent.total < waiting.total {
            taken = now
        }
        waiting = unsent
        lookedAt = now
        if unsent.bytes <= maxBytes { isTooFarBehind = false }
    }

    /// What the last look has shown.
    func verdict(at now: NIODeadline) -> Verdict {
        if isTooFarBehind { return .peerIsTooFarBehind }
        guard let taken, let timeout, now >= taken + timeout else { return .nothing }
        return .peerIsStalled
    }

    /// When to look again: at once if too much waits, else four times per timeout, since only a look tells that
    /// something was taken.
    var nextDeadline: NIODeadline? {
        if isTooFarBehind { return lookedAt }
        guard let taken, let timeout else { return nil }
        return min(taken + timeout, lookedAt + .nanoseconds(max(timeout.nanoseconds / 4, 1)))
    }
}
