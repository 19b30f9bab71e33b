// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleySession

/// Why a server that fills a slot has not done what it was asked.
package struct BackendFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which slot it fills.
    package enum Slot: String, Sendable, CaseIterable {
        /// Decides.
        case model = "language model"
        /// Listens.
        case transcriber
        /// Speaks.
        case voice
    }

    /// What took too long.
    package enum TimeLimit: Sendable, Equatable {
        /// The connection.
        case connect
        /// The beginning of the answer.
        case firstByte
        /// The next piece of the answer.
        case idle
        /// Everything.
        case whole
    }

    /// What happened.
    package enum Reason: Sendable, Equatable {
        /// There is no connection; says why.
        case unreachable(String)
        /// It took longer than it may.
        case timeout(TimeLimit, Duration)
        /// It answered with this status.
        case refused(status: Int, BackendMessage)
        /// It reported an error within its answer.
        case reported(BackendMessage)
        /// Its answer ended before it was complete.
        case cutShort
        /// Its answer is not what was asked for; says what is wrong.
        case unreadable(String)
    }

    /// Which slot it fills.
    package let slot: Slot
    /// What happened.
    package let reason: Reason
    /// Where it was asked, without secrets.
    package let place: String

    /// Makes a failure.
    package init(slot: Slot, reason: Reason, place: String) {
        self.slot = slot
        self.reason = reason
        self.place = place
    }

    /// Makes a failure of what a reader found.
    init(slot: Slot, _ error: AnswerError, place: String) {
        let reason: Reason =
            switch error {
            case .reported(let message): .reported(message)
            case .cutShort: .cutShort
            case .unreadable(let why): .unreadable(why)
            }
        self.init(slot: slot, reason: reason, place: place)
    }

    /// For the log: with the place.
    package var description: String { "\(message) [\(place)]" }

    /// For the client, which need not know where this server asks.
    package var engineFailure: EngineFailure {
        let code =
            switch reason {
            case .unreachable: "backend_unreachable"
            case .timeout: "backend_timeout"
            case .refused, .reported: "backend_error"
            case .cutShort, .unreadable: "backend_answer_invalid"
            }
        return EngineFailure(code: code, message: message)
    }

    /// What happened, with the server's own words.
    package var message: String {
        let who = "The \(slot.rawValue)"
        switch reason {
        case .unreachable(let why): return "\(who) cannot be reached: \(why)."
        case .timeout(.connect, let limit): return "\(who) has not taken the connection within \(Self.text(limit))."
        case .timeout(.firstByte, let limit):
            return "\(who) has not begun to answer within \(Self.text(limit)); it may be busy with other requests."
        case .timeout(.idle, let limit):
            return "\(who) has stopped in the middle of its answer for \(Self.text(limit))."
        case .timeout(.whole, let limit): return "\(who) has not finished its answer within \(Self.text(limit))."
        case .refused(let status, let message): return "\(who) answered \(status)\(message.shown)"
        case .reported(let message): return "\(who) reported an error\(message.shown)"
        case .cutShort: return "\(who)'s answer ended before it was complete."
        case .unreadable(let why): return "\(who)'s answer cannot be used: \(why)."
        }
    }

    private static func text(_ duration: Duration) -> String {
        let (seconds, fraction) = duration.components
        guard fraction > 0 else { return "\(seconds) s" }
        return "\(seconds * 1_000 + fraction / 1_000_000_000_000_000) ms"
    }

    /// The failure with `secret` taken out of what the server has said, should it have repeated it.
    func masking(_ secret: String?) -> BackendFailure {
        guard let secret, !secret.isEmpty else { return self }
        func masked(_ text: String) -> String {
            var masked = text
            masked.replace(secret, with: "***")
            return masked
        }
        func masked(_ message: BackendMessage) -> BackendMessage {
            BackendMessage(masked(message.text), code: message.code.map(masked))
        }
        let reason: Reason =
            switch self.reason {
            case .refused(let status, let message): .refused(status: status, masked(message))
            case .reported(let message): .reported(masked(message))
            case .unreachable(let why): .unreachable(masked(why))
            case .unreadable(let why): .unreadable(masked(why))
            case .timeout, .cutShort: self.reason
            }
        return BackendFailure(slot: slot, reason: reason, place: place)
    }
}
