// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket

/// A reason to turn a request away.
///
/// Texts in it are fit to be shown.
enum Objection: Error, Equatable {
    case head(RequestHeadFault)
    case fault(UpgradeFault)
    case host(String)
    case origin(String, OriginVerdict)
    case remotePeer
    case path(String, suggestion: String?)
    case echoDisabled
    case overloaded(retryAfterSeconds: Int)
    case connectionsFull(retryAfterSeconds: Int)
    case addressFull(retryAfterSeconds: Int)
    case rateLimited(retryAfterSeconds: Int)
    case draining
    case keyMissing
    case keyIncorrect(masked: String)
    case secretExpired(masked: String)
    /// A parameter, what the secret was made for, and what the client wants.
    case secretForOther(String, String, String)
    case call
    case subprotocols(String)
    case plainRequest(url: String)
    case plainMethod(isSessionDescription: Bool)

    /// The stable name of the reason.
    var code: String { row.code }
    /// What is wrong.
    var sentence: String { row.sentence }
    /// What to do about it.
    var advice: String { row.advice }

    /// The refusal to answer with.
    ///
    /// - Parameter isInBand: whether it goes out as an event over an opened connection; a missing key has another
    ///   cause for the doctor then.
    /// - Returns: status, body and close code in one.
    func refusal(isInBand: Bool) -> Refusal {
        let row = row
        return Refusal(
            status: row.status,
            type: row.type,
            code: row.code,
            message: "\(row.sentence) \(row.advice)",
            param: row.param,
            cause: isInBand && row.cause == "srv-auth-required" ? "srv-auth-in-band" : row.cause,
            closeCode: row.closeCode,
            headers: [.contentType: "application/json"] + row.fields
        )
    }

    private struct Row {
        var status: HTTPResponse.Status
        var type = "invalid_request_error"
        var code: String
        var sentence: String
        var advice: String
        var param: String?
        var cause: String?
        var closeCode: UInt16 = 4000
        var fields: HTTPFields = [:]
    }

