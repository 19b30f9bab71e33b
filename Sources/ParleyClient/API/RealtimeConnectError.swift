// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import ParleyTransport

/// Why a connection was not opened: what happened, where, what to do, and the doctor's name for it.
///
/// No secret is in its description.
public struct RealtimeConnectError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened and what to do, in whole sentences.
    public let description: String
    /// The cause as `parley doctor` names it, such as `ver-subproto-none`.
    ///
    /// Its page is `docs/failures/ID.md`. Nil where none fits or only the doctor can tell.
    public let causeID: String?
    /// The status of an answer that was not 101.
    public let status: Int?
    /// The beginning of the body of such an answer, as text; up to 64 KiB.
    public let body: String?
    /// Whether another attempt may go better without a change.
    public let isTemporary: Bool

    init(settings description: String) {
        self.init(description: description, isTemporary: false)
    }

    init(description: String, causeID: String? = nil, isTemporary: Bool) {
        self.description = description
        self.causeID = causeID
        self.isTemporary = isTemporary
        status = nil
        body = nil
    }

    init(_ failure: ConnectFailure) {
        description = failure.description
        causeID = failure.causeID
        isTemporary = failure.isTemporary
        switch failure.cause {
        case .status(let code, _, let body):
            status = code
            self.body = String(decoding: body, as: UTF8.self)
        default:
            status = nil
            body = nil
        }
    }
}

extension ConnectFailure {
    /// The doctor's cause, where one attempt alone shows it.
    var causeID: String? {
        switch cause {
        case .dns: "net-dns"
        case .refused: "net-refused"
        case .unreachable: "net-unreachable"
        case .timedOut: phase == .connect ? "fw-filtered" : phase == .answer ? "code-silence" : nil
        case .proxyRefused(let status, _, _): status == 407 ? "fw-proxy-auth" : "fw-proxy-connect-denied"
        case .notTLS: "tls-wss-to-plain"
        case .certificateNameMismatch: "tls-hostname-mismatch"
        case .closedBeforeAnswer: "net-closed-before-response"
        case .reset: "net-reset-before-response"
        case .notHTTP: "net-wrong-service"
        case .status(let code, _, _): Self.causeID(ofStatus: code)
        case .upgradeMissing, .upgradeOther: "code-missing-upgrade"
        case .connectionMissing, .connectionOther: "code-missing-connection"
        case .acceptMissing, .acceptWrong: "code-bad-accept"
        case .extensionNotOffered: "ver-ext-unoffered"
        case .compressionMisunderstood: "ver-ext-params"
        case .subprotocolNotOffered: "ver-subproto-unoffered"
        case .subprotocolRepeated: "ver-subproto-multiple"
        case .subprotocolMissing: "ver-subproto-none"
        case .subprotocolInvalid: "code-bad-subprotocol-token"
        case .eventLoopUnsuitable, .addressInvalid, .cancelled, .tlsUnusable, .certificateUntrusted, .tls,
            .transport, .headMalformed, .headTooLarge:
            nil
        }
    }

    private static func causeID(ofStatus code: Int) -> String? {
        switch code {
        case 200..<300: "srv-http-200-instead"
        case 300..<400: "srv-redirect"
        case 401: "srv-auth-required"
        case 404: "srv-path-not-websocket"
        case 429: "srv-rate-limited"
        case 502, 504: "srv-upstream-down"
        case 503: "srv-overloaded"
        default: nil
        }
    }

    /// Whether time alone may change it.
    var isTemporary: Bool {
        switch cause {
        case .dns, .refused, .unreachable, .timedOut, .closedBeforeAnswer, .reset, .transport: true
        case .status(let code, _, _): [408, 425, 429, 500, 502, 503, 504].contains(code)
        default: false
        }
    }
}
