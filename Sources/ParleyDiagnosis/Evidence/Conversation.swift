// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What was said on an open WebSocket.
package struct Conversation: Codable, Sendable, Equatable {
    /// Most frames that are kept of each direction.
    package static let keptFrames = 64

    /// What the server sent, in order, up to ``keptFrames``.
    package var received: [Frame]
    /// What the client sent.
    package var sent: [Frame]
    /// How many frames the server sent.
    package var receivedCount: Int
    /// Ways in which the server's bytes break RFC 6455: ``ParleyWebSocket/Violation`` codes, in order, each once.
    package var violations: [String]
    /// Ways in which the client's bytes do; only where the client is not the doctor itself.
    package var clientViolations: [String]
    /// The bytes at which frames could not be read any further.
    package var unreadable: Bytes?
    /// Whether the ping that was sent got its pong; nil if none was sent, or if the connection ended first.
    package var pingAnswered: Bool?
    /// Whether the text that was sent came back; nil if none was sent.
    package var echoed: Bool?

    package init(
        received: [Frame] = [],
        sent: [Frame] = [],
        violations: [String] = [],
        clientViolations: [String] = [],
        unreadable: Bytes? = nil,
        pingAnswered: Bool? = nil,
        echoed: Bool? = nil
    ) {
        self.received = received
        self.sent = sent
        receivedCount = received.count
        self.violations = violations
        self.clientViolations = clientViolations
        self.unreadable = unreadable
        self.pingAnswered = pingAnswered
        self.echoed = echoed
    }

    /// One frame.
    package struct Frame: Codable, Sendable, Equatable {
        package var atMS: Int
        /// 0–15 (RFC 6455 section 5.2).
        package var opcode: Int
        package var isFinal: Bool
        /// RSV1, RSV2, RSV3 as 4, 2, 1.
        package var reservedBits: Int
        package var isMasked: Bool
        /// The payload, unmasked.
        package var payload: Bytes

        package init(
            atMS: Int = 0,
            opcode: Int,
            isFinal: Bool = true,
            reservedBits: Int = 0,
            isMasked: Bool = false,
            payload: Bytes = Bytes()
        ) {
            self.atMS = atMS
            self.opcode = opcode
            self.isFinal = isFinal
            self.reservedBits = reservedBits
            self.isMasked = isMasked
            self.payload = payload
        }
    }

    /// The first close frame the server sent.
    package var close: Close?
    /// The first close frame the client sent.
    package var clientClose: Close?
    /// The first event of the Realtime protocol, if the first message is one.
    package var firstEvent: FirstEvent?

    /// A close frame.
    package struct Close: Codable, Sendable, Equatable {
        package var atMS: Int
        /// Nil for a close frame without payload.
        package var code: Int?
        package var reason: String

        package init(atMS: Int = 0, code: Int?, reason: String = "") {
            self.atMS = atMS
            self.code = code
            self.reason = reason
        }
    }

    /// What the first event says.
    package struct FirstEvent: Codable, Sendable, Equatable {
        package var atMS: Int
        /// As in `session.created` or `error`.
        package var type: String
        /// `beta` or `ga`, by the members of its session; nil if they do not tell.
        package var dialect: String?
        /// Members of an `error` event, masked.
        package var errorCode: String?
        package var errorMessage: String?

        package init(
            atMS: Int = 0,
            type: String,
            dialect: String? = nil,
            errorCode: String? = nil,
            errorMessage: String? = nil
        ) {
            self.atMS = atMS
            self.type = type
            self.dialect = dialect
            self.errorCode = errorCode
            self.errorMessage = errorMessage
        }
    }
}
