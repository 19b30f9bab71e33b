// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Another address than the endpoint's.

extension Catalogue {
    static let srvPathNotWebsocket = Cause(
        "srv-path-not-websocket",
        .serverConfiguration,
        title: Text("No WebSocket endpoint at this path", zh: "该路径上没有 WebSocket 端点"),
        symptoms: [
            "Unexpected response code: 404 (400, 403, 405)",
            "Unexpected server response: 404",
            "Opening handshake has timed out",
        ],
        explanation: Text(
            """
            The server is reached, but its WebSocket endpoint is bound to another path, or compares the query too. \
            Servers answer a wrong path each in their own way: 404, 400 (node ws), 403 (uvicorn), 405, 200 with a \
            page, or nothing at all: Netty passes such a request on, nobody answers, and clients wait until they time \
            out.
            """,
            zh: """
                已到达服务器，但其 WebSocket 端点绑定在别的路径，或连查询字符串也参与比较。对错误路径各服务器的回答不\
                同：404、400（node ws）、403（uvicorn）、405、带页面的 200，或者完全没有回答：Netty 会把请求向后传递\
                而无人应答，客户端一直等到超时。
                """
        ),
        fixes: Remedies.servePath,
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same handshake at neighbouring paths (`/`, `/ws`, `/v1/realtime`, without the query, with and without \
            a final slash), which the doctor tries by itself; otherwise the server's routes or its access log.
            """,
            zh: """
                对邻近路径（`/`、`/ws`、`/v1/realtime`、去掉查询、有无末尾斜杠）做同样的握手，doctor 会自动尝试；否则\
                查看服务器的路由表或访问日志。
                """
        ),
        sources: [
            "RFC 6455 §4.2.2",
            "netty/netty#5909",
            "netty/netty#10582",
            "netty/netty#10782",
            "netty/netty#11190",
        ]
    )

    static let srvHttp200Instead = Cause(
        "srv-http-200-instead",
        .serverConfiguration,
        title: Text("A web page is served where the WebSocket should be", zh: "WebSocket 的位置返回了网页"),
        symptoms: [
            "Unexpected response code: 200",
            "Unexpected server response: 200",
        ],
        explanation: Text(
            """
            The request got 200 and a page: a file server, or the fallback of a single-page application, takes every \
            path that nobody else wants, this one included. The upgrade never reached the WebSocket server.
            """,
            zh: """
                请求得到 200 和一个网页：文件服务器或单页应用的兜底规则接管了所有无人处理的路径，也包括这一个。升级请\
                求根本没有到达 WebSocket 服务器。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Put the rule for the WebSocket path before the catch-all, or use the address of the WebSocket \
                    server instead of the page's.
                    """,
                    zh: "把 WebSocket 路径的规则放在兜底规则之前，或使用 WebSocket 服务器的地址而不是页面的地址。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Give the path its own location; try_files … /index.html takes the rest.",
                    zh: "为该路径单独设置 location；其余由 try_files … /index.html 处理。"
                ),
                snippet: "location /v1/realtime { proxy_pass http://127.0.0.1:8000; }"
            ),
            Fix(
                .caddy,
                Text(
                    "Put file_server and try_files into a handle of their own, after the proxy's.",
                    zh: "把 file_server 与 try_files 放入单独的 handle，置于代理之后。"
                ),
                snippet: """
                    handle /v1/realtime* { reverse_proxy 127.0.0.1:8000 }
                    handle { try_files {path} /index.html; file_server }
                    """
            ),
            Fix(
                .apache,
                Text(
                    "Exempt the path from the rewrite to index.html.",
                    zh: "让该路径不受重写到 index.html 的规则影响。"
                ),
                snippet: "RewriteCond %{REQUEST_URI} !^/v1/realtime"
            ),
            Fix(
                .vite,
                Text(
                    "Add a proxy entry with ws: true; the development server answers every other path with the page.",
                    zh: "添加带 ws: true 的代理项；其他路径开发服务器都会回答页面。"
                ),
                snippet: "server: { proxy: { '/v1/realtime': { target: 'ws://127.0.0.1:8000', ws: true } } }"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "Attach the WebSocket server to the HTTP server; Express fallbacks do not see upgrades then.",
                    zh: "把 WebSocket 服务器附加到 HTTP 服务器上，这样 Express 的兜底路由就不会看到升级请求。"
                )
            ),
            Fix(
                .spring,
                Text(
                    "Exclude the path from the controller or resource handler that forwards to index.html.",
                    zh: "从转发到 index.html 的控制器或资源处理器中排除该路径。"
                )
            ),
            Fix(
                .aspNetCore,
                Text("Map the WebSocket before MapFallbackToFile.", zh: "在 MapFallbackToFile 之前映射 WebSocket。")
            ),
            Fix(
                .awsALB,
                Text(
                    "Add a listener rule for the path before the default action.",
                    zh: "在默认动作之前为该路径添加监听器规则。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "The same page for a path that cannot exist, which the doctor asks for by itself, proves the fallback.",
            zh: "doctor 会请求一个不可能存在的路径：若得到同样的页面，就证明是兜底规则。"
        ),
        sources: [
            "RFC 6455 §4.1"
        ]
    )

    static let srvRedirect = Cause(
        "srv-redirect",
        .serverConfiguration,
        title: Text("The server redirects instead of upgrading", zh: "服务器返回重定向而不是升级"),
        symptoms: [
            "Unexpected response code: 301 (302, 307, 308)",
            "InvalidURI: https://… isn't a valid URI: scheme isn't ws or wss",
        ],
        explanation: Text(
            """
            The answer is a redirect (301, 302, 307 or 308), mostly from http to https, to another host name, or to \
            the path with a final slash. Browsers must not follow redirects for WebSockets, and node ws, Go and \
            others do not either; Python follows only those to ws:// or wss:// addresses.
            """,
            zh: """
                回答是重定向（301、302、307 或 308），多半从 http 到 https、到另一主机名，或到带末尾斜杠的路径。浏览\
                器不得为 WebSocket 跟随重定向，node ws、Go 等也不跟随；Python 只跟随指向 ws:// 或 wss:// 的重定向。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Give the client the final address: wss:// instead of ws://, with the host and path that Location \
                    names.
                    """,
                    zh: "直接给客户端最终地址：用 wss:// 代替 ws://，主机与路径按 Location 所示。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Exempt the WebSocket from the redirect, or serve it on the TLS port only.",
                    zh: "让 WebSocket 不受重定向影响，或只在 TLS 端口提供。"
                ),
                snippet: """
                    location /v1/realtime { proxy_pass http://127.0.0.1:8000; }
                    location / { return 301 https://$host$request_uri; }
                    """
            ),
            Fix(
                .ingressNginx,
                Text(
                    "Use wss://, or switch the redirect off for this Ingress.",
                    zh: "使用 wss://，或对该 Ingress 关闭重定向。"
                ),
                snippet: #"nginx.ingress.kubernetes.io/ssl-redirect: "false""#
            ),
            Fix(
                .apache,
                Text("Exempt the path from the rewrite to https.", zh: "让该路径不受重写到 https 的规则影响。"),
                snippet: "RewriteCond %{HTTP:Upgrade} !websocket [NC]"
            ),
            Fix(
                .haproxy,
                Text("Exempt upgrades from redirect scheme.", zh: "让升级请求不受 redirect scheme 影响。"),
                snippet: "http-request redirect scheme https unless { ssl_fc } || { hdr(Upgrade) -i websocket }"
            ),
            Fix(
                .caddy,
                Text(
                    "Caddy redirects to https by itself: use wss://.",
                    zh: "Caddy 会自动重定向到 https：请使用 wss://。"
                )
            ),
            Fix(
                .traefik,
                Text(
                    "Use wss://, or take the redirect off this entry point.",
                    zh: "使用 wss://，或从该入口点移除重定向。"
                )
            ),
            Fix(
                .envoy,
                Text("Check require_tls and redirect of the route.", zh: "检查路由的 require_tls 与 redirect。")
            ),
            Fix(
                .cloudflare,
                Text(
                    "\"Always Use HTTPS\" redirects: use wss://.",
                    zh: "\"Always Use HTTPS\" 会重定向：请使用 wss://。"
                )
            ),
            Fix(
                .awsALB,
                Text(
                    "The listener on port 80 redirects: use wss://.",
                    zh: "80 端口的监听器做了重定向：请使用 wss://。"
                )
            ),
            Fix(
                .djangoChannels,
                Text(
                    """
                    SECURE_SSL_REDIRECT and APPEND_SLASH apply to HTTP: an upgrade that meets them was taken for \
                    HTTP.
                    """,
                    zh: "SECURE_SSL_REDIRECT 与 APPEND_SLASH 只作用于 HTTP：升级请求遇到它们，说明被当成了普通 HTTP。"
                )
            ),
            Fix(
                .uvicorn,
                Text(
                    """
                    Starlette redirects to the path with or without the slash (redirect_slashes): use the declared \
                    path.
                    """,
                    zh: "Starlette 会重定向到有无末尾斜杠的路径（redirect_slashes）：请使用声明的路径。"
                )
            ),
            Fix(
                .goHTTP,
                Text(
                    "ServeMux redirects /path to /path/ when only the latter is registered.",
                    zh: "只注册了 /path/ 时，ServeMux 会把 /path 重定向过去。"
                )
            ),
            Fix(
                .aspNetCore,
                Text(
                    "UseHttpsRedirection redirects: use wss://.",
                    zh: "UseHttpsRedirection 会重定向：请使用 wss://。"
                )
            ),
            Fix(
                .spring,
                Text(
                    "Spring Security's requiresSecure redirects: use wss://.",
                    zh: "Spring Security 的 requiresSecure 会重定向：请使用 wss://。"
                )
            ),
        ],
        proof: .wire,
        sources: [
            "https://websockets.spec.whatwg.org/",
            "RFC 6455 §4.1",
        ]
    )

    static let srvHostCheck = Cause(
        "srv-host-check",
        .serverConfiguration,
        title: Text("The server does not answer to this host name", zh: "服务器不接受这个主机名"),
        symptoms: [
            #"Blocked request. This host ("x") is not allowed."#,
            "Unexpected response code: 403 (400, 404, 421)",
        ],
        explanation: Text(
            """
            The server compares the Host header with the names it was told of and refuses others: Vite with 403 "This \
            host is not allowed", Django with 400, virtual hosts with 404 or 421. It guards against DNS rebinding, \
            and strikes when a server is reached under a new name, an address, or through a tunnel.
            """,
            zh: """
                服务器把 Host 头与已知名称比较并拒绝其他名称：Vite 回答 403 "This host is not allowed"，Django 回答 \
                400，虚拟主机回答 404 或 421。它用于防范 DNS 重绑定，但在以新名称、IP 地址或通过隧道访问时会误伤。
                """
        ),
        fixes: Remedies.allowHost,
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same address with another Host, such as localhost, which the doctor tries by itself: 101 there proves \
            it.
            """,
            zh: "doctor 会对同一地址改用其他 Host（如 localhost）：那里得到 101 即可证实。"
        ),
        sources: [
            "RFC 9110 §7.2, §15.5.20",
            "coder/xum#2446",
            "vitejs/vite#864",
        ]
    )
}
