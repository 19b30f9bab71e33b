// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The number in a close frame that says why the connection ends (RFC 6455 section 7.4).
package struct CloseCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: the purpose of the connection is fulfilled.
    package static let normalClosure = CloseCode(rawValue: 1000)
    /// 1001: the server shuts down, or the user leaves the page.
    package static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke the framing rules.
    package static let protocolError = CloseCode(rawValue: 1002)
    /// 1003: a kind of data this endpoint does not take, such as binary where text is expected.
    package static let unsupportedData = CloseCode(rawValue: 1003)
    /// 1005: stands for a close frame without a code; never sent.
    package static let noStatusReceived = CloseCode(rawValue: 1005)
    /// 1006: stands for an end without a close frame; never sent.
    package static let abnormalClosure = CloseCode(rawValue: 1006)
    /// 1007: text that is not UTF-8.
    package static let invalidPayload = CloseCode(rawValue: 1007)
    /// 1008: against a rule of this endpoint that has no code of its own.
    package static let policyViolation = CloseCode(rawValue: 1008)
    /// 1009: more bytes than this endpoint takes in one message.
    package static let messageTooBig = CloseCode(rawValue: 1009)
    /// 1010: the server did not agree to an extension the client cannot do without.
    package static let mandatoryExtension = CloseCode(rawValue: 1010)
    /// 1011: the endpoint cannot go on for a reason the peer has no part in.
    package static let internalError = CloseCode(rawValue: 1011)
    /// 1012: the server restarts; come back soon (IANA registry).
    package static let serviceRestart = CloseCode(rawValue: 1012)
    /// 1013: the server is overloaded; come back later (IANA registry).
    package static let tryAgainLater = CloseCode(rawValue: 1013)
    /// 1014: the server stands between the client and another server, which failed (IANA registry).
    package static let badGateway = CloseCode(rawValue: 1014)
    /// 1015: stands for a failed TLS handshake; never sent.
    package static let tlsHandshake = CloseCode(rawValue: 1015)
    /// 3000: the first registered code for libraries and frameworks, "Unauthorized" (IANA registry).
    package static let unauthorized = CloseCode(rawValue: 3000)
    /// 4000: the first code for private agreement between the two applications.
    package static let privateUse = CloseCode(rawValue: 4000)

    /// Whether a close frame may carry the code.
    ///
    /// 1004 has no meaning, 1005, 1006 and 1015 only report what was observed, 1016 to 2999 are for
    /// future protocol versions, and below 1000 and above 4999 nothing is defined (RFC 6455 section 7.4.2).
    package var isValidOnTheWire: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

extension CloseCode: CustomStringConvertible {
    package var description: String { "\(rawValue)" }
}
