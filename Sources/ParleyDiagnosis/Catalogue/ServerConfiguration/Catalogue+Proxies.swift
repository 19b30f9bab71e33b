// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What a reverse proxy in front gets wrong.

extension Catalogue {
    static let srvProxyDropsUpgrade = Cause(
        "srv-proxy-drops-upgrade",
        .serverConfiguration,
        title: Text("The proxy in front does not pass the upgrade on", zh: "前端代理没有转发升级请求"),
        symptoms: [
            "Unexpected response code: 400 (404, 426, 505)",
            "unsupported HTTP version: HTTP/1.0",
            "invalid Connection header: close",
            #""Connection" must be "Upgrade"."#,
            #"Can "Upgrade" only to "WebSocket"."#,
        ],
        explanation: Text(
            """
            Upgrade and Connection are hop-by-hop headers: a reverse proxy drops them, and often speaks HTTP/1.0 or \
            `Connection: close` to the server, unless it is told otherwise. The server then sees an ordinary request \
            and answers 400, 404, 426 or 505. Every client fails alike, and the same handshake past the proxy works.
            """,
            zh: """
                Upgrade 和 Connection 是逐跳头：除非另行配置，反向代理会把它们去掉，并常以 HTTP/1.0 或 `Connection: \
                close` 与后端通信。服务器看到的只是普通请求，于是回答 400、404、426 或 505。所有客户端都同样失败，而\
                绕过代理的同一握手能够成功。
                """
        ),
        fixes: Remedies.passUpgrade,
        proof: .wire,
        whatWouldDecide: Text(
            """
            `--direct URL` with an address past the proxy: 101 there and a refusal here prove it. Without one, the \
            body decides: a complaint about HTTP/1.0, `Connection: close` or a missing Upgrade can only come from \
            behind the proxy.
            """,
            zh: """
                用 `--direct URL` 指定绕过代理的地址：那里得到 101 而这里被拒绝即可证实。没有这样的地址时看响应正文：\
                抱怨 HTTP/1.0、`Connection: close` 或缺少 Upgrade 的话只可能来自代理之后。
                """
        ),
        sources: [
            "RFC 9110 §7.6.1, §7.8",
            "https://nginx.org/en/docs/http/websocket.html",
            "https://httpd.apache.org/docs/2.4/mod/mod_proxy_wstunnel.html",
            "gorilla/websocket#61",
            "spring-cloud/spring-cloud-gateway#209",
            "socketio/socket.io#1942",
        ]
    )

