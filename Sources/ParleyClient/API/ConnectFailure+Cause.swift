// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyTransport

extension ConnectFailure {
    /// The doctor's cause, where one attempt alone shows it.
    ///
    /// - Parameter offersSubprotocols: Whether the request offered any.
    /// - Returns: Its id; nil where only further attempts can tell.
    func causeID(offersSubprotocols: Bool) -> String? {
        switch cause {
        case .dns: "net-dns"
        case .refused: "net-refused"
        case .unreachable: "net-unreachable"
        case .timedOut: timeoutCauseID
        case .proxyRefused(let status, _, _): status == 407 ? "fw-proxy-auth" : "fw-proxy-connect-denied"
        case .notTLS: "tls-wss-to-plain"
        case .certificateNameMismatch: "tls-hostname-mismatch"
        case .certificateUntrusted(let distrust): Self.causeID(distrust)
        case .closedBeforeAnswer: "net-closed-before-response"
        case .reset: "net-reset-before-response"
        case .notHTTP(let bytes): Self.isTLS(bytes) ? "tls-ws-to-tls" : "net-wrong-service"
        case .status(let code, _, let body): Self.causeID(ofStatus: code, body)
        case .upgradeMissing, .upgradeOther: "code-missing-upgrade"
        case .connectionMissing, .connectionOther: "code-missing-connection"
        case .acceptMissing, .acceptWrong: "code-bad-accept"
        case .extensionNotOffered: "ver-ext-unoffered"
        case .compressionMisunderstood: "ver-ext-params"
        case .subprotocolNotOffered where !offersSubprotocols: "ver-subproto-unoffered"
        case .subprotocolNotOffered(let name): name.contains(",") ? "ver-subproto-multiple" : "ver-subproto-mismatch"
        case .subprotocolRepeated: offersSubprotocols ? "ver-subproto-multiple" : "ver-subproto-unoffered"
        case .subprotocolMissing: "ver-subproto-none"
        case .subprotocolInvalid: "code-bad-subprotocol-token"
        // BoringSSL's names for what either side says to a version it does not take.
        case .tls(let words):
            words.contains("PROTOCOL_VERSION") || words.contains("UNSUPPORTED_PROTOCOL") ? "tls-old-version" : nil
        case .eventLoopUnsuitable, .addressInvalid, .cancelled, .tlsUnusable, .transport, .headMalformed, .headTooLarge:
            nil
        }
    }

    /// Where the time went tells it, unless an answer had begun.
    private var timeoutCauseID: String? {
        switch phase {
        case .connect: "fw-filtered"
        case .answer where timeline.responseHead.isEmpty: "net-handshake-slow"
        default: nil
        }
    }

    private static func causeID(ofStatus code: Int, _ body: [UInt8]) -> String? {
        switch code {
        case 200..<300: "srv-http-200-instead"
        case 300..<400: "srv-redirect"
        case 400: saysTLS(body) ? "tls-ws-to-tls" : nil
        case 401: "srv-auth-required"
        case 404, 405: "srv-path-not-websocket"
        case 407: "fw-proxy-auth"
        case 429: "srv-rate-limited"
        case 431: "srv-headers-too-large"
        case 500: "code-5xx"
        case 502, 504: "srv-upstream-down"
        case 503: "srv-overloaded"
        default: nil
        }
    }

    /// The words of nginx and of Go about a plain request to their TLS port.
    private static func saysTLS(_ body: [UInt8]) -> Bool {
        let text = String(decoding: body, as: UTF8.self).lowercased()
        return text.contains("sent to https port") || text.contains("http request to an https server")
    }

    private static func causeID(_ distrust: CertificateDistrust?) -> String? {
        switch distrust {
        case .expired: "tls-expired"
        case .notYetValid: "tls-not-yet-valid"
        case .selfSigned: "tls-self-signed"
        // A chain that is not complete looks the same.
        case .unknownAuthority, nil: nil
        }
    }

    /// An alert or a handshake record of TLS (RFC 8446 section 5.1).
    private static func isTLS(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x15, 3]) || bytes.starts(with: [0x16, 3])
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