    private var row: Row {
        switch self {
        case .head(let fault):
            Row(
                status: fault.row.status,
                code: fault.code,
                sentence: fault.row.sentence,
                advice: fault.row.advice,
                cause: fault.row.cause
            )
        case .fault(let fault):
            Row(
                status: fault.row.status,
                code: fault.code,
                sentence: fault.row.sentence,
                advice: fault.row.advice,
                cause: fault.row.cause,
                fields: fault.responseFields
            )
        case .host(let host):
            Row(
                status: .forbidden,
                code: "host_not_allowed",
                sentence: "This server does not answer to the name \"\(host)\".",
                advice: "Without keys it answers to localhost, loopback addresses and the names in its configuration "
                    + "only, so that no web page can reach it under a name of its own: connect to localhost, add "
                    + "the name, or start it with keys.",
                cause: "srv-host-check",
                closeCode: 1008
            )
        case .origin(let origin, let verdict):
            Row(
                status: .forbidden,
                code: "origin_not_allowed",
                sentence: "Pages of the origin \"\(origin)\" may not connect to this server.",
                advice: Self.advice(on: verdict, origin: origin),
                cause: Self.cause(of: verdict),
                closeCode: 1008
            )
        case .remotePeer:
            Row(
                status: .forbidden,
                code: "loopback_only",
                sentence: "This server has no keys and therefore serves its own machine only.",
                advice: "Start it with --api-key or --keys to serve others, or connect from the same machine.",
                closeCode: 1008
            )
        case .path(let path, let suggestion):
            Row(
                status: .notFound,
                code: "path_not_found",
                sentence: "There is no Realtime endpoint at \"\(path)\".",
                advice: (suggestion.map { "Did you mean \($0)? " } ?? "")
                    + "Connect to \(RealtimePath.preferred); \(RealtimePath.others) do as well.",
                cause: "srv-path-not-websocket"
            )
        case .echoDisabled:
            Row(
                status: .notFound,
                code: "echo_disabled",
                sentence: "The echo at \(RealtimePath.echo) is switched off.",
                advice: "Start the server with --echo, or connect to \(RealtimePath.preferred).",
                cause: "srv-path-not-websocket"
            )
        case .overloaded(let seconds):
            Row(
                status: .serviceUnavailable,
                type: "server_error",
                code: "server_overloaded",
                sentence: "All sessions of this server are in use.",
                advice: "Try again in \(max(seconds, 1)) s, or raise --max-sessions.",
                cause: "srv-overloaded",
                closeCode: 1013,
                fields: Self.retry(after: seconds)
            )
        case .connectionsFull(let seconds):
            Row(
                status: .serviceUnavailable,
                type: "server_error",
                code: "server_overloaded",
                sentence: "This server has as many connections as it takes.",
                advice: "Try again in \(max(seconds, 1)) s, or raise --max-connections.",
                cause: "srv-overloaded",
                closeCode: 1013,
                fields: Self.retry(after: seconds)
            )
        case .addressFull(let seconds):
            Row(
                status: .tooManyRequests,
                type: "rate_limit_error",
                code: "too_many_connections",
                sentence: "Your address has as many connections as this server takes from one.",
                advice: "Close some and try again in \(max(seconds, 1)) s, or raise --connections-per-address.",
                cause: "srv-rate-limited",
                closeCode: 1013,
                fields: Self.retry(after: seconds)
            )
        case .rateLimited(let seconds):
            Row(
                status: .tooManyRequests,
                type: "rate_limit_error",
                code: "rate_limit_exceeded",
                sentence: "Your address has asked for too many connections in a short time.",
                advice: "Try again in \(max(seconds, 1)) s, or raise --handshakes-per-second.",
                cause: "srv-rate-limited",
                closeCode: 1013,
                fields: Self.retry(after: seconds)
            )
        case .draining:
            Row(
                status: .serviceUnavailable,
                type: "server_error",
                code: "server_shutting_down",
                sentence: "This server is shutting down and takes no new sessions.",
                advice: "Try again when it is back, or connect to another instance.",
                cause: "srv-overloaded",
                closeCode: 1013
            )
        case .keyMissing:
            Row(
                status: .unauthorized,
                code: "invalid_api_key",
                sentence: "You didn't provide an API key.",
                advice: "Send \"Authorization: Bearer KEY\" or \"api-key: KEY\"; from a browser offer the subprotocols "
                    + "\"realtime\" and \"openai-insecure-api-key.KEY\". \"null\" and an empty key do not count.",
                cause: "srv-auth-required",
                closeCode: 3000,
                fields: Self.challenge
            )
        case .keyIncorrect(let masked):
            Row(
                status: .unauthorized,
                code: "invalid_api_key",
                sentence: "Incorrect API key provided: \(masked).",
                advice: "Use one of the keys this server was started with, or an ephemeral key that it made and that "
                    + "has not expired.",
                cause: "srv-auth-required",
                closeCode: 3000,
                fields: Self.challenge
            )
        case .secretExpired(let masked):
            Row(
                status: .unauthorized,
                code: "invalid_api_key",
                sentence: "Incorrect API key provided: \(masked), an ephemeral key whose time is over.",
                advice: "Make a new one with POST /v1/realtime/client_secrets shortly before connecting.",
                cause: "srv-auth-required",
                closeCode: 3000,
                fields: Self.challenge
            )
        case .secretForOther(let param, let made, let wanted):
            Row(
                status: .forbidden,
                code: param == "model" ? "invalid_model" : "invalid_parameter",
                sentence: "This ephemeral key was made for \(made), not for \(wanted).",
                advice: "Connect to what it was made for, or make another one.",
                param: param
            )
        case .call:
            Row(
                status: .notFound,
                code: "call_id_not_found",
                sentence: "This server carries no WebRTC or SIP calls, so there is none to join.",
                advice: "Leave call_id out to open a session of its own, with model or intent=transcription.",
                param: "call_id"
            )
        case .subprotocols(let offered):
            Row(
                status: .badRequest,
                code: "subprotocol_not_supported",
                sentence: "None of the subprotocols offered (\(offered)) belongs to the Realtime API.",
                advice: "Offer \"realtime\", or none; or start the server with --subprotocol-policy lenient.",
                cause: "ver-subproto-mismatch"
            )
        case .plainRequest(let url):
            Row(
                status: .upgradeRequired,
                code: "websocket_upgrade_required",
                sentence: "This address speaks WebSocket, and the request did not ask for one.",
                advice: "Open \(url) with a WebSocket client. If that is what sent this, a proxy in between dropped "
                    + "its Upgrade and Connection fields.",
                fields: UpgradeResponse.invitation
            )
        case .plainMethod(let isSessionDescription):
            Row(
                status: .methodNotAllowed,
                code: "method_not_get",
                sentence: isSessionDescription
                    ? "This server does not speak WebRTC." : "This address is opened with GET, as a WebSocket.",
                advice: "Connect to \(RealtimePath.preferred) with a WebSocket client.",
                fields: UpgradeFault.methodNotGet.responseFields
            )
        }
    }

    private static let challenge: HTTPFields = [.wwwAuthenticate: "Bearer"]

    /// Whole seconds (RFC 9110 section 10.2.3).
    ///
    /// Zero would ask for a storm.
    private static func retry(after seconds: Int) -> HTTPFields {
        [.retryAfter: String(max(seconds, 1))]
    }

    private static func cause(of verdict: OriginVerdict) -> String {
        switch verdict {
        case .refusedNull, .refusedFile: "org-null"
        case .refusedPort: "org-mismatch"
        default: "org-rejected"
        }
    }

    private static func advice(on verdict: OriginVerdict, origin: String) -> String {
        switch verdict {
        case .refusedNull:
            "The page is in a sandboxed frame or a data: address: serve it over HTTP, or start the server with "
                + "--allow-origin null if every such page may connect."
        case .refusedFile:
            "The page was opened from disk: serve it over HTTP from this machine, or start the server with "
                + "--allow-origin file:// or with keys."
        case .refusedPort:
            "It is this server's name with another port: start the server with --allow-origin \(origin), or let a "
                + "proxy in front pass the port on in Host."
        case .refusedMalformed:
            "An origin is one scheme://host[:port]: leave the field to the browser, or out of a client that is none."
        default:
            "Start the server with --allow-origin \(origin). If the page is this server's own, a proxy in front "
                + "rewrites Host: let it pass the original on (nginx: proxy_set_header Host $http_host)."
        }
    }
}
