// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes

/// What can be wrong with a request that asks for a WebSocket (RFC 6455 section 4.2.1).
///
/// These come before anybody looks at who asks or what for. Since no WebSocket can be opened, each is
/// answered with an HTTP status.
package enum UpgradeFault: String, Error, Sendable, Hashable, CaseIterable {
    case methodNotGet = "method_not_get"
    case upgradeMissing = "upgrade_header_missing"
    case httpVersionTooOld = "http_version_too_old"
    case connectionMissing = "connection_upgrade_missing"
    case hostMissing = "host_missing"
    case hostRepeated = "host_repeated"
    case hostMalformed = "host_malformed"
    case draftObsolete = "websocket_draft_obsolete"
    case versionMissing = "websocket_version_missing"
    case versionUnsupported = "websocket_version_unsupported"
    case keyMissing = "websocket_key_missing"
    case keyRepeated = "websocket_key_repeated"
    case keyMalformed = "websocket_key_malformed"
    case bodyPresent = "upgrade_with_body"

    /// One row of the table of faults.
    package struct Row: Sendable {
        /// The status is all that most clients show of a refusal, so it is as specific as HTTP allows.
        package let status: HTTPResponse.Status
        /// What is wrong.
        package let sentence: String
        /// What to do about it.
        package let advice: String
        /// The doctor's id of the cause, where it has one.
        package let cause: String?
    }

    /// The stable name of the fault in error bodies, logs and reports.
    package var code: String { rawValue }

    /// Fields the status calls for: `Allow` with 405 (RFC 9110 section 15.5.6), `Upgrade` with 426
    /// (section 15.5.22), the supported version with a wrong one (RFC 6455 section 4.4).
    package var responseFields: HTTPFields {
        switch self {
        case .methodNotGet: [.allow: "GET"]
        case .upgradeMissing: UpgradeResponse.invitation
        case .draftObsolete, .versionMissing, .versionUnsupported:
            UpgradeResponse.invitation + [HTTPField(name: .secWebSocketVersion, value: UpgradeRequest.supportedVersion)]
        default: [:]
        }
    }

    /// The fault's row.
    package var row: Row {
        switch self {
        case .methodNotGet:
            Row(
                status: .methodNotAllowed,
                sentence: "A WebSocket is opened with GET, and the request used another method.",
                advice: "Send the handshake as GET; a redirect or a proxy may have changed the method.",
                cause: nil
            )
        case .upgradeMissing:
            Row(
                status: .upgradeRequired,
                sentence: "The request carries WebSocket fields but no \"Upgrade: websocket\".",
                advice: "A proxy in front most likely dropped it: let it pass Upgrade and Connection on (nginx: "
                    + "proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade, "
                    + "proxy_set_header Connection upgrade).",
                cause: "srv-proxy-drops-upgrade"
            )
        case .httpVersionTooOld:
            Row(
                status: .httpVersionNotSupported,
                sentence: "The handshake came as HTTP/1.0, and a WebSocket needs HTTP/1.1.",
                advice: "Use a client that speaks HTTP/1.1; behind nginx set proxy_http_version 1.1.",
                cause: "code-client-http10"
            )
        case .connectionMissing:
            Row(
                status: .badRequest,
                sentence: "The Connection field does not list \"upgrade\".",
                advice: "Send \"Connection: Upgrade\"; a proxy in front may have rewritten it to keep-alive or close.",
                cause: "srv-proxy-drops-upgrade"
            )
        case .hostMissing:
            Row(
                status: .badRequest,
                sentence: "The request has no Host.",
                advice: "Send exactly one Host field with the name and port the client connected to.",
                cause: "code-client-http10"
            )
        case .hostRepeated:
            Row(
                status: .badRequest,
                sentence: "The request has more than one Host field.",
                advice: "Send exactly one; look for a Host set by hand next to the client's own.",
                cause: nil
            )
        case .hostMalformed:
            Row(
                status: .badRequest,
                sentence: "The Host field is not a host name or address with an optional port.",
                advice: "Send for example \"Host: example.com:8080\", without scheme, user or path.",
                cause: nil
            )
        case .draftObsolete:
            Row(
                status: .upgradeRequired,
                sentence: "The client speaks a WebSocket draft from before RFC 6455 (Sec-WebSocket-Key1).",
                advice: "Use a client of 2012 or later; this server speaks version 13 only.",
                cause: "ver-hixie"
            )
        case .versionMissing:
            Row(
                status: .upgradeRequired,
                sentence: "The request has no Sec-WebSocket-Version.",
                advice: "Send \"Sec-WebSocket-Version: 13\".",
                cause: "ver-ws-version"
            )
        case .versionUnsupported:
            Row(
                status: .upgradeRequired,
                sentence: "The Sec-WebSocket-Version is not 13.",
                advice: "Send exactly one \"Sec-WebSocket-Version: 13\"; this server speaks no other.",
                cause: "ver-ws-version"
            )
        case .keyMissing:
            Row(
                status: .badRequest,
                sentence: "The request has no Sec-WebSocket-Key.",
                advice: "Send 16 random bytes in base64, which are 24 characters that end in \"==\".",
                cause: "code-bad-key"
            )
        case .keyRepeated:
            Row(
                status: .badRequest,
                sentence: "The request has more than one Sec-WebSocket-Key.",
                advice: "Send exactly one; look for one set by hand next to the client's own.",
                cause: "code-bad-key"
            )
        case .keyMalformed:
            Row(
                status: .badRequest,
                sentence: "The Sec-WebSocket-Key is not 16 bytes in base64.",
                advice: "Send 16 random bytes in standard base64, which are 24 characters that end in \"==\".",
                cause: "code-bad-key"
            )
        case .bodyPresent:
            Row(
                status: .badRequest,
                sentence: "The handshake announces a body, whose bytes could not be told from WebSocket frames.",
                advice: "Send no body: no Transfer-Encoding, and no Content-Length other than 0.",
                cause: nil
            )
        }
    }
}
