// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// What can be wrong with the bytes of a request head, before anybody looks at what it asks for (RFC 9112).
///
/// None of them may be repaired: a proxy in front could have read the same bytes otherwise.
package enum RequestHeadFault: String, Error, Sendable, Hashable, CaseIterable {
    case requestLineMalformed = "request_line_malformed"
    case requestLineTooLong = "request_line_too_long"
    case versionUnsupported = "http_version_unsupported"
    case lineEndingMalformed = "line_ending_malformed"
    case fieldNameMalformed = "field_name_malformed"
    case fieldValueMalformed = "field_value_malformed"
    case fieldFolded = "field_folded"
    case headTooLarge = "request_head_too_large"
    case tooManyFields = "too_many_fields"
    /// Not the bytes are at fault, but their coming to no end.
    case timedOut = "handshake_timeout"

    /// The stable name of the fault in error bodies and logs.
    package var code: String { rawValue }

    /// The fault's row.
    package var row: UpgradeFault.Row {
        switch self {
        case .requestLineMalformed:
            UpgradeFault.Row(
                status: .badRequest,
                sentence: "The request does not begin with \"METHOD TARGET HTTP/1.1\".",
                advice: "Speak HTTP/1.1 to this port, with one space between the three parts and none inside them.",
                cause: nil
            )
        case .requestLineTooLong:
            UpgradeFault.Row(
                status: .uriTooLong,
                sentence: "The request line is longer than this server reads.",
                advice: "Shorten the query: keys and long values belong into header fields.",
                cause: "srv-headers-too-large"
            )
        case .versionUnsupported:
            UpgradeFault.Row(
                status: .httpVersionNotSupported,
                sentence: "The request is not HTTP/1.1.",
                advice: "WebSockets are opened over HTTP/1.1 here, also where a proxy in front speaks HTTP/2 or 3.",
                cause: "ver-http-version"
            )
        case .lineEndingMalformed:
            UpgradeFault.Row(
                status: .badRequest,
                sentence: "A line of the request head ends in something else than carriage return and line feed.",
                advice: "End every line with CR LF and write neither of them anywhere else in the head.",
                cause: nil
            )
        case .fieldNameMalformed:
            UpgradeFault.Row(
                status: .badRequest,
                sentence: "A field line of the request head does not begin with a name and a colon.",
                advice: "Write \"Name: value\", with no space in the name nor before the colon.",
                cause: nil
            )
        case .fieldValueMalformed:
            UpgradeFault.Row(
                status: .badRequest,
                sentence: "A field value of the request head contains a control character.",
                advice: "Leave NUL and other control characters out; a key read from a file may end in one.",
                cause: nil
            )
        case .fieldFolded:
            UpgradeFault.Row(
                status: .badRequest,
                sentence: "A field of the request head goes on over a second line, which HTTP no longer allows.",
                advice: "Write every field on one line, and no space at the beginning of one.",
                cause: nil
            )
        case .headTooLarge:
            UpgradeFault.Row(
                status: .requestHeaderFieldsTooLarge,
                sentence: "The request head has more bytes than this server reads.",
                advice: "Send fewer or shorter fields (cookies are the usual reason), or raise --max-head-bytes.",
                cause: "srv-headers-too-large"
            )
        case .tooManyFields:
            UpgradeFault.Row(
                status: .requestHeaderFieldsTooLarge,
                sentence: "The request head has more fields than this server reads.",
                advice: "Send fewer fields, or raise --max-head-fields.",
                cause: "srv-headers-too-large"
            )
        case .timedOut:
            UpgradeFault.Row(
                status: .requestTimeout,
                sentence: "The request head did not come to its end in time.",
                advice: "Send it in one piece, with the empty line that ends it, or raise --handshake-timeout.",
                cause: nil
            )
        }
    }
}
