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
    /// The cause as `parley doctor` names it, such as `code-masked-server`; nil where the end is no fault or not a known one.
    public let causeID: String?

    /// Makes one, for tests of applications.
    public init(
        code: Int?,
        reason: String = "",
        isOurs: Bool = false,
        wasClean: Bool = true,
        causeID: String? = nil
    ) {
        self.code = code
        self.reason = reason
        self.isOurs = isOurs
        self.wasClean = wasClean
        self.causeID = causeID
    }

    init(_ summary: CloseSummary) {
        self.init(
            code: summary.code.map { Int($0.rawValue) },
            reason: summary.reason,
            isOurs: summary.initiator == .us,
            wasClean: summary.wasClean,
            causeID: summary.causeID
        )
    }

    /// Code and reason.
    public var description: String {
        let who = isOurs ? "closed here" : "closed by the server"
        guard let code else { return "the connection broke without a close frame" }
        return reason.isEmpty ? "\(who) with \(code)" : "\(who) with \(code), '\(reason)'"
    }
}

extension CloseSummary {
    /// The doctor's cause, where the end alone shows it.
    fileprivate var causeID: String? {
        if let violation { return violation.causeID }
        return switch (initiator, code?.rawValue) {
        case (.transport, _): "code-abrupt-close"
        case (.peer, 1011): "code-close-1011"
        case (.peer, 3000): "srv-auth-in-band"
        case (.peer, _), (.us, _): nil
        }
    }
}

extension Violation {
    /// The doctor's cause; nil for a limit of this side.
    fileprivate var causeID: String? {
        switch self {
        case .maskedServerFrame: "code-masked-server"
        case .reservedBits: "code-rsv"
        case .reservedOpcode, .unexpectedContinuation, .expectedContinuation, .fragmentedControlFrame,
            .oversizedControlFrame, .nonMinimalLength, .negativeLength:
            "code-bad-frame"
        case .invalidUTF8: "code-bad-utf8"
        case .truncatedCloseCode, .invalidCloseCode, .invalidCloseReason: "code-bad-close-code"
        case .corruptCompression: "ver-ext-not-implemented"
        case .unmaskedClientFrame, .frameTooBig, .messageTooBig, .inflationRatio: nil
        }
    }
}
