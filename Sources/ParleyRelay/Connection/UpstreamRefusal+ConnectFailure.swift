// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyTransport
internal import ParleyWebSocket

extension UpstreamRefusal {
    /// Why the upstream could not be opened, with `key` masked wherever it was repeated.
    init(_ failure: ConnectFailure, hiding key: String?) {
        var message = "\(failure.sentence) \(failure.advice)"
        if let key, !key.isEmpty { message = message.replacing(key, with: Redaction.mark) }
        let (code, closeCode) = Self.codes(failure.cause)
        self.init(code, "No session with the upstream. \(message)", cause: Self.cause(failure), closeCode: closeCode)
    }

    private static func codes(_ cause: ConnectFailure.Cause) -> (String, CloseCode) {
        switch cause {
        case .status(429, _, _), .status(503, _, _): ("upstream_refused", .tryAgainLater)
        case .status: ("upstream_refused", .badGateway)
        case .timedOut: ("upstream_timeout", .badGateway)
        case .dns, .addressInvalid, .refused, .unreachable, .proxyRefused, .reset, .transport, .closedBeforeAnswer:
            ("upstream_unreachable", .badGateway)
        case .tlsUnusable: ("upstream_tls", .internalError)
        case .notTLS, .certificateUntrusted, .certificateNameMismatch, .tls: ("upstream_tls", .badGateway)
        default: ("upstream_protocol", .badGateway)
        }
    }

    /// The doctor's id of the cause; nil where one failure has many.
    static func cause(_ failure: ConnectFailure) -> String? {
        switch failure.cause {
        case .dns: "net-dns"
        case .refused: failure.proxy == nil ? "net-refused" : nil
        case .unreachable: "net-unreachable"
        case .proxyRefused(status: 407, _, _): "fw-proxy-auth"
        case .proxyRefused: "fw-proxy-connect-denied"
        case .notTLS: "tls-wss-to-plain"
        case .certificateNameMismatch: "tls-hostname-mismatch"
        case .closedBeforeAnswer: "net-closed-before-response"
        case .reset: "net-reset-before-response"
        case .status(let code, _, let body): cause(status: code, body)
        case .upgradeMissing: "code-missing-upgrade"
        case .connectionMissing: "code-missing-connection"
        case .acceptWrong, .acceptMissing: "code-bad-accept"
        case .extensionNotOffered: "ver-ext-unoffered"
        case .subprotocolNotOffered: "ver-subproto-unoffered"
        default: nil
        }
    }

    private static func cause(status: Int, _ body: [UInt8]) -> String? {
        // Another Parley says it itself.
        if let cause = (try? JSON(parsing: body))?["error"]?["cause"]?.stringValue, cause.utf8.count <= 40,
            cause.utf8.allSatisfy({
                $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
            })
        {
            return cause
        }
        return switch status {
        case 200: "srv-http-200-instead"
        case 300..<400: "srv-redirect"
        case 401: "srv-auth-required"
        case 404: "srv-path-not-websocket"
        case 429: "srv-rate-limited"
        case 502, 504: "srv-upstream-down"
        case 503: "srv-overloaded"
        default: nil
        }
    }
}
