// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What servers decide by the Origin header.

extension Catalogue {
    static let orgRejected = Cause(
        "org-rejected",
        .origin,
        title: Text("The server's origin check rejects the page's origin", zh: "服务器的来源检查拒绝了页面的源"),
        symptoms: [
            "Unexpected response code: 403 in browsers only",
            "HTTP Authentication failed; no valid credentials available",
        ],
        explanation: Text(
            """
            The server compares the Origin header that browsers send with its list, and refuses the page's: mostly \
            with 403, node ws's verifyClient with 401, Daphne with a bare 403. Programs send no Origin and connect, \
            so it fails in browsers only. Browsers themselves apply no CORS to WebSockets; CORS headers change \
            nothing.
            """,
            zh: """
                服务器把浏览器发送的 Origin 头与自己的列表比较并拒绝该页面：多数回答 403，node ws 的 verifyClient 回\
                答 401，Daphne 回答没有正文的 403。程序不发送 Origin 所以能连接，因此只有浏览器失败。浏览器不对 \
                WebSocket 应用 CORS，CORS 头不起作用。
                """
        ),
        fixes: Remedies.allowOrigin,
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--origin ORIGIN` (or `--page URL`): refused with the page's Origin and 101 without any, with nothing \
            else changed.
            """,
            zh: "使用 `--origin ORIGIN`（或 `--page URL`）：带页面的 Origin 被拒绝、不带则得到 101，其他都不变。"
        ),
        sources: [
            "RFC 6455 §4.2.2, §10.2",
            "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin",
        ]
    )

    static let orgMismatch = Cause(
        "org-mismatch",
        .origin,
        title: Text("The allowed origin differs in host, port or scheme", zh: "允许的源在主机、端口或协议上有出入"),
        symptoms: [
            "Unexpected response code: 403 from one address of the page, 101 from another"
        ],
        explanation: Text(
            """
            An origin is scheme, host and port, compared as text: http://localhost:5173, http://127.0.0.1:5173 and \
            https://localhost:5173 are three. The list holds a neighbour of the page's origin, often another port of \
            the development server, www or not, or an entry with a final slash, which never matches.
            """,
            zh: """
                源由协议、主机和端口组成，按文本比较：http://localhost:5173、http://127.0.0.1:5173 与 \
                https://localhost:5173 是三个不同的源。列表中有的是页面源的“邻居”，常见的是开发服务器换了端口、有无 \
                www，或条目末尾带斜杠（永远不会匹配）。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Open the page under the address that is allowed, or add its origin exactly as the browser sends \
                        it (console: `location.origin`).
                        """,
                        zh: "用允许的地址打开页面，或按浏览器实际发送的内容添加（控制台：`location.origin`）。"
                    )
                )
            ],
            Remedies.allowOrigin
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "`--origin` with host, port and scheme changed one by one: the one that passes shows what the list holds.",
            zh: "用 `--origin` 逐个改变主机、端口和协议：能通过的那个就是列表中的内容。"
        ),
        sources: [
            "RFC 6454 §4, §5",
            "RFC 6455 §10.2",
        ]
    )

    static let orgRewrittenHost = Cause(
        "org-rewritten-host",
        .origin,
        title: Text(
            "A proxy rewrites Host, so the server takes the page for a foreign one",
            zh: "代理改写了 Host，服务器把页面当成外来页面"
        ),
        symptoms: [
            "Unexpected response code: 403 behind the development proxy"
        ],
        explanation: Text(
            """
            Many servers allow an Origin whose host equals the Host header. A proxy in front that sends its target's \
            name as Host (Vite's changeOrigin, nginx without proxy_set_header Host) leaves Origin as it is, so the \
            two no longer agree and the server answers 403.
            """,
            zh: """
                许多服务器允许主机与 Host 头相同的 Origin。前面的代理若把目标名称作为 Host 发送（Vite 的 \
                changeOrigin，没有 proxy_set_header Host 的 nginx），却不改 Origin，两者便不再一致，服务器回答 403。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Let the proxy pass the original Host on, or add the page's origin to the server's list.",
                    zh: "让代理转发原始 Host，或把页面的源加入服务器的列表。"
                )
            ),
            Fix(
                .vite,
                Text(
                    "Switch changeOrigin off, or rewrite Origin as well.",
                    zh: "关闭 changeOrigin，或同时改写 Origin。"
                ),
                snippet: """
                    proxy: { '/v1/realtime': { target: 'ws://127.0.0.1:8000', ws: true, changeOrigin: false } }
                    """
            ),
            Fix(
                .nginx,
                Text("Pass Host with its port.", zh: "转发带端口的 Host。"),
                snippet: "proxy_set_header Host $http_host;"
            ),
            Fix(
                .apache,
                Text("Keep the host.", zh: "保留主机名。"),
                snippet: "ProxyPreserveHost On"
            ),
            Fix(
                .caddy,
                Text("Caddy keeps Host unless header_up changes it.", zh: "除非 header_up 修改，Caddy 会保留 Host。")
            ),
            Fix(
                .haproxy,
                Text("Remove http-request set-header Host.", zh: "删除 http-request set-header Host。")
            ),
            Fix(
                .traefik,
                Text("Leave passHostHeader at true.", zh: "保持 passHostHeader 为 true。")
            ),
            Fix(
                .envoy,
                Text(
                    "Remove host_rewrite_literal and auto_host_rewrite.",
                    zh: "删除 host_rewrite_literal 与 auto_host_rewrite。"
                )
            ),
            Fix(
                .ingressNginx,
                Text("Remove the upstream-vhost annotation.", zh: "删除 upstream-vhost 注解。")
            ),
            Fix(
                .iis,
                Text("Let ARR keep the host.", zh: "让 ARR 保留主机名。"),
                snippet: """
                    appcmd set config -section:system.webServer/proxy /preserveHostHeader:"True" /commit:apphost
                    """
            ),
            Fix(
                .gorilla,
                Text(
                    "The default CheckOrigin compares with Host: set one of your own when Host cannot be kept.",
                    zh: "默认的 CheckOrigin 与 Host 比较：无法保留 Host 时请自行设置。"
                )
            ),
            Fix(
                .tornado,
                Text(
                    "The default check_origin compares with Host: override it when Host cannot be kept.",
                    zh: "默认的 check_origin 与 Host 比较：无法保留 Host 时请重写它。"
                )
            ),
            Fix(
                .parley,
                Text("Start with the page's origin in the list.", zh: "启动时列出页面的源。"),
                snippet: "parley serve --allow-origin https://console.example"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            An Origin equal to the host the back end sees passes, which the doctor tries by itself; `--direct URL` \
            past the proxy passes too.
            """,
            zh: "doctor 会尝试与后端所见主机相同的 Origin：能通过；用 `--direct URL` 绕过代理也能通过。"
        ),
        sources: [
            "RFC 6455 §10.2",
            "coder/xum#2446",
            "vitejs/vite#864",
        ]
    )

    static let orgNull = Cause(
        "org-null",
        .origin,
        title: Text(
            "The page has no origin (Origin: null) and the server refuses that",
            zh: "页面没有源（Origin: null），被服务器拒绝"
        ),
        symptoms: [
            "Unexpected response code: 403 for pages from disk or sandboxed frames"
        ],
        explanation: Text(
            """
            A page opened from disk (file:), a data: address or a sandboxed frame sends `Origin: null`, which no list \
            of names contains. Many servers refuse it on purpose, since any page can get such an origin.
            """,
            zh: """
                从磁盘打开的页面（file:）、data: 地址或沙箱框架会发送 `Origin: null`，任何名单都不包含它。许多服务器\
                有意拒绝，因为任何页面都能得到这样的源。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Serve the page over http from a local server, or give the frame allow-same-origin. Allow `null` \
                        only on a server that authenticates by key.
                        """,
                        zh: """
                            用本地服务器以 http 提供页面，或给框架加上 allow-same-origin。只有在以密钥认证的服务器上才应\
                            允许 `null`。
                            """
                    ),
                    snippet: "python3 -m http.server 5173"
                )
            ],
            Remedies.allowOrigin
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "`Origin: null` against no Origin, which the doctor tries by itself; `--origin null` asks for it.",
            zh: "doctor 会比较 `Origin: null` 与不带 Origin；也可用 `--origin null` 指定。"
        ),
        sources: [
            "RFC 6454 §7.3",
            "https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque",
        ]
    )

    static let orgRequired = Cause(
        "org-required",
        .origin,
        title: Text(
            "The server requires an Origin, which programs do not send",
            zh: "服务器要求 Origin，而程序不会发送"
        ),
        symptoms: [
            "Unexpected server response: 403, while browsers connect",
            "server rejected WebSocket connection: HTTP 403",
        ],
        explanation: Text(
            """
            Browsers always send Origin, Postman, node ws, Python and Go do not. A check that refuses a missing one \
            (Django Channels' validators, hand-written ones) lets browsers in and programs out.
            """,
            zh: """
                浏览器总会发送 Origin，而 Postman、node ws、Python 和 Go 不会。拒绝缺少 Origin 的检查（Django \
                Channels 的验证器、手写的检查）放进浏览器，却把程序挡在外面。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Let the program send an allowed origin, or let the server accept requests without one: the check \
                    protects users of browsers only, and such clients can send whatever they like.
                    """,
                    zh: """
                        让程序发送一个允许的来源，或让服务器接受不带 Origin 的请求：这项检查只保护浏览器用户，而程序\
                        本来就可以随意发送。
                        """
                ),
                snippet: """
                    websockets.connect(url, origin="https://console.example")
                    new WebSocket(url, { origin: 'https://console.example' })          // node ws
                    dialer.Dial(url, http.Header{"Origin": {"https://console.example"}}) // Go
                    """
            ),
            Fix(
                .pythonWebSockets,
                Text("Put None into the list.", zh: "在列表中加入 None。"),
                snippet: #"serve(handler, host, port, origins=["https://console.example", None])"#
            ),
            Fix(
                .djangoChannels,
                Text(
                    """
                    Both validators refuse a missing Origin: let the client send one, or use another wrapper for \
                    programs.
                    """,
                    zh: "两种验证器都拒绝缺少 Origin：让客户端发送，或为程序使用别的包装。"
                )
            ),
            Fix(
                .daphne,
                Text("The refusal comes from the application's origin validator.", zh: "拒绝来自应用的来源验证器。")
            ),
            Fix(
                .nodeWS,
                Text("Accept an undefined origin.", zh: "接受 origin 为 undefined 的情况。"),
                snippet: "verifyClient: ({ origin }) => origin === undefined || allowed.has(origin)"
            ),
            Fix(
                .gorilla,
                Text(
                    "The default accepts a missing Origin: change your own CheckOrigin.",
                    zh: "默认实现接受缺少 Origin：请修改自定义的 CheckOrigin。"
                ),
                snippet: #"origin := r.Header.Get("Origin"); return origin == "" || allowed[origin]"#
            ),
            Fix(
                .spring,
                Text(
                    "The default accepts a missing Origin: look for a HandshakeInterceptor of your own.",
                    zh: "默认实现接受缺少 Origin：请检查自定义的 HandshakeInterceptor。"
                )
            ),
            Fix(
                .tornado,
                Text(
                    "check_origin is not asked without an Origin: look for a check in prepare() or open().",
                    zh: "没有 Origin 时不会调用 check_origin：请在 prepare() 或 open() 中查找检查。"
                )
            ),
            Fix(
                .phoenix,
                Text(
                    "Phoenix accepts a missing Origin: look for a plug before it.",
                    zh: "Phoenix 接受缺少 Origin：请检查其前面的 plug。"
                )
            ),
            Fix(
                .aspNetCore,
                Text(
                    "AllowedOrigins refuses other origins only: look for a middleware before it.",
                    zh: "AllowedOrigins 只拒绝其他来源：请检查其前面的中间件。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            No Origin is refused and an allowed one gives 101: `--origin ORIGIN` with the address of the server \
            itself or of the page that works.
            """,
            zh: """
                不带 Origin 被拒绝，带允许的来源得到 101：用 `--origin ORIGIN` 指定服务器自身的地址或能用的页面地址。
                """
        ),
        sources: [
            "RFC 6455 §10.2",
            "RFC 6454 §7",
        ]
    )
}