    static let srvProxyStripsSubprotocol = Cause(
        "srv-proxy-strips-subprotocol",
        .serverConfiguration,
        title: Text("The proxy in front removes Sec-WebSocket-Protocol", zh: "前端代理移除了 Sec-WebSocket-Protocol"),
        symptoms: [
            "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received",
            "Server sent no subprotocol",
        ],
        explanation: Text(
            """
            The server does select a subprotocol, but a rule of the proxy removes the header on the way in or out, so \
            the 101 arrives with no subprotocol. Browsers based on Chromium and node ws abort then (WHATWG asks for \
            it), while Firefox and Python connect: it looks like a browser problem and is none.
            """,
            zh: """
                服务器确实选择了子协议，但代理的某条规则在去程或回程移除了这个头，因此到达的 101 没有子协议。基于 \
                Chromium 的浏览器和 node ws 会中止（WHATWG 如此规定），Firefox 和 Python 则照常连接：看起来像浏览器的\
                问题，其实不是。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Remove the rule of the proxy that sets or deletes Sec-WebSocket-Protocol; the header must pass \
                    unchanged both ways.
                    """,
                    zh: "删除代理中设置或移除 Sec-WebSocket-Protocol 的规则；该头在两个方向都必须原样通过。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    """
                    Remove proxy_set_header Sec-WebSocket-Protocol and proxy_hide_header lines; nginx passes the \
                    header on by itself.
                    """,
                    zh: "删除 proxy_set_header Sec-WebSocket-Protocol 和 proxy_hide_header；nginx 默认会转发该头。"
                ),
                snippet: """
                    # remove: proxy_set_header Sec-WebSocket-Protocol "";
                    # remove: proxy_hide_header Sec-WebSocket-Protocol;
                    """
            ),
            Fix(
                .ingressNginx,
                Text(
                    """
                    Look into the proxy-set-headers and hide-headers entries of the ConfigMap, and into \
                    configuration-snippet.
                    """,
                    zh: "检查 ConfigMap 的 proxy-set-headers 与 hide-headers，以及 configuration-snippet。"
                )
            ),
            Fix(
                .haproxy,
                Text(
                    "Remove http-request del-header and http-response del-header of this name.",
                    zh: "删除针对该名称的 http-request del-header 和 http-response del-header。"
                )
            ),
            Fix(
                .apache,
                Text(
                    "Remove RequestHeader unset and Header unset of this name.",
                    zh: "删除针对该名称的 RequestHeader unset 与 Header unset。"
                )
            ),
            Fix(
                .caddy,
                Text(
                    "Remove header_up -Sec-WebSocket-Protocol and header_down lines.",
                    zh: "删除 header_up -Sec-WebSocket-Protocol 与 header_down。"
                )
            ),
            Fix(
                .envoy,
                Text(
                    "Remove it from request_headers_to_remove and response_headers_to_remove.",
                    zh: "从 request_headers_to_remove 与 response_headers_to_remove 中去掉它。"
                )
            ),
            Fix(
                .traefik,
                Text(
                    "Remove it from customRequestHeaders and customResponseHeaders.",
                    zh: "从 customRequestHeaders 与 customResponseHeaders 中去掉它。"
                )
            ),
            Fix(
                .cloudflare,
                Text(
                    "Look for a Transform Rule or a Worker that builds its own 101.",
                    zh: "检查 Transform Rule，或自行构造 101 的 Worker。"
                )
            ),
            Fix(
                .vite,
                Text(
                    "Look for configure or headers of the proxy entry that change it.",
                    zh: "检查代理项的 configure 或 headers 是否改动了它。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "`--direct URL` past the proxy: Sec-WebSocket-Protocol is there, and missing through the proxy.",
            zh: "用 `--direct URL` 绕过代理：那里有 Sec-WebSocket-Protocol，经过代理则没有。"
        ),
        sources: [
            "RFC 6455 §11.3.4",
            "https://websockets.spec.whatwg.org/",
        ]
    )

    static let srvProxyIdleTimeout = Cause(
        "srv-proxy-idle-timeout",
        .serverConfiguration,
        title: Text("The proxy cuts quiet connections (idle timeout)", zh: "代理切断空闲连接（空闲超时）"),
        symptoms: [
            "close 1006, 60 s after the last message",
            "no close frame received or sent",
        ],
        explanation: Text(
            """
            Reverse proxies and load balancers close a connection on which nothing was sent for a while, 60 s in \
            most. The client sees close code 1006 without a Close frame, always the same number of seconds after the \
            last byte. A voice session is quiet whenever nobody speaks, so it is hit first.
            """,
            zh: """
                反向代理和负载均衡器会关闭一段时间内没有数据的连接，多数为 60 秒。客户端看到没有 Close 帧的 1006，而\
                且总是在最后一个字节之后的同样秒数。语音会话在无人说话时就是安静的，因此最先受影响。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Raise the idle timeout of the proxy above the longest silence.",
                        zh: "把代理的空闲超时调到最长静默时间以上。"
                    )
                )
            ],
            Remedies.proxyIdleTime,
            Remedies.heartbeat
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--hold SECONDS` longer than the suspected time: the connection ends at the same second each time, and \
            with a Ping every few seconds it stays.
            """,
            zh: "用 `--hold SECONDS` 保持超过所怀疑的时间：每次都在同一秒断开，而每隔几秒发送 Ping 就不会断。"
        ),
        sources: [
            "https://nginx.org/en/docs/http/websocket.html",
            "https://docs.haproxy.org/2.6/configuration.html",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
            "https://developers.cloudflare.com/network/websockets/",
            "https://community.cloudflare.com/t/cloudflare-websocket-timeout/5865",
            "RFC 6455 §5.5.2",
        ]
    )
}
