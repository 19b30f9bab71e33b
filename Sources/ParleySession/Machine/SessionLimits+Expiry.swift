// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

extension SessionLimits {
    /// What happens when a session has lasted as long as it may (protocol reference, sections 2.6 and 9).
    func expire(into actions: inout [SessionAction]) {
        let seconds = duration.nanoseconds / 1_000_000_000
        let (count, unit) = seconds % 60 == 0 ? (seconds / 60, "minute") : (seconds, "second")
        let message = "Your session hit the maximum duration of \(count) \(unit)\(count == 1 ? "" : "s")."
        actions.append(.send(.error(RealtimeError(code: "session_expired", message: message))))
        actions.append(.close(code: 1001, reason: message))
    }
}
