// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// WebSocket and HTTP versions.

extension Catalogue {
    static let verWsVersion = Cause(
        "ver-ws-version",
        .version,
        title: Text("The server does not speak version 13 of the protocol", zh: "服务器不支持协议第 13 版"),
        symptoms: [
            "Unexpected response code: 426 (400), with Sec-WebSocket-Version"
        ],
        explanation: Text(
            """
            Clients ask for version 13, that of RFC 6455. The server answers 426 or 400 with a Sec-WebSocket-Version \
            that lacks it: it implements a draft such as 8 or 7 of 2011, or compares the number wrongly.
            """,
            zh: """
                客户端请求第 13 版（RFC 6455）。服务器以 426 或 400 回答，其 Sec-WebSocket-Version 中没有 13：它实现\
                的是 2011 年的草案（如 8 或 7），或比较时出错。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Update the server's WebSocket library to one that implements version 13. In code of your own, \
                    compare Sec-WebSocket-Version with "13".
                    """,
                    zh: """
                        把服务器的 WebSocket 库升级到支持第 13 版的版本。自有代码中请把 Sec-WebSocket-Version 与 "13" \
                        比较。
                        """
                )
            ),
            Fix(
                .javaWebSocket,
                Text(
                    "Update: Draft_6455 is version 13; older drafts were removed in 1.4.",
                    zh: "请升级：Draft_6455 即第 13 版；旧草案在 1.4 中已移除。"
                )
            ),
            Fix(
                .netty,
                Text(
                    "WebSocketServerHandshakerFactory chooses by version: update Netty 3.",
                    zh: "WebSocketServerHandshakerFactory 按版本选择：请升级 Netty 3。"
                )
            ),
            Fix(
                .libwebsockets,
                Text("Update to 1.0 or later.", zh: "升级到 1.0 以上。")
            ),
            Fix(
                .aspNetCore,
                Text(
                    "IIS of Windows Server 2012 or later and current Kestrel speak version 13.",
                    zh: "Windows Server 2012 以后的 IIS 与当前 Kestrel 都支持第 13 版。"
                )
            ),
            Fix(
                .parley,
                Text(
                    "Only version 13 is spoken: update the client, or remove a Sec-WebSocket-Version set by hand.",
                    zh: "只支持第 13 版：请升级客户端，或去掉手工设置的 Sec-WebSocket-Version。"
                )
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §4.1, §4.4"
        ]
    )

    static let verHixie = Cause(
        "ver-hixie",
        .version,
        title: Text("One side speaks a draft from before RFC 6455", zh: "一方使用 RFC 6455 之前的草案"),
        symptoms: [
            "Unexpected response code: 400 (426)",
            "a 101 with Sec-WebSocket-Origin",
        ],
        explanation: Text(
            """
            The drafts of 2010 (hixie-75 and -76) use Sec-WebSocket-Key1 and Key2 and a different framing. A server \
            of that age refuses today's handshake or answers with Sec-WebSocket-Origin; a client of that age is \
            refused by today's servers.
            """,
            zh: """
                2010 年的草案（hixie-75 与 -76）使用 Sec-WebSocket-Key1、Key2 和不同的成帧方式。那个年代的服务器会拒\
                绝今天的握手或回答 Sec-WebSocket-Origin；那个年代的客户端则会被今天的服务器拒绝。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Update the library of the side that speaks the draft; there is no translation in between.",
                    zh: "升级使用草案一方的库；两者之间无法转换。"
                )
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "Every version speaks RFC 6455: the old side is the client.",
                    zh: "所有版本都实现 RFC 6455：旧的一方是客户端。"
                )
            ),
            Fix(
                .gorilla,
                Text(
                    "Every version speaks RFC 6455: the old side is the client.",
                    zh: "所有版本都实现 RFC 6455：旧的一方是客户端。"
                )
            ),
            Fix(
                .socketIO,
                Text("Update from 0.x.", zh: "从 0.x 升级。")
            ),
            Fix(
                .tornado,
                Text("Update from 2.x; draft76 was removed in 3.2.", zh: "从 2.x 升级；draft76 在 3.2 中已移除。")
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`parley mirror` shows what an old client asks.",
            zh: "用 `parley mirror` 可查看旧客户端的请求。"
        ),
        sources: [
            "RFC 6455 §4.1"
        ]
    )

    static let verHttpVersion = Cause(
        "ver-http-version",
        .version,
        title: Text("The 101 comes as HTTP/1.0", zh: "101 以 HTTP/1.0 返回"),
        symptoms: [
            "unsupported protocol; expected HTTP/1.1",
            "did not receive a valid HTTP response",
        ],
        explanation: Text(
            """
            The server's status line says HTTP/1.0, and a switch of protocols exists from HTTP/1.1 on only. Firefox \
            and Python refuse it, while Chromium, node ws and Go connect. Hand-written servers and old frameworks \
            (Python's http.server) write it.
            """,
            zh: """
                服务器的状态行写的是 HTTP/1.0，而协议切换从 HTTP/1.1 才有。Firefox 和 Python 会拒绝，Chromium、node \
                ws 和 Go 则能连接。手写的服务器和老框架（Python 的 http.server）会这样写。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text("Answer `HTTP/1.1 101 Switching Protocols`.", zh: "回答 `HTTP/1.1 101 Switching Protocols`。")
                ),
                Fix(
                    .werkzeug,
                    Text(
                        """
                        The development server says HTTP/1.0 unless told otherwise: set the version, or use another \
                        server.
                        """,
                        zh: "开发服务器默认使用 HTTP/1.0：设置版本，或改用其他服务器。"
                    ),
                    snippet: #"WSGIRequestHandler.protocol_version = "HTTP/1.1""#
                ),
                Fix(
                    .apache,
                    Text(
                        "Remove SetEnv downgrade-1.0 and force-response-1.0.",
                        zh: "删除 SetEnv downgrade-1.0 与 force-response-1.0。"
                    )
                ),
                Fix(
                    .nginx,
                    Text(
                        "nginx always answers HTTP/1.1: the back end's line reaches the client only past it.",
                        zh: "nginx 始终以 HTTP/1.1 应答：只有绕过它时客户端才会看到后端的状态行。"
                    )
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        sources: [
            "RFC 6455 §4.1",
            "RFC 9110 §7.8",
        ]
    )

    static let verH2ExtendedConnect = Cause(
        "ver-h2-extended-connect",
        .version,
        title: Text(
            "WebSocket over HTTP/2 is announced and does not work",
            zh: "宣称支持 HTTP/2 上的 WebSocket，实际不可用"
        ),
        symptoms: [
            "net::ERR_HTTP2_PROTOCOL_ERROR",
            "Unexpected response code: 501",
        ],
        explanation: Text(
            """
            The server announces SETTINGS_ENABLE_CONNECT_PROTOCOL, so browsers with an HTTP/2 connection to it open \
            the WebSocket over that (extended CONNECT), Firefox first. The server or a box behind it does not carry \
            it on: 501, a stream reset, ERR_HTTP2_PROTOCOL_ERROR. Whoever uses HTTP/1.1 connects.
            """,
            zh: """
                服务器宣告了 SETTINGS_ENABLE_CONNECT_PROTOCOL，于是已有 HTTP/2 连接的浏览器（首先是 Firefox）会用扩展 \
                CONNECT 打开 WebSocket。服务器或其后的设备不能处理：501、流重置、ERR_HTTP2_PROTOCOL_ERROR。使用 \
                HTTP/1.1 的都能连接。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Serve the WebSocket under a host that offers only http/1.1, or do not announce extended CONNECT \
                    until all the way supports it.
                    """,
                    zh: "用只提供 http/1.1 的主机名提供 WebSocket，或在整条链路支持之前不要宣告扩展 CONNECT。"
                )
            ),
            Fix(
                .haproxy,
                Text("Do not announce it.", zh: "不宣告它。"),
                snippet: """
                    global
                        h2-workaround-bogus-websocket-clients
                    """
            ),
            Fix(
                .envoy,
                Text(
                    "Set allow_connect and the upgrade together, or neither.",
                    zh: "allow_connect 与升级要么都配置，要么都不配置。"
                ),
                snippet: "http2_protocol_options: { allow_connect: true }"
            ),
            Fix(
                .apache,
                Text("Do not offer h2 for this host.", zh: "该主机不提供 h2。"),
                snippet: "Protocols http/1.1"
            ),
            Fix(
                .caddy,
                Text("Leave h2 out for this server.", zh: "该服务器不启用 h2。"),
                snippet: "servers { protocols h1 }"
            ),
            Fix(
                .traefik,
                Text("Offer http/1.1 alone to this router.", zh: "对该路由只提供 http/1.1。"),
                snippet: "alpnProtocols: [http/1.1]"
            ),
            Fix(
                .nginx,
                Text(
                    "nginx does not announce it; do not set http2 on for a host that forwards CONNECT elsewhere.",
                    zh: "nginx 不会宣告它；若该主机把 CONNECT 转到别处，不要启用 http2。"
                )
            ),
            Fix(
                .axum,
                Text("Route CONNECT as well as GET.", zh: "除 GET 外也要路由 CONNECT。"),
                snippet: #".route("/v1/realtime", any(upgrade))"#
            ),
            Fix(
                .aspNetCore,
                Text(
                    "Map the endpoint for CONNECT as well as GET, or serve HTTP/1.1 only.",
                    zh: "端点除 GET 外也要映射 CONNECT，或只提供 HTTP/1.1。"
                ),
                snippet: #"app.MapMethods("/v1/realtime", new[] { "GET", "CONNECT" }, Handle);"#
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "Set enableConnectProtocol only when the stream event handles :protocol.",
                    zh: "只有在 stream 事件处理 :protocol 时才设置 enableConnectProtocol。"
                ),
                snippet: """
                    http2.createSecureServer({ settings: { enableConnectProtocol: false }, allowHTTP1: true })
                    """
            ),
            Fix(
                .jetty,
                Text("Switch setConnectProtocolEnabled off.", zh: "关闭 setConnectProtocolEnabled。")
            ),
            Fix(
                .undertow,
                Text("Switch HTTP/2 off for this listener.", zh: "该监听器关闭 HTTP/2。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The setting is 1 and extended CONNECT fails while HTTP/1.1 gives 101. In Firefox, \
            network.http.http2.websockets = false makes it go away.
            """,
            zh: """
                该设置为 1，扩展 CONNECT 失败而 HTTP/1.1 得到 101。在 Firefox 中把 network.http.http2.websockets 设为 \
                false 后问题消失。
                """
        ),
        sources: [
            "RFC 8441 §3, §4, §5",
            "RFC 9220",
            "haproxy/haproxy#3355",
            "haproxy/haproxy#2244",
            "haproxy/haproxy#1364",
            "h2o/h2o#3470",
            "OliveTin/OliveTin#643",
        ]
    )
}
