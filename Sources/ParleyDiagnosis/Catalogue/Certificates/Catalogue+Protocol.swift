// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// TLS that does not come about, or where nobody expects it.

extension Catalogue {
    static let tlsOldVersion = Cause(
        "tls-old-version",
        .certificate,
        title: Text("The server speaks only TLS 1.0 or 1.1", zh: "服务器只支持 TLS 1.0 或 1.1"),
        symptoms: [
            "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
            "tlsv1 alert protocol version (SSL alert number 70)",
        ],
        explanation: Text(
            """
            Clients of today begin at TLS 1.2, and the server ends at 1.1: they share no version. Old appliances and \
            old Windows or Java servers are the usual ones.
            """,
            zh: """
                如今的客户端最低使用 TLS 1.2，而服务器最高只到 1.1：双方没有共同版本。多为老旧设备和旧版 Windows、\
                Java 服务器。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Enable TLS 1.2 and 1.3 on the server, update its TLS library, or put a proxy that speaks them in \
                        front.
                        """,
                        zh: "在服务器上启用 TLS 1.2 和 1.3，升级其 TLS 库，或在前面放一个支持它们的代理。"
                    )
                )
            ],
            Remedies.offerModernTLS
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "TLS 1.1 alone succeeds and 1.2 and 1.3 fail, which the doctor tries by itself.",
            zh: "只有 TLS 1.1 成功而 1.2 与 1.3 失败，doctor 会自动尝试。"
        ),
        sources: [
            "RFC 8996",
            "RFC 8446 §6.2",
        ]
    )

    static let tlsNoSharedCipher = Cause(
        "tls-no-shared-cipher",
        .certificate,
        title: Text("Client and server share no cipher suite", zh: "客户端与服务器没有共同的密码套件"),
        symptoms: [
            "sslv3 alert handshake failure (SSL alert number 40)",
            "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",
        ],
        explanation: Text(
            """
            The server's list of suites, or its kind of key, has nothing in common with what the client offers, and \
            it ends with handshake_failure. Hand-made cipher lists, ECDSA keys with RSA-only suites and old Java \
            servers lead to it.
            """,
            zh: """
                服务器的套件列表或密钥类型与客户端提供的没有交集，于是以 handshake_failure 结束。手写的套件列表、\
                ECDSA 密钥配仅限 RSA 的套件，以及旧 Java 服务器都会导致。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Remove the hand-made list of ciphers, or take the current one of the Mozilla SSL Configuration \
                        Generator; make sure the suites fit the kind of key.
                        """,
                        zh: """
                            去掉手写的密码列表，或采用 Mozilla SSL Configuration Generator 的当前列表；确认套件与密钥类型\
                            相符。
                            """
                    ),
                    snippet: "ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256;"
                )
            ],
            Remedies.offerModernTLS
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Which versions and suites succeed: the doctor tries the versions, `openssl s_client -cipher NAME` single \
            suites.
            """,
            zh: "看哪些版本和套件成功：doctor 会尝试各版本，`openssl s_client -cipher NAME` 可尝试单个套件。"
        ),
        sources: [
            "RFC 8446 §4.1.1, §6.2"
        ]
    )

    static let tlsClientCertRequired = Cause(
        "tls-client-cert-required",
        .certificate,
        title: Text(
            "The server wants a certificate from the client (mutual TLS)",
            zh: "服务器要求客户端证书（双向 TLS）"
        ),
        symptoms: [
            "WebSocket opening handshake was canceled",
            "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "400 No required SSL certificate was sent",
            "did not receive a valid HTTP response",
        ],
        explanation: Text(
            """
            The server asks for a client certificate and refuses those without. Under TLS 1.3 the refusal comes after \
            the client's handshake is done, so it looks like a server that closes instead of answering; nginx answers \
            400 "No required SSL certificate was sent".
            """,
            zh: """
                服务器要求客户端出示证书，并拒绝没有证书的客户端。在 TLS 1.3 中拒绝发生在客户端握手完成之后，看起来像\
                是服务器不应答就关闭；nginx 则回答 400 "No required SSL certificate was sent"。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Give the client its certificate and key, or have the server not ask on this path or port. In \
                        browsers install it (PKCS #12) in the system's store and choose it on a page of the same host \
                        first.
                        """,
                        zh: """
                            给客户端配置证书和私钥，或让服务器在该路径、端口上不要求。浏览器需把证书（PKCS #12）装入系统\
                            存储，并先在同一主机的页面上选择它。
                            """
                    ),
                    snippet: """
                        context.load_cert_chain("client.pem", "client.key")        # Python
                        new WebSocket(url, { cert, key })                           // node ws
                        tls.Config{Certificates: []tls.Certificate{pair}}           // Go
                        """
                )
            ],
            Remedies.clientCertificate
        ),
        proof: .wire,
        sources: [
            "RFC 8446 §4.3.2, §4.4.2.4, §6.2"
        ]
    )

    static let tlsWssToPlain = Cause(
        "tls-wss-to-plain",
        .certificate,
        title: Text("wss:// to a port that speaks plain ws://", zh: "用 wss:// 连接了只支持明文 ws:// 的端口"),
        symptoms: [
            "Client network socket disconnected before secure TLS connection was established",
            "net::ERR_SSL_PROTOCOL_ERROR",
            "tls: first record does not look like a TLS handshake",
        ],
        explanation: Text(
            """
            The client begins with TLS, and the server on this port expects plain HTTP: it answers in plain text, \
            closes, or waits for a line end that never comes. With ws:// the same port gives 101.
            """,
            zh: """
                客户端以 TLS 开始，而该端口的服务器期待明文 HTTP：它会以明文回答、关闭连接，或一直等待不会到来的行结\
                束符。同一端口用 ws:// 可得到 101。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Use ws:// for this port, or enable TLS on the server (or terminate TLS in a proxy in front) and \
                        keep wss://. Pages loaded over https need wss://.
                        """,
                        zh: """
                            该端口使用 ws://；或在服务器上启用 TLS（或在前面的代理终结 TLS）并继续使用 wss://。以 https \
                            加载的页面必须使用 wss://。
                            """
                    )
                ),
                Fix(
                    .nginx,
                    Text("Add ssl to the listen line.", zh: "在 listen 行加上 ssl。"),
                    snippet: "listen 443 ssl;"
                ),
                Fix(
                    .realtimeClient,
                    Text(
                        "openai-node always uses wss://: give the server a certificate, or put a TLS proxy in front.",
                        zh: "openai-node 始终使用 wss://：请为服务器配置证书，或在前面放 TLS 代理。"
                    )
                ),
            ],
            Remedies.serveCertificate
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "The same port with ws://, which the doctor tries by itself: 101 there proves it.",
            zh: "doctor 会对同一端口使用 ws://：那里得到 101 即可证实。"
        ),
        sources: [
            "RFC 6455 §3, §4.1"
        ]
    )

    static let tlsWsToTls = Cause(
        "tls-ws-to-tls",
        .certificate,
        title: Text("ws:// to a port that speaks TLS", zh: "用 ws:// 连接了 TLS 端口"),
        symptoms: [
            "Client sent an HTTP request to an HTTPS server.",
            "The plain HTTP request was sent to HTTPS port",
            "socket hang up",
        ],
        explanation: Text(
            """
            The client speaks plain HTTP to a port where the server expects TLS. Go and nginx answer 400 in words, \
            others close or send a TLS alert, which clients call an invalid response.
            """,
            zh: """
                客户端用明文 HTTP 连接了服务器期待 TLS 的端口。Go 和 nginx 会以文字回答 400，其他服务器则关闭或发送 \
                TLS 警报，客户端称之为无效响应。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Use wss:// in the URL, with the host name of the certificate.",
                    zh: "在 URL 中使用 wss://，主机名与证书一致。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Or redirect plain requests on this port for other clients.",
                    zh: "也可为其他客户端在该端口重定向明文请求。"
                ),
                snippet: "error_page 497 https://$host:$server_port$request_uri;"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "https.createServer takes TLS only; a plain server needs a port of its own.",
                    zh: "https.createServer 只接受 TLS；明文服务器需要单独的端口。"
                )
            ),
            Fix(
                .spring,
                Text(
                    "server.ssl.enabled makes the only port a TLS one.",
                    zh: "server.ssl.enabled 会使唯一的端口变为 TLS。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "The same port with wss://, which the doctor tries by itself.",
            zh: "doctor 会对同一端口使用 wss://。"
        ),
        sources: [
            "RFC 6455 §3"
        ]
    )

    static let tlsAlpnH2Only = Cause(
        "tls-alpn-h2-only",
        .certificate,
        title: Text("The port speaks HTTP/2 only (ALPN)", zh: "该端口只支持 HTTP/2（ALPN）"),
        symptoms: [
            "net::ERR_SSL_PROTOCOL_ERROR",
            "tlsv1 alert no application protocol (SSL alert number 120)",
            "Unexpected server response: 403",
        ],
        explanation: Text(
            """
            WebSocket clients offer http/1.1 or nothing in ALPN, and the server accepts h2 alone: it ends with the \
            alert no_application_protocol, or refuses afterwards in words, as Node's http2 server does with 403. gRPC \
            servers and HTTP/2-only balancers behave so.
            """,
            zh: """
                WebSocket 客户端在 ALPN 中提供 http/1.1 或不提供，而服务器只接受 h2：以 no_application_protocol 警报\
                结束，或随后以文字拒绝（Node 的 http2 服务器回答 403）。gRPC 服务器和仅 HTTP/2 的负载均衡器就是如此。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Let the server offer http/1.1 next to h2 in ALPN and serve WebSockets over it.",
                        zh: "让服务器在 ALPN 中除 h2 外也提供 http/1.1，并在其上提供 WebSocket。"
                    )
                )
            ],
            Remedies.speakHTTP1
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "ALPN with none, http/1.1 and h2, which the doctor tries by itself: only h2 goes on.",
            zh: "doctor 会分别使用不带 ALPN、http/1.1 和 h2：只有 h2 能继续。"
        ),
        sources: [
            "RFC 7301 §3.2",
            "RFC 9113 §3.2",
        ]
    )
}
