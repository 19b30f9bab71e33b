// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Servers whose 101 is wrong.

extension Catalogue {
    static let codeBadAccept = Cause(
        "code-bad-accept",
        .code,
        title: Text("Sec-WebSocket-Accept is wrong", zh: "Sec-WebSocket-Accept 错误"),
        symptoms: [
            "Incorrect 'Sec-WebSocket-Accept' header value",
            "Invalid Sec-WebSocket-Accept header",
            "Invalid challenge response",
        ],
        explanation: Text(
            """
            The 101 carries an accept value that does not match the key of the request, so every client refuses the \
            handshake. Usual mistakes: the hexadecimal digest in base64 instead of the 20 raw bytes (56 characters \
            instead of 28), a wrong GUID, a key that was trimmed or lower-cased, a constant; a value that fits \
            another key comes from a cache.
            """,
            zh: """
                101 中的 accept 值与请求的密钥不匹配，所有客户端都会拒绝握手。常见错误：把十六进制摘要而不是 20 个原\
                始字节做 base64（56 个字符而非 28 个）、GUID 写错、密钥被截断或转成小写、写死的常量；若值与别的密钥匹\
                配，则来自缓存。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Compute base64 of the raw SHA-1 digest of the key as sent, followed by \
                    258EAFA5-E914-47DA-95CA-C5AB0DC85B11. Better leave it to a library.
                    """,
                    zh: """
                        计算：将收到的密钥原样拼接 258EAFA5-E914-47DA-95CA-C5AB0DC85B11，取 SHA-1 的原始字节再做 \
                        base64。最好交给库完成。
                        """
                ),
                snippet: """
                    # Python
                    base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
                    // Node
                    crypto.createHash('sha1').update(key + GUID).digest('base64')
                    // Go
                    h := sha1.Sum([]byte(key + guid)); base64.StdEncoding.EncodeToString(h[:])
                    """
            ),
            Fix(
                .iis,
                Text(
                    """
                    With the WebSocket Protocol feature missing, the ASP.NET Core module passed on such answers: \
                    install it.
                    """,
                    zh: "缺少 WebSocket Protocol 功能时，ASP.NET Core 模块会转发这样的响应：请安装该功能。"
                ),
                snippet: "Install-WindowsFeature Web-WebSockets"
            ),
            Fix(
                .nginx,
                Text(
                    "A cached 101 fits another client's key: do not cache this location.",
                    zh: "缓存的 101 对应的是别的客户端的密钥：不要缓存该 location。"
                ),
                snippet: "proxy_cache off;"
            ),
            Fix(
                .squid,
                Text("Deny caching for the path.", zh: "对该路径禁止缓存。"),
                snippet: "cache deny realtime"
            ),
            Fix(
                .cloudflare,
                Text(
                    "A Worker that answers itself must return the client end of a WebSocketPair.",
                    zh: "自行应答的 Worker 必须返回 WebSocketPair 的客户端一端。"
                ),
                snippet: "return new Response(null, { status: 101, webSocket: client });"
            ),
            Fix(
                .tomcat,
                Text(
                    "With code of your own in a servlet, use the container's upgrade instead.",
                    zh: "若在 servlet 中自行实现，请改用容器的升级功能。"
                ),
                snippet: "container.upgradeHttpToWebSocket(request, response, config, Map.of());"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "In an upgrade handler of your own, call handleUpgrade of a WebSocketServer.",
                    zh: "在自定义的 upgrade 处理器中调用 WebSocketServer 的 handleUpgrade。"
                ),
                snippet: "wss.handleUpgrade(request, socket, head, (ws) => wss.emit('connection', ws, request));"
            ),
            Fix(
                .swoole,
                Text(
                    "Let Swoole do the handshake; a handshake callback must compute the value itself.",
                    zh: "让 Swoole 完成握手；使用 handshake 回调时必须自行计算该值。"
                ),
                snippet: "$accept = base64_encode(sha1($key . '258EAFA5-E914-47DA-95CA-C5AB0DC85B11', true));"
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §1.3, §4.1, §4.2.2",
            "aspnet/SignalR#1585",
        ]
    )

    static let codeMissingConnection = Cause(
        "code-missing-connection",
        .code,
        title: Text("The 101 has no Connection: Upgrade", zh: "101 响应缺少 Connection: Upgrade"),
        symptoms: [
            "'Connection' header is missing",
            "Unexpected server response: 101",
            "missing Connection header",
        ],
        explanation: Text(
            """
            The answer switches protocols without the Connection header, or with another value, and all common \
            clients but NIO's refuse it. node ws calls it "Unexpected server response: 101"; Node's own WebSocket \
            waits without an event. Hand-written servers forget it, and proxies replace it by keep-alive.
            """,
            zh: """
                响应切换了协议却没有 Connection 头（或是别的值），除 NIO 外的常见客户端都会拒绝。node ws 报 \
                "Unexpected server response: 101"；Node 内置 WebSocket 则一直等待没有事件。手写的服务器会漏掉它，代理\
                会把它换成 keep-alive。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Send `Connection: Upgrade` in the 101, spelled like this.",
                        zh: "在 101 中发送 `Connection: Upgrade`，拼写如此。"
                    )
                ),
                Fix(
                    .nginx,
                    Text(
                        """
                        nginx adds the header itself to upgraded connections: make sure it sees the upgrade \
                        (proxy_http_version 1.1).
                        """,
                        zh: "nginx 会为升级的连接自动加上该头：确认它识别到升级（proxy_http_version 1.1）。"
                    ),
                    snippet: "proxy_http_version 1.1;"
                ),
                Fix(
                    .haproxy,
                    Text("Remove http-response rules on Connection.", zh: "删除针对 Connection 的 http-response 规则。")
                ),
                Fix(
                    .swiftNIO,
                    Text(
                        "NIOWebSocketServerUpgrader adds it; an upgrader of your own must return it.",
                        zh: "NIOWebSocketServerUpgrader 会自动添加；自定义升级器必须自己返回。"
                    )
                ),
                Fix(
                    .netty,
                    Text(
                        "WebSocketServerHandshaker adds it; a handshake written by hand must.",
                        zh: "WebSocketServerHandshaker 会自动添加；手写握手必须自己添加。"
                    ),
                    snippet: "response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);"
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "`--direct URL` tells whether the server or a proxy in front loses it.",
            zh: "用 `--direct URL` 可分辨是服务器还是前面的代理丢失了它。"
        ),
        sources: [
            "RFC 6455 §4.1, §4.2.2",
            "RFC 9110 §7.6.1",
        ]
    )

    static let codeMissingUpgrade = Cause(
        "code-missing-upgrade",
        .code,
        title: Text("The 101 has no Upgrade: websocket", zh: "101 响应缺少 Upgrade: websocket"),
        symptoms: [
            "'Upgrade' header is missing",
            "Invalid Upgrade header",
        ],
        explanation: Text(
            """
            The answer switches protocols without saying to which, or names another one (h2c). Clients refuse it with \
            "'Upgrade' header is missing" or "Invalid Upgrade header".
            """,
            zh: """
                响应切换了协议却没有说明切换到什么，或写成了别的协议（h2c）。客户端以 "'Upgrade' header is missing" \
                或 "Invalid Upgrade header" 拒绝。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text("Send `Upgrade: websocket` in the 101.", zh: "在 101 中发送 `Upgrade: websocket`。")
                ),
                Fix(
                    .netty,
                    Text("A handshake written by hand must set it.", zh: "手写握手必须自己设置。"),
                    snippet: "response.headers().set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);"
                ),
                Fix(
                    .apache,
                    Text(
                        "`H2Upgrade` offers h2c: switch it off for this host.",
                        zh: "`H2Upgrade` 会提供 h2c：对该主机关闭它。"
                    ),
                    snippet: "H2Upgrade off"
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "`--direct URL` tells whether the server or a proxy in front loses it.",
            zh: "用 `--direct URL` 可分辨是服务器还是前面的代理丢失了它。"
        ),
        sources: [
            "RFC 6455 §4.1, §4.2.2"
        ]
    )

    static let code101WithBody = Cause(
        "code-101-with-body",
        .code,
        title: Text("The server writes an HTTP body after the 101", zh: "服务器在 101 之后写入了 HTTP 正文"),
        symptoms: [
            "One or more reserved bits are on",
            "RSV2 and RSV3 must be clear",
            "invalid opcode",
        ],
        explanation: Text(
            """
            A 101 has no body; what follows are frames. This server (or its framework's response filter) sends \
            Content-Length and text, which clients read as a frame with reserved bits or an unknown opcode.
            """,
            zh: """
                101 没有正文，其后就是帧。该服务器（或其框架的响应过滤器）发送了 Content-Length 和文本，客户端把它们\
                当作带保留位或未知操作码的帧。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        End the handshake with the empty line and write nothing but frames: take the path out of response \
                        filters, and return from the handler without a body.
                        """,
                        zh: "握手以空行结束，之后只写帧：让该路径不经过响应过滤器，处理函数返回时不带正文。"
                    )
                ),
                Fix(
                    .nodeHTTP,
                    Text(
                        "In the upgrade event write to the socket only; do not use a response object.",
                        zh: "在 upgrade 事件中只向 socket 写入，不要使用 response 对象。"
                    ),
                    snippet: #"socket.write(head + '\r\n\r\n');"#
                ),
                Fix(
                    .werkzeug,
                    Text("Return nothing from the flask-sock function.", zh: "flask-sock 函数不要返回内容。")
                ),
                Fix(
                    .spring,
                    Text("Exclude the path from filters that wrap the response.", zh: "让该路径不经过包装响应的过滤器。")
                ),
                Fix(
                    .aspNetCore,
                    Text(
                        "After AcceptWebSocketAsync do not touch context.Response.",
                        zh: "调用 AcceptWebSocketAsync 之后不要再操作 context.Response。"
                    )
                ),
                Fix(
                    .goHTTP,
                    Text(
                        "After Upgrade or Hijack do not write to the ResponseWriter.",
                        zh: "Upgrade 或 Hijack 之后不要再写 ResponseWriter。"
                    )
                ),
                Fix(
                    .swoole,
                    Text(
                        "Do not call response->end with text after the handshake.",
                        zh: "握手之后不要用文本调用 response->end。"
                    )
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        sources: [
            "RFC 9110 §15.2.2",
            "RFC 6455 §4.2.2, §5.2",
        ]
    )

    static let code101Chunked = Cause(
        "code-101-chunked",
        .code,
        title: Text("Frames are wrapped in HTTP chunks", zh: "帧被包在 HTTP 分块里"),
        symptoms: [
            "One or more reserved bits are on",
            "RSV2 and RSV3 must be clear",
            "invalid opcode",
        ],
        explanation: Text(
            """
            The 101 carries Transfer-Encoding: chunked, and hexadecimal lengths stand around the frames: the \
            framework treats the upgraded stream as a body. Clients read the digits as frames.
            """,
            zh: """
                101 带有 Transfer-Encoding: chunked，帧的前后出现十六进制长度：框架把升级后的数据流当成了正文。客户端\
                会把这些数字读成帧。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Take over the raw connection (hijack, upgrade, detach) instead of streaming through the \
                        framework's response, and send the 101 without Transfer-Encoding.
                        """,
                        zh: """
                            接管原始连接（hijack、upgrade、detach），不要通过框架的响应流式输出；发送 101 时不要带 \
                            Transfer-Encoding。
                            """
                    )
                ),
                Fix(
                    .nodeHTTP,
                    Text(
                        "Write in the upgrade event, not in a request handler.",
                        zh: "在 upgrade 事件中写入，而不是在请求处理函数中。"
                    )
                ),
                Fix(
                    .goHTTP,
                    Text(
                        "Hijack the connection, or use a library that does.",
                        zh: "接管（Hijack）连接，或使用会这样做的库。"
                    ),
                    snippet: "conn, buffer, err := w.(http.Hijacker).Hijack()"
                ),
                Fix(
                    .puma,
                    Text("Use full hijack.", zh: "使用 full hijack。"),
                    snippet: "env['rack.hijack'].call"
                ),
                Fix(
                    .netty,
                    Text(
                        "Remove HttpServerCodec and HttpContentCompressor from the pipeline when the handshake is done.",
                        zh: "握手完成后从管线中移除 HttpServerCodec 与 HttpContentCompressor。"
                    )
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        sources: [
            "RFC 9112 §6.1",
            "RFC 6455 §4.2.2",
        ]
    )
}
