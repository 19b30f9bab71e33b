// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ErrorTexts {
    /// Words about the client's proxy.
    static let proxyPhrases: [ErrorPhrase] = [
        ErrorPhrase(
            [
                "proxy authentication failed", "proxy rejected connection: http 407", "err_unexpected_proxy_auth",
                "proxy authentication required",
            ],
            ["fw-proxy-auth"]
        ),
        ErrorPhrase(
            [
                "establishing a tunnel via proxy server failed", "err_tunnel_connection_failed",
                "proxy rejected connection", "invalidproxystatus",
            ],
            ["fw-proxy-connect-denied", "fw-proxy-auth"]
        ),
    ]

    /// Words about names, TCP, and peers that say nothing or something else.
    static let networkPhrases: [ErrorPhrase] = [
        ErrorPhrase(
            [
                "enotfound", "eai_again", "err_name_not_resolved", "gaierror", "name or service not known",
                "no such host", "temporary failure in name resolution", "nodename nor servname",
                "unknownhostexception", "failed to lookup address",
            ],
            ["net-dns"],
            leavesOpen: Text(
                "Whether the name does not exist or the resolver failed (EAI_AGAIN, errno -3).",
                zh: "是名称不存在，还是解析器出错（EAI_AGAIN、errno -3）。"
            )
        ),
        ErrorPhrase(
            [
                "econnrefused", "err_connection_refused", "connection refused", "connect call failed",
                "connectionrefusederror", "actively refused",
            ],
            ["net-refused", "net-family-mismatch"],
            leavesOpen: Text(
                "Whether nothing listens at all, or only on the other address family.",
                zh: "是完全没有监听，还是只在另一地址族上监听。"
            )
        ),
        ErrorPhrase(
            ["ehostunreach", "no route to host"],
            ["fw-rejected", "net-unreachable"],
            leavesOpen: Text("Whether a firewall rejects or routing fails.", zh: "是防火墙拒绝，还是路由故障。")
        ),
        ErrorPhrase(
            ["enetunreach", "network is unreachable", "err_address_unreachable", "err_internet_disconnected"],
            ["net-unreachable"]
        ),
        ErrorPhrase(
            ["missing expected cr after", "hpe_cr_expected"],
            ["code-bare-lf"]
        ),
        ErrorPhrase(
            ["unsupported protocol; expected http/1.1"],
            ["ver-http-version", "tls-ws-to-tls", "net-wrong-service"]
        ),
        ErrorPhrase(
            [
                "err_invalid_http_response", "expected http/", "hpe_invalid_constant", "malformed http",
                "invalid http version", "invalid http status line",
            ],
            ["net-wrong-service", "tls-ws-to-tls"]
        ),
        ErrorPhrase(
            [
                "socket hang up", "connection closed before receiving a handshake response", "err_empty_response",
                "err_socket_not_connected", "unexpected eof", "serverdisconnectederror", "server disconnected",
                "header parser received no bytes", "connection closed while reading http status line",
            ],
            ["net-closed-before-response", "tls-ws-to-tls", "net-wrong-service", "tls-client-cert-required"],
            leavesOpen: Text(
                "Who closed: another service, or a balancer whose back end is down.",
                zh: "是谁关闭了连接：别的服务，还是后端已停的负载均衡器。"
            )
        ),
        ErrorPhrase(
            ["did not receive a valid http response"],
            [
                "net-closed-before-response", "net-wrong-service", "tls-ws-to-tls", "tls-client-cert-required",
                "code-bare-lf", "ver-http-version",
            ],
            leavesOpen: Text(
                "The reason stands in the exception's __cause__: the end of the stream, another protocol, a bad line.",
                zh: "原因在异常的 __cause__ 中：数据流结束、别的协议，或格式错误的行。"
            )
        ),
        ErrorPhrase(
            ["econnreset", "err_connection_reset", "connection reset by peer", "connectionreseterror"],
            ["net-reset-before-response", "tls-wss-to-plain", "fw-tls-sni-reset"],
            leavesOpen: Text(
                "Who reset, and whether before, during or after TLS.",
                zh: "是谁重置的，以及发生在 TLS 之前、之中还是之后。"
            )
        ),
        ErrorPhrase(
            ["read tcp"],
            ["code-silence", "net-silent-idle-drop"]
        ),
        ErrorPhrase(
            [
                "timed out during opening handshake", "opening handshake has timed out",
                "opening handshake timed out", "err_connection_timed_out", "i/o timeout", "etimedout",
                "handshake timed out", "context deadline exceeded", "timeouterror", "timed out", "err_timed_out",
            ],
            [
                "fw-filtered", "net-handshake-slow", "srv-path-not-websocket", "fw-proxy-ignored",
                "net-wrong-service", "code-silence", "tls-wss-to-plain",
            ],
            leavesOpen: Text(
                "Whether the port is filtered, the server is slow or silent, or the peer is no HTTP server.",
                zh: "是端口被过滤、服务器太慢或沉默，还是对方不是 HTTP 服务器。"
            )
        ),
    ]

    /// Words that stand for every failure of their client.
    static let vaguePhrases: [ErrorPhrase] = [
        ErrorPhrase(
            ["can't establish a connection to the server"],
            [],
            leavesOpen: Text(
                "Everything: Firefox has this sentence for every handshake that fails. The close event tells 1015 for "
                    + "TLS and 1006 otherwise.",
                zh: "一切：Firefox 对所有失败的握手都是这句话。close 事件中 1015 表示 TLS 问题，其他为 1006。"
            )
        ),
        ErrorPhrase(
            ["received network error or non-101 status code"],
            [],
            leavesOpen: Text(
                "Everything: Node's built-in WebSocket has this text for refusals, TLS and any status.",
                zh: "一切：Node 内置 WebSocket 对拒绝连接、TLS 和任何状态码都是这句话。"
            )
        ),
        ErrorPhrase(
            ["websocket: bad handshake"],
            [],
            leavesOpen: Text(
                "Everything behind the handshake: status and body are in the response that Dial returns.",
                zh: "握手之后的一切：状态码和正文在 Dial 返回的 response 中。"
            )
        ),
        ErrorPhrase(
            ["bad response from the server", "nsurlerrordomain code=-1011"],
            [],
            leavesOpen: Text(
                "The status, which was not 101: `parley tap` shows it.",
                zh: "状态码（不是 101）：用 `parley tap` 可看到。"
            )
        ),
        ErrorPhrase(
            ["invalid handshake response", "unable to connect to the remote server", "websocketexception"],
            [],
            leavesOpen: Text("Everything: look at the inner exception.", zh: "一切：请查看内层异常。")
        ),
    ]
}
