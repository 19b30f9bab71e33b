// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ErrorTexts {
    /// Words of Realtime servers and of socket.io.
    static let realtimePhrases: [ErrorPhrase] = [
        ErrorPhrase(
            ["beta_api_shape_disabled", "realtime beta api is no longer supported"],
            ["ver-realtime-beta-rejected"]
        ),
        ErrorPhrase(
            ["missing_beta_header", "send the header 'openai-beta", "send the header \"openai-beta"],
            ["ver-realtime-beta-only"]
        ),
        ErrorPhrase(["parameter: 'session.type'", "parameter: 'session.modalities'"], ["ver-realtime-event-shape"]),
        ErrorPhrase(
            ["invalid_api_key", "incorrect api key provided", "didn't provide an api key"],
            ["srv-auth-in-band", "srv-auth-required"]
        ),
        ErrorPhrase(
            ["unsupported version of the socket.io", "transport unknown", "0{\"sid\":"],
            ["ver-socketio-eio"]
        ),
    ]

    /// Words of browsers and clients that do not let a packet out, or of pages.
    static let browserPhrases: [ErrorPhrase] = [
        ErrorPhrase(
            ["insecure websocket connection may not be initiated", "the operation is insecure", "mixed content"],
            ["org-mixed-content"]
        ),
        ErrorPhrase(["content security policy", "ns_error_content_blocked"], ["org-csp"]),
        ErrorPhrase(["blocked_by_local_network_access_checks"], ["org-local-network-access"]),
        ErrorPhrase(["err_unsafe_port"], ["org-unsafe-port"]),
        ErrorPhrase(["fragment identifier"], ["code-url-fragment"]),
        ErrorPhrase(["the subprotocol '"], ["code-bad-subprotocol-token"]),
        ErrorPhrase(
            ["an invalid or illegal string was specified"],
            ["code-bad-subprotocol-token", "code-url-fragment", "code-client-scheme"],
            leavesOpen: Text(
                "Whether the address or a subprotocol is the invalid string.",
                zh: "无效的字符串是地址还是子协议。"
            )
        ),
        ErrorPhrase(
            [
                "the url's scheme must be", "the url's protocol must be one of", "urls must use the wss: protocol",
                "malformed ws or wss url", "unexpected url scheme", "url scheme not supported",
            ],
            ["code-client-scheme"]
        ),
        ErrorPhrase(
            [
                "isn't a valid uri: scheme isn't ws or wss", "invalid redirect target",
                "websocket redirects are not allowed",
            ],
            ["srv-redirect", "fw-captive-portal", "code-client-scheme"],
            leavesOpen: Text(
                """
                Whether the server redirects (to https, to another host) or a captive portal does; without a \
                redirect the client's own address has the wrong scheme.
                """,
                zh: "重定向来自服务器（到 https 或其他主机）还是强制门户；若没有重定向，则是客户端自己的地址协议有误。"
            )
        ),
        ErrorPhrase(["[object blob]"], ["code-binary-vs-text"]),
    ]
}
