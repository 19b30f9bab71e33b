// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How and by whom a connection was ended.
package struct CloseSummary: Sendable, Equatable {
    /// Who began the end.
    package enum Initiator: Sendable {
        /// The peer's close frame came first.
        case peer
        /// Ours was sent first: asked for, after a violation, or after too long a silence.
        case us
        /// TCP ended without a close frame from either side.
        case transport
    }

    /// What the first close frame said: the peer's or ours, by ``initiator``; `nil` if it said nothing or there was none.
    ///
    /// `nil` with ``Initiator/peer`` is what APIs report as 1005, `nil` with ``Initiator/transport`` as 1006.
    package var code: CloseCode?
    /// The reason beside the code, empty if there was none.
    package var reason: String
    package var initiator: Initiator
    /// What the peer did wrong, if that is why the connection ended.
    package var violation: Violation?
    /// Whether close frames went both ways.
    package var wasClean: Bool

    package init(
        code: CloseCode?,
        reason: String,
        initiator: Initiator,
        violation: Violation? = nil,
        wasClean: Bool
    ) {
        self.code = code
        self.reason = reason
        self.initiator = initiator
        self.violation = violation
        self.wasClean = wasClean
    }
}
