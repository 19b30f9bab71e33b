// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What browsers decide before the first packet.

extension Catalogue {
    static let orgMixedContent = Cause(
        "org-mixed-content",
        .origin,
        title: Text(
            "A page loaded over https may not open ws:// (mixed content)",
            zh: "以 https 加载的页面不能打开 ws://（混合内容）"
        ),
        symptoms: [
            "SecurityError: An insecure WebSocket connection may not be initiated from a page loaded over HTTPS.",
            "The operation is insecure.",
        ],
        explanation: Text(
            """
            Browsers block an insecure WebSocket from a secure page before any packet leaves: Chromium throws a \
            SecurityError, Firefox says "The operation is insecure". Addresses of loopback are exempt. Nothing is \
            wrong with the server, and every program connects.
            """,
            zh: """
                浏览器会在发出任何数据包之前阻止安全页面打开不安全的 WebSocket：Chromium 抛出 SecurityError，Firefox \
                提示 "The operation is insecure"。回环地址例外。服务器没有问题，所有程序都能连接。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Offer the server over TLS and use wss:// in the page; a proxy in front of it can do the TLS. \
                        During development load the page over http, or use localhost.
                        """,
                        zh: """
                            让服务器提供 TLS，并在页面中使用 wss://；可由前面的代理处理 TLS。开发时可用 http 加载页面，或\
                            使用 localhost。
                            """
                    ),
                    snippet: """
                        const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/v1/realtime`
                        """
                )
            ],
            Remedies.serveCertificate
        ),
        proof: .page,
        whatWouldDecide: Text(
            "`--page URL` with the address of the page: its scheme decides.",
            zh: "用 `--page URL` 给出页面地址：由其协议决定。"
        ),
        sources: [
            "https://www.w3.org/TR/mixed-content/",
            "https://websockets.spec.whatwg.org/",
        ]
    )

    static let orgCsp = Cause(
        "org-csp",
        .origin,
        title: Text(
            "The page's Content Security Policy forbids the address",
            zh: "页面的内容安全策略（CSP）禁止该地址"
        ),
        symptoms: [
            #"violates the following Content Security Policy directive: "connect-src 'self'""#,
            "NS_ERROR_CONTENT_BLOCKED",
        ],
        explanation: Text(
            """
            The page's server sent a Content-Security-Policy whose connect-src (or default-src) does not name the \
            WebSocket's address, so the browser blocks it before any packet leaves. `'self'` covers the same host and \
            port only, and in older browsers not even ws:// of it.
            """,
            zh: """
                页面的服务器发送了 Content-Security-Policy，其 connect-src（或 default-src）不包含该 WebSocket 地址，\
                浏览器在发出数据包之前就阻止了。`'self'` 只覆盖相同主机和端口，旧浏览器甚至不覆盖其 ws://。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Add the scheme, host and port of the WebSocket to connect-src, in the header or meta element that \
                    sends the policy. With several policies all must allow it.
                    """,
                    zh: """
                        在发送策略的头或 meta 元素中，把 WebSocket 的协议、主机和端口加入 connect-src。有多条策略时，\
                        每一条都必须允许。
                        """
                ),
                snippet: "Content-Security-Policy: connect-src 'self' wss://realtime.example"
            ),
            Fix(
                .nginx,
                Text("Change add_header of the page's location.", zh: "修改页面所在 location 的 add_header。"),
                snippet: #"add_header Content-Security-Policy "connect-src 'self' wss://realtime.example" always;"#
            ),
            Fix(
                .apache,
                Text("Change the Header line.", zh: "修改 Header 行。"),
                snippet: #"Header set Content-Security-Policy "connect-src 'self' wss://realtime.example""#
            ),
            Fix(
                .caddy,
                Text("Change the header directive.", zh: "修改 header 指令。"),
                snippet: #"header Content-Security-Policy "connect-src 'self' wss://realtime.example""#
            ),
            Fix(
                .nodeHTTP,
                Text("With helmet, extend connectSrc.", zh: "使用 helmet 时扩展 connectSrc。"),
                snippet: """
                    helmet({ contentSecurityPolicy: { directives: { connectSrc: ["'self'", 'wss://realtime.example'] } } })
                    """
            ),
            Fix(
                .spring,
                Text("Set the policy of Spring Security's headers.", zh: "设置 Spring Security 的响应头策略。"),
                snippet: """
                    http.headers(h -> h.contentSecurityPolicy(p -> p.policyDirectives("connect-src 'self' wss://realtime.example")));
                    """
            ),
            Fix(
                .djangoChannels,
                Text("Extend connect-src of django-csp.", zh: "扩展 django-csp 的 connect-src。"),
                snippet: """
                    CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"connect-src": ["'self'", "wss://realtime.example"]}}
                    """
            ),
            Fix(
                .aspNetCore,
                Text("Change the header in the middleware that sets it.", zh: "在设置该头的中间件中修改。")
            ),
            Fix(
                .vite,
                Text(
                    "Change the meta element in index.html or server.headers.",
                    zh: "修改 index.html 中的 meta 元素或 server.headers。"
                )
            ),
            Fix(
                .cloudflare,
                Text("Look for a Transform Rule that sets the header.", zh: "检查设置该头的 Transform Rule。")
            ),
        ],
        proof: .page,
        whatWouldDecide: Text(
            """
            `--page URL`: the doctor fetches the page and reads its policy; the browser's console quotes the \
            directive.
            """,
            zh: "使用 `--page URL`：doctor 会获取页面并读取策略；浏览器控制台会引用该指令。"
        ),
        sources: [
            "https://www.w3.org/TR/CSP3/#directive-connect-src"
        ]
    )

    static let orgLocalNetworkAccess = Cause(
        "org-local-network-access",
        .origin,
        title: Text(
            "The browser blocks a public page from a private address (Local Network Access)",
            zh: "浏览器阻止公网页面访问内网地址（Local Network Access）"
        ),
        symptoms: [
            "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS"
        ],
        explanation: Text(
            """
            From Chromium 147 on, a page from the public internet needs the user's permission for WebSockets to \
            private or loopback addresses, and needs to be loaded securely. Without it the console says \
            ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS; Firefox and programs connect.
            """,
            zh: """
                从 Chromium 147 起，公网页面要经用户许可、且须以安全方式加载，才能对内网或回环地址使用 WebSocket。否\
                则控制台显示 ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS；Firefox 和程序能够连接。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Grant the permission the browser asks for, load the page over https, or serve the page from the \
                    same network as the server. A frame needs allow="local-network-access"; companies can allow \
                    addresses by policy.
                    """,
                    zh: """
                        在浏览器询问时授予权限，以 https 加载页面，或从与服务器相同的网络提供页面。框架需要 \
                        allow="local-network-access"；企业可通过策略放行。
                        """
                ),
                snippet: #"<iframe src="https://console.example" allow="local-network-access"></iframe>"#
            ),
            Fix(
                .parley,
                Text(
                    "Open the console that the server itself serves, which is in the same network.",
                    zh: "打开服务器自带的控制台，它在同一网络中。"
                ),
                snippet: "http://127.0.0.1:8080/"
            ),
        ],
        proof: .page,
        whatWouldDecide: Text(
            """
            `--page URL` with the address of the page: public page, private or loopback target. \
            chrome://settings/content shows the permission.
            """,
            zh: "用 `--page URL` 给出页面地址：公网页面，内网或回环目标。chrome://settings/content 可查看权限。"
        ),
        sources: [
            "https://wicg.github.io/local-network-access/#integration-with-websockets",
            "https://groups.google.com/a/chromium.org/g/blink-dev/c/O6GMKt44Ups",
        ]
    )

    static let orgUnsafePort = Cause(
        "org-unsafe-port",
        .origin,
        title: Text("Browsers block this port (ERR_UNSAFE_PORT)", zh: "浏览器禁止访问该端口（ERR_UNSAFE_PORT）"),
        symptoms: [
            "net::ERR_UNSAFE_PORT"
        ],
        explanation: Text(
            """
            The port stands on the list of ports that browsers never connect to, because other protocols use them \
            (6000, 6665 to 6669, 10080 and some eighty more). No packet leaves; programs other than browsers and \
            Node's built-in WebSocket connect.
            """,
            zh: """
                该端口在浏览器绝不连接的名单上，因为其他协议使用它们（6000、6665 至 6669、10080 等八十余个）。不会发\
                出任何数据包；除浏览器和 Node 内置 WebSocket 之外的程序都能连接。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Serve on another port, such as 8080 or 443, or put a proxy on such a port in front.",
                    zh: "改用其他端口，如 8080 或 443，或在这样的端口上放一个代理。"
                )
            ),
            Fix(
                .parley,
                Text("Choose another port.", zh: "选择其他端口。"),
                snippet: "parley serve --port 8080"
            ),
        ],
        proof: .page,
        whatWouldDecide: Text(
            "The port in the URL against the list of the Fetch standard; another port of the same server connects.",
            zh: "对照 Fetch 标准的名单检查 URL 中的端口；同一服务器换个端口即可连接。"
        ),
        sources: [
            "https://fetch.spec.whatwg.org/#port-blocking"
        ]
    )

    static let orgCookie = Cause(
        "org-cookie",
        .origin,
        title: Text("The session cookie does not come along", zh: "会话 cookie 没有随握手发送"),
        symptoms: [
            "Unexpected response code: 401 (403) from pages that are logged in",
            "close 1008",
        ],
        explanation: Text(
            """
            The page is logged in, but the handshake goes out without its cookie: SameSite=Lax or Strict from another \
            site, Secure on ws://, another host or port path, or third-party cookies that the browser blocks. The \
            server then answers 401 or 403, or closes with 1008 after opening.
            """,
            zh: """
                页面已登录，但握手没有带上 cookie：从其他站点访问时 SameSite=Lax 或 Strict、ws:// 遇到 Secure、主机或\
                路径不同，或浏览器阻止第三方 cookie。服务器于是回答 401 或 403，或打开后以 1008 关闭。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Serve page and WebSocket from the same site over https, or set the cookie with SameSite=None; \
                    Secure. Better: get a short-lived token over HTTP and send it as a subprotocol or as first \
                    message.
                    """,
                    zh: """
                        让页面与 WebSocket 位于同一站点并使用 https，或以 SameSite=None; Secure 设置 cookie。更好的办\
                        法：通过 HTTP 取得短期令牌，作为子协议或首条消息发送。
                        """
                ),
                snippet: "Set-Cookie: session=…; SameSite=None; Secure; HttpOnly; Path=/"
            ),
            Fix(
                .djangoChannels,
                Text("Set the attributes of the session cookie.", zh: "设置会话 cookie 的属性。"),
                snippet: """
                    SESSION_COOKIE_SAMESITE = "None"
                    SESSION_COOKIE_SECURE = True
                    """
            ),
            Fix(
                .spring,
                Text("Set the attributes of the session cookie.", zh: "设置会话 cookie 的属性。"),
                snippet: """
                    server.servlet.session.cookie.same-site=none
                    server.servlet.session.cookie.secure=true
                    """
            ),
            Fix(
                .aspNetCore,
                Text("Set the attributes of the cookie scheme.", zh: "设置 cookie 方案的属性。"),
                snippet: "options.Cookie.SameSite = SameSiteMode.None;"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "With express-session, set the cookie's attributes.",
                    zh: "使用 express-session 时设置 cookie 属性。"
                ),
                snippet: "session({ cookie: { sameSite: 'none', secure: true } })"
            ),
            Fix(
                .puma,
                Text("In Rails, set the session store's attributes.", zh: "在 Rails 中设置会话存储的属性。"),
                snippet: "Rails.application.config.session_store :cookie_store, same_site: :none, secure: true"
            ),
            Fix(
                .phoenix,
                Text(
                    "Add connect_info: [session: …] and pass the CSRF token, or the session stays empty.",
                    zh: "添加 connect_info: [session: …] 并传递 CSRF 令牌，否则会话为空。"
                )
            ),
        ],
        proof: .page,
        whatWouldDecide: Text(
            """
            `--header 'Cookie: …'` with the browser's cookie gives 101, and `parley tap` (or the network panel) shows \
            that the browser's handshake lacks it.
            """,
            zh: """
                用 `--header 'Cookie: …'` 带上浏览器的 cookie 得到 101，而 `parley tap`（或网络面板）显示浏览器的握手\
                没有它。
                """
        ),
        sources: [
            "RFC 6265 §5.4",
            "https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie",
        ]
    )

    static let orgHsts = Cause(
        "org-hsts",
        .origin,
        title: Text("HSTS turns ws:// into wss://", zh: "HSTS 把 ws:// 变成了 wss://"),
        symptoms: [
            "net::ERR_SSL_PROTOCOL_ERROR for wss://…, while the page asked for ws://"
        ],
        explanation: Text(
            """
            An earlier answer of this host carried Strict-Transport-Security, or the name is on the browsers' preload \
            list (all of .dev and .app). Browsers then change ws:// to wss:// by themselves and fail at a port that \
            speaks no TLS; programs connect.
            """,
            zh: """
                该主机以前的响应带有 Strict-Transport-Security，或名称在浏览器的预加载名单上（.dev 与 .app 全部在\
                内）。浏览器会自行把 ws:// 改为 wss://，在不支持 TLS 的端口上失败；程序则能连接。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Serve TLS on this port and use wss://; or use a name without HSTS, such as localhost or a name \
                        under .test. For one browser the entry can be deleted (chrome://net-internals/#hsts).
                        """,
                        zh: """
                            在该端口提供 TLS 并使用 wss://；或使用没有 HSTS 的名称，如 localhost 或 .test 下的名称。对单\
                            个浏览器可删除该条目（chrome://net-internals/#hsts）。
                            """
                    )
                ),
                Fix(
                    .nginx,
                    Text(
                        "Remove includeSubDomains when other hosts or ports have no TLS.",
                        zh: "若其他主机或端口没有 TLS，去掉 includeSubDomains。"
                    ),
                    snippet: #"add_header Strict-Transport-Security "max-age=31536000" always;"#
                ),
            ],
            Remedies.serveCertificate
        ),
        proof: .page,
        whatWouldDecide: Text(
            """
            Strict-Transport-Security in an answer of the host over https, and chrome://net-internals/#hsts for the \
            name; `parley tap` shows a TLS ClientHello instead of a GET.
            """,
            zh: """
                该主机 https 响应中的 Strict-Transport-Security，以及 chrome://net-internals/#hsts 中的该名称；\
                `parley tap` 会看到 TLS ClientHello 而不是 GET。
                """
        ),
        sources: [
            "RFC 6797 §8.3",
            "https://websockets.spec.whatwg.org/",
        ]
    )
}
