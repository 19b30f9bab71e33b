// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// What a session wants done, in this order.
package enum SessionAction: Sendable, Equatable {
    /// Send this event to the client.
    case send(ServerEvent)
    /// Hand this to the engine.
    case engine(EngineCommand)
    /// Call ``SessionMachine/fired(_:at:into:)`` with this timer later; a timer of that name that runs is replaced.
    case startTimer(SessionTimer, after: TimeAmount)
    /// The timer of that name is not needed any more.
    case cancelTimer(SessionTimer)
    /// Close the WebSocket with this code and reason (protocol reference, section 9).
    case close(code: UInt16, reason: String)
    /// End the connection without a close frame, by a TCP reset.
    case reset
}

/// The timers of a session.
package enum SessionTimer: Sendable, Hashable, CaseIterable {
    /// The session's longest duration is reached.
    case expiry
    /// Nobody has spoken for `idle_timeout_ms` since the last response was played.
    case idle
}
