// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ErrorTexts {
    /// Causes of a status other than 101, the likeliest first.
    package static func causes(ofStatus status: Int) -> [String] {
        switch status {
        case 101: ["code-missing-connection", "code-missing-upgrade", "code-bad-accept"]
        case 200, 204: ["srv-http-200-instead", "srv-path-not-websocket", "fw-captive-portal"]
        case 300...399: ["srv-redirect", "fw-captive-portal"]
        case 400:
            [
                "srv-path-not-websocket", "srv-proxy-drops-upgrade", "fw-proxy-strips-upgrade", "tls-ws-to-tls",
                "ver-ws-version", "ver-subproto-required", "srv-host-check", "srv-headers-too-large",
                "srv-upgrade-disabled", "ver-socketio-eio", "code-bad-key", "code-connection-exact-match",
                "code-header-case", "tls-client-cert-required", "srv-worker-type", "code-client-http10", "ver-hixie",
            ]
        case 401: ["srv-auth-required", "org-rejected", "org-cookie"]
        case 403:
            [
                "org-rejected", "org-mismatch", "org-rewritten-host", "org-null", "org-required", "srv-auth-required",
                "srv-host-check", "code-not-accepted", "srv-upgrade-disabled", "fw-waf-block", "org-cookie",
                "tls-alpn-h2-only",
            ]
        case 404:
            [
                "srv-path-not-websocket", "srv-no-ws-library", "code-no-upgrade-listener", "srv-proxy-drops-upgrade",
                "ver-realtime-azure", "srv-worker-type", "srv-host-check", "srv-upgrade-disabled",
            ]
        case 405: ["srv-path-not-websocket"]
        case 407: ["fw-proxy-auth"]
        case 421: ["srv-host-check"]
        case 426: ["srv-proxy-drops-upgrade", "ver-ws-version", "fw-proxy-strips-upgrade", "ver-hixie"]
        case 429: ["srv-rate-limited"]
        case 431, 494: ["srv-headers-too-large"]
        case 464: ["srv-upgrade-disabled"]
        case 500: ["code-5xx", "srv-worker-type"]
        case 501: ["srv-upgrade-disabled", "ver-h2-extended-connect"]
        case 503: ["srv-upstream-down", "srv-overloaded", "srv-rate-limited"]
        case 505: ["srv-proxy-drops-upgrade", "code-client-http10"]
        case 511: ["fw-captive-portal"]
        case 502, 504, 520...526: ["srv-upstream-down"]
        default: []
        }
    }

    /// Causes of a close code, the likeliest first.
    package static func causes(ofCloseCode code: Int) -> [String] {
        switch code {
        case 1001, 1012: ["srv-reload-cuts"]
        case 1002: ["code-unmasked-client", "code-bad-frame", "code-rsv", "code-masked-server"]
        case 1003: ["code-binary-vs-text"]
        case 1006:
            [
                "code-abrupt-close", "srv-proxy-idle-timeout", "fw-idle-rst", "net-silent-idle-drop",
                "srv-message-too-big", "srv-reload-cuts", "code-bad-close-code",
            ]
        case 1007: ["code-bad-utf8", "ver-ext-not-implemented"]
        case 1008: ["srv-auth-in-band", "org-cookie", "org-rejected"]
        case 1009: ["srv-message-too-big"]
        case 1010: ["ver-ext-params"]
        case 1011: ["code-close-1011", "code-client-no-pong"]
        case 1013: ["srv-overloaded", "srv-rate-limited"]
        case 1014: ["srv-upstream-down"]
        case 1015:
            [
                "tls-self-signed", "tls-expired", "tls-hostname-mismatch", "tls-missing-intermediate",
                "tls-unknown-ca", "fw-tls-intercept", "tls-old-version",
            ]
        case 3000: ["srv-auth-in-band"]
        case 4000: ["ver-realtime-beta-rejected", "ver-realtime-beta-only", "srv-auth-in-band"]
        case 4406: ["ver-subproto-mismatch"]
        case 4001...4999: ["srv-auth-in-band"]
        default: []
        }
    }
}
