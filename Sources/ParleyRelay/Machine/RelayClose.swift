// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// What one side is told when the other has ended: the same code and reason where they can be sent.
///
/// An empty close frame (1005) stays an empty close frame. A connection that was lost (1006), or ended by this relay
/// because the other side broke the rules or fell silent, has no code that could be passed on: the client is told
/// 1014, bad gateway, and the upstream 1001, going away.
struct RelayClose: Sendable, Equatable {
    let code: CloseCode
    let reason: String

    init(_ code: CloseCode, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    /// What the client is told when the upstream has ended so.
    static func toClient(_ summary: CloseSummary) -> RelayClose {
        guard summary.initiator == .peer else { return RelayClose(.badGateway, "The upstream's connection was lost.") }
        return RelayClose(summary.code ?? .noStatusReceived, summary.reason)
    }

    /// What the upstream is told when the client has ended so.
    static func toUpstream(_ summary: CloseSummary) -> RelayClose {
        guard summary.initiator == .peer else { return RelayClose(.goingAway, "The client's connection was lost.") }
        return RelayClose(summary.code ?? .noStatusReceived, summary.reason)
    }
}
