// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// The end of a connection, from the first close frame to the report (RFC 6455 section 7.1).
///
/// It only moves forward: open, waiting for the peer, over, reported.
struct CloseHandshake: Sendable {
    /// How far the end has come.
    ///
    /// The cases have no payload because every frame asks for the phase.
    private enum Phase: Sendable {
        /// No close frame in either direction. Goes to any other phase but `reported`.
        case open
        /// Our close frame is out and the peer's awaited. Goes to `awaitingEnd` (client) or `over`.
        case awaitingAnswer
        /// Close frames went both ways and the server is to end TCP. Goes to `over`.
        case awaitingEnd
        /// Nothing more is to come. Goes to `reported`.
        case over
        case reported
    }

    /// What the peer's close frame, or the end of our patience, calls for.
    enum Answer: Sendable, Equatable {
        case closeFrame
        case nothing
    }

    private let role: Role
    private let timeout: TimeAmount
    private var phase = Phase.open
    /// What will be reported; as long as nothing happens, an end of TCP.
    private var summary = CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false)
    /// When waiting for the peer ends; `nil` when nothing is awaited.
    private(set) var nextDeadline: NIODeadline?

    init(role: Role, timeout: TimeAmount) {
        self.role = role
        self.timeout = timeout
    }

    /// Whether no close frame was sent or received.
    var isOpen: Bool { phase == .open }

    /// Whether frames of the peer still matter: nothing after its close frame does.
    var expectsFrames: Bool {
        switch phase {
        case .open, .awaitingAnswer: true
        case .awaitingEnd, .over, .reported: false
        }
    }

    /// Whether there is nothing left but to report.
    var isOver: Bool {
        switch phase {
        case .over, .reported: true
        case .open, .awaitingAnswer, .awaitingEnd: false
        }
    }

    /// Our close frame was sent first.
    mutating func sentClose(_ payload: ClosePayload, at now: NIODeadline) {
        guard phase == .open else { return }
        summary = CloseSummary(code: payload.code, reason: payload.reason, initiator: .us, wasClean: false)
        phase = .awaitingAnswer
        nextDeadline = now + timeout
    }

    /// The peer's close frame came.
    mutating func receivedClose(_ payload: ClosePayload, at now: NIODeadline) -> Answer {
        switch phase {
        case .open:
            summary = CloseSummary(code: payload.code, reason: payload.reason, initiator: .peer, wasClean: true)
            exchanged(at: now)
            return .closeFrame
        case .awaitingAnswer:
            summary.wasClean = true
            exchanged(at: now)
            return .nothing
        case .awaitingEnd, .over, .reported:
            return .nothing
        }
    }

    /// The connection cannot go on: report at once, without waiting for the peer.
    ///
    /// - Parameters:
    ///   - payload: What our close frame says, if none was sent yet.
    ///   - violation: What the peer did, if that is the cause.
    /// - Returns: Whether that close frame is to be sent.
    mutating func failed(_ payload: ClosePayload, violation: Violation?) -> Answer {
        switch phase {
        case .open:
            summary = CloseSummary(
                code: payload.code,
                reason: payload.reason,
                initiator: .us,
                violation: violation,
                wasClean: false
            )
            finish()
            return .closeFrame
        case .awaitingAnswer:
            summary.violation = violation
            finish()
            return .nothing
        case .awaitingEnd, .over, .reported:
            return .nothing
        }
    }

    /// TCP has ended.
    mutating func transportEnded() {
        if !isOver { finish() }
    }

    /// Time has passed, perhaps less than was waited for.
    mutating func timerFired(at now: NIODeadline) {
        if let nextDeadline, now >= nextDeadline { finish() }
    }

    /// The summary, the first time it is asked for after the end.
    mutating func report() -> CloseSummary? {
        guard phase == .over else { return nil }
        phase = .reported
        return summary
    }

    /// Close frames went both ways: the server ends TCP, the client gives it time to (RFC 6455 section 7.1.1).
    private mutating func exchanged(at now: NIODeadline) {
        guard role == .client else { return finish() }
        phase = .awaitingEnd
        nextDeadline = now + timeout
    }

    private mutating func finish() {
        phase = .over
        nextDeadline = nil
    }
}
