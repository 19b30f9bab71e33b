// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

/// How a connection ended.
public struct RealtimeClose: Sendable, Equatable, CustomStringConvertible {
    /// The code of the close frame (RFC 6455 section 7.4); nil if TCP ended without one.
    public let code: Int?
    /// The text beside it.
    public let reason: String
    /// Whether this side began it.
    public let isOurs: Bool
    /// Whether both sides said good-bye.
    public let wasClean: Bool

    /// Makes one, for tests of applications.
    public init(code: Int?, reason: String = "", isOurs: Bool = false, wasClean: Bool = true) {
        self.code = code
        self.reason = reason
        self.isOurs = isOurs
        self.wasClean = wasClean
    }

    init(_ summary: CloseSummary) {
        self.init(
            code: summary.code.map { Int($0.rawValue) },
            reason: summary.reason,
            isOurs: summary.initiator == .us,
            wasClean: summary.wasClean
        )
    }

    /// Code and reason.
    public var description: String {
        let who = isOurs ? "closed here" : "closed by the server"
        guard let code else { return "the connection broke without a close frame" }
        return reason.isEmpty ? "\(who) with \(code)" : "\(who) with \(code), '\(reason)'"
    }
}
