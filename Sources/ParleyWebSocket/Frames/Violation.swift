// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A way in which the peer can end the connection by what it sends.
///
/// The one table behind the close frame, the log line, the metric label and the doctor's rule.
/// Limits stand apart from breaches of the RFC: the peer did nothing wrong, this endpoint takes less.
package enum Violation: Error, Equatable, Sendable, CaseIterable {
    case unmaskedClientFrame
    case maskedServerFrame
    case reservedBits
    case reservedOpcode
    case unexpectedContinuation
    case expectedContinuation
    case fragmentedControlFrame
    case oversizedControlFrame
    case nonMinimalLength
    case negativeLength
    case invalidUTF8
    case truncatedCloseCode
    case invalidCloseCode
    case invalidCloseReason
    case frameTooBig
    case messageTooBig
    case corruptCompression
    case inflationRatio

    /// Whose rule was broken.
    package enum Kind: Sendable {
        /// A rule of RFC 6455: the peer's software is at fault.
        case breach
        /// A capacity of this endpoint, set in ``ConnectionLimits``.
        case limit
    }

    /// One row of the table.
    package struct Entry: Sendable {
        /// Stable name for metrics, logs and the doctor; never reworded.
        package let code: String
        /// What the close frame says.
        package let closeCode: CloseCode
        /// The section that holds the rule, of RFC 6455 unless another is named.
        package let section: String
        /// What happened, at most 123 bytes of ASCII: the reason in the close frame.
        package let sentence: String
        /// What the person in charge of the peer should look at.
        package let advice: String
        /// Breach of the RFC, or limit of this endpoint.
        package let kind: Kind
    }
}

extension Violation {
    /// See ``Entry/code``.
    package var code: String { entry.code }
    /// See ``Entry/closeCode``.
    package var closeCode: CloseCode { entry.closeCode }
    /// See ``Entry/kind``.
    package var kind: Kind { entry.kind }

    /// The row of this violation.
    package var entry: Entry {
        switch self {
        case .unmaskedClientFrame:
            .breach(
                "WS_EXPECTED_MASK",
                .protocolError,
                "5.1",
                "a frame from a client must be masked",
                "Use a WebSocket client library, not a raw socket; a proxy that rewrites frames also does this."
            )
        case .maskedServerFrame:
            .breach(
                "WS_UNEXPECTED_MASK",
                .protocolError,
                "5.1",
                "a frame from a server must not be masked",
                "The server's library runs in its client role, or echoes frames without taking off the mask."
            )
        case .reservedBits:
            .breach(
                "WS_UNEXPECTED_RSV",
                .protocolError,
                "5.2",
                "a reserved bit is set and no extension gives it a meaning",
                "The peer compresses although compression was not agreed on, or its stream of frames lost a byte."
            )
        case .reservedOpcode:
            .breach(
                "WS_INVALID_OPCODE",
                .protocolError,
                "5.2",
                "the opcode is reserved",
                "Usually the stream of frames lost a byte or something other than frames was written to the socket."
            )
        case .unexpectedContinuation:
            .breach(
                "WS_UNEXPECTED_CONTINUATION",
                .protocolError,
                "5.4",
                "a continuation frame came although no message is in progress",
                "The first frame of a fragmented message must be text or binary, with FIN off."
            )
        case .expectedContinuation:
            .breach(
                "WS_EXPECTED_CONTINUATION",
                .protocolError,
                "5.4",
                "a new message began before the last fragment of the previous one",
                "Two tasks of the peer write at the same time, or its last fragment lacks FIN."
            )
        case .fragmentedControlFrame:
            .breach(
                "WS_EXPECTED_FIN",
                .protocolError,
                "5.5",
                "a control frame must not be fragmented",
                "Close, ping and pong frames always carry FIN."
            )
        case .oversizedControlFrame:
            .breach(
                "WS_INVALID_CONTROL_PAYLOAD_LENGTH",
                .protocolError,
                "5.5",
                "a control frame must not carry more than 125 bytes",
                "Shorten the ping payload, or the close reason to 123 bytes of UTF-8."
            )
        case .nonMinimalLength:
            .breach(
                "WS_NON_MINIMAL_LENGTH",
                .protocolError,
                "5.2",
                "the payload length is not written in the shortest form",
                "Lengths up to 125 take no extra bytes, up to 65535 two, and only longer ones eight."
            )
        case .negativeLength:
            .breach(
                "WS_INVALID_LENGTH",
                .protocolError,
                "5.2",
                "the top bit of a 64-bit payload length must be zero",
                "The stream of frames lost a byte, or the peer wrote a negative length."
            )
        case .invalidUTF8:
            .breach(
                "WS_INVALID_UTF8",
                .invalidPayload,
                "8.1",
                "a text message is not valid UTF-8",
                "Send bytes in binary messages or as base64, and text as UTF-8 without lone surrogates."
            )
        case .truncatedCloseCode:
            .breach(
                "WS_TRUNCATED_CLOSE_CODE",
                .protocolError,
                "5.5.1",
                "a close frame has a payload of one byte",
                "A close payload is empty or starts with a code of two bytes."
            )
        case .invalidCloseCode:
            .breach(
                "WS_INVALID_CLOSE_CODE",
                .protocolError,
                "7.4",
                "the code of a close frame must not be sent",
                "Use 1000 to 1003, 1007 to 1014 or 3000 to 4999."
            )
        case .invalidCloseReason:
            .breach(
                "WS_INVALID_CLOSE_REASON",
                .invalidPayload,
                "5.5.1",
                "the reason of a close frame is not valid UTF-8",
                "A reason cut at 123 bytes must be cut between characters."
            )
        case .frameTooBig:
            .limit(
                "WS_FRAME_TOO_BIG",
                "10.4",
                "a frame is longer than this endpoint takes",
                "Send smaller messages, or raise the frame limit of this endpoint."
            )
        case .messageTooBig:
            .limit(
                "WS_MESSAGE_TOO_BIG",
                "10.4",
                "a message is longer than this endpoint takes",
                "Send smaller messages, or raise the message limit of this endpoint."
            )
        case .corruptCompression:
            .breach(
                "WS_CORRUPT_COMPRESSION",
                .invalidPayload,
                "7.2.2 of RFC 7692",
                "a compressed message cannot be inflated",
                "The peer keeps a larger window or more context than was agreed on, or leaves the end of a message out."
            )
        case .inflationRatio:
            .limit(
                "WS_INFLATION_RATIO",
                "8 of RFC 7692",
                "a compressed message grows more than this endpoint allows",
                "Send such messages uncompressed, or raise the inflation ratio of this endpoint."
            )
        }
    }
}

extension Violation.Entry {
    fileprivate static func breach(
        _ code: String,
        _ closeCode: CloseCode,
        _ section: String,
        _ sentence: String,
        _ advice: String
    ) -> Self {
        Self(
            code: code,
            closeCode: closeCode,
            section: section,
            sentence: sentence,
            advice: advice,
            kind: .breach
        )
    }

    fileprivate static func limit(_ code: String, _ section: String, _ sentence: String, _ advice: String) -> Self {
        Self(
            code: code,
            closeCode: .messageTooBig,
            section: section,
            sentence: sentence,
            advice: advice,
            kind: .limit
        )
    }
}
