// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Watches for a peer that has gone without a word, and for one that is there but has nothing to say.
struct KeepAlive: Sendable {
    /// What a moment that was waited for asks for.
    enum Verdict: Sendable, Equatable {
        case nothing
        /// Nothing came for the ping interval.
        case sendPing
        /// Nothing came after the ping either.
        case peerIsLost
        /// The peer lives but sends no data.
        case peerIsIdle
    }

    private let pingInterval: TimeAmount?
    private let pongTimeout: TimeAmount
    private let idleTimeout: TimeAmount?
    private var lastReceived: NIODeadline
    private var lastData: NIODeadline
    private var pinged: NIODeadline?
    private var isPaused = false

    init(limits: ConnectionLimits, now: NIODeadline) {
        pingInterval = limits.pingInterval
        pongTimeout = limits.pongTimeout
        idleTimeout = limits.idleTimeout
        lastReceived = now
        lastData = now
    }

    /// Bytes of any kind came.
    mutating func received(at now: NIODeadline) {
        lastReceived = now
        pinged = nil
    }

    /// Bytes of a data message came.
    mutating func receivedData(at now: NIODeadline) {
        lastData = now
    }

    /// The shell stopped reading: silence says nothing about the peer any more.
    mutating func readingPaused() {
        isPaused = true
    }

    /// The shell reads again: silence counts from now on.
    mutating func readingResumed(at now: NIODeadline) {
        isPaused = false
        lastReceived = now
        lastData = now
        pinged = nil
    }

    /// When ``timerFired(at:)`` has something to decide; `nil` for never.
    var nextDeadline: NIODeadline? {
        guard !isPaused else { return nil }
        guard let idle = idleDeadline else { return silenceDeadline }
        guard let silence = silenceDeadline else { return idle }
        return min(idle, silence)
    }

    /// Time has passed, perhaps less than was waited for.
    mutating func timerFired(at now: NIODeadline) -> Verdict {
        guard !isPaused else { return .nothing }
        if let silenceDeadline, now >= silenceDeadline {
            guard pinged == nil else { return .peerIsLost }
            pinged = now
            return .sendPing
        }
        if let idleDeadline, now >= idleDeadline { return .peerIsIdle }
        return .nothing
    }

    private var silenceDeadline: NIODeadline? {
        guard let pingInterval else { return nil }
        guard let pinged else { return lastReceived + pingInterval }
        return pinged + pongTimeout
    }

    private var idleDeadline: NIODeadline? {
        idleTimeout.map { lastData + $0 }
    }
}
