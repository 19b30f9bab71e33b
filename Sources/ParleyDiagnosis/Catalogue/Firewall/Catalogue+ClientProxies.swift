// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// HTTP proxies on the client's side.

extension Catalogue {
    static let fwProxyAuth = Cause(
        "fw-proxy-auth",
        .firewall,
        title: Text("The HTTP proxy wants a user name and password (407)", zh: "HTTP 代理要求用户名和密码（407）"),
        symptoms: [
            "Proxy authentication failed",
            "InvalidProxyStatus: proxy rejected connection: HTTP 407",
        ],
        explanation: Text(
            """
            The client's proxy answered CONNECT with 407 and Proxy-Authenticate: it lets nobody through without \
            credentials. The server was never reached. Browsers use the credentials the user or the system gave them; \
            programs send only what stands in their proxy setting.
            """,
            zh: """
                客户端的代理以 407 和 Proxy-Authenticate 回答 CONNECT：没有凭据谁也不放行。请求从未到达服务器。浏览器\
                使用用户或系统提供的凭据；程序只发送其代理设置中写明的内容。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Put user and password into the client's proxy setting (percent-encode special characters), or \
                    exempt the host with no_proxy when the server is on the inside. Proxies with NTLM or Kerberos \
                    need a local helper such as cntlm or px.
                    """,
                    zh: """
                        在客户端的代理设置中填写用户名和密码（特殊字符要百分号编码）；若服务器在内网，用 no_proxy 排\
                        除该主机。使用 NTLM 或 Kerberos 的代理需要 cntlm 或 px 之类的本地辅助程序。
                        """
                ),
                snippet: """
                    export https_proxy=http://USER:PASSWORD@proxy.example:3128
                    export no_proxy=localhost,127.0.0.1,realtime.example
                    """
            ),
            Fix(
                .squid,
                Text(
                    "On the proxy, let the service through before the rule that asks for authentication.",
                    zh: "在代理上，于要求认证的规则之前放行该服务。"
                ),
                snippet: """
                    acl realtime dstdomain realtime.example
                    http_access allow realtime
                    """
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "Give proxy= the credentials, or proxy=None to go directly.",
                    zh: "给 proxy= 传入凭据，或用 proxy=None 直连。"
                ),
                snippet: #"connect(url, proxy="http://USER:PASSWORD@proxy.example:3128")"#
            ),
            Fix(
                .aiohttp,
                Text("Pass the credentials with the proxy.", zh: "连同代理传入凭据。"),
                snippet: """
                    session.ws_connect(url, proxy="http://proxy.example:3128", proxy_auth=aiohttp.BasicAuth("USER", "PASSWORD"))
                    """
            ),
            Fix(
                .nodeWS,
                Text("Give the agent a URL with credentials.", zh: "给 agent 传入带凭据的 URL。"),
                snippet: """
                    new WebSocket(url, { agent: new HttpsProxyAgent('http://USER:PASSWORD@proxy.example:3128') })
                    """
            ),
            Fix(
                .gorilla,
                Text("Put the credentials into the proxy's URL.", zh: "把凭据写入代理 URL。"),
                snippet: "websocket.Dialer{Proxy: http.ProxyURL(proxyURL)}"
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`--proxy URL` with and without credentials.",
            zh: "用 `--proxy URL` 分别带凭据和不带凭据测试。"
        ),
        sources: [
            "RFC 9110 §15.5.8, §11.7",
            "RFC 9110 §9.3.6",
        ]
    )

    static let fwProxyConnectDenied = Cause(
        "fw-proxy-connect-denied",
        .firewall,
        title: Text("The HTTP proxy refuses the tunnel", zh: "HTTP 代理拒绝建立隧道"),
        symptoms: [
            "Establishing a tunnel via proxy server failed.",
            "InvalidProxyStatus: proxy rejected connection: HTTP 403",
        ],
        explanation: Text(
            """
            The client's proxy answered CONNECT with 403 or another refusal. WebSockets go through a proxy as a \
            tunnel, even for ws://, and many proxies allow tunnels to port 443 only, or to listed names only.
            """,
            zh: """
                客户端的代理以 403 或其他拒绝回答 CONNECT。WebSocket 即使是 ws:// 也以隧道方式穿过代理，而许多代理只\
                允许到 443 端口或名单内名称的隧道。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Serve and connect on wss:// with port 443, have the proxy allow the host and port, or exempt the \
                    host with no_proxy when it can be reached directly.
                    """,
                    zh: """
                        使用 443 端口的 wss:// 提供服务和连接，让代理放行该主机和端口；若可直连，用 no_proxy 排除该主\
                        机。
                        """
                ),
                snippet: "export no_proxy=localhost,127.0.0.1,realtime.example"
            ),
            Fix(
                .squid,
                Text("Allow the port for CONNECT.", zh: "为 CONNECT 放行该端口。"),
                snippet: """
                    acl SSL_ports port 8443
                    http_access allow CONNECT SSL_ports
                    """
            ),
            Fix(
                .apache,
                Text("Allow the port in mod_proxy_connect.", zh: "在 mod_proxy_connect 中放行该端口。"),
                snippet: "AllowCONNECT 443 8443"
            ),
            Fix(
                .envoy,
                Text(
                    "Add connect_matcher routes and upgrade_type CONNECT.",
                    zh: "添加 connect_matcher 路由与 upgrade_type CONNECT。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`--proxy URL` to the same host on port 443, and `--direct URL` without the proxy.",
            zh: "用 `--proxy URL` 访问同一主机的 443 端口，并在不经代理时用 `--direct URL` 对比。"
        ),
        sources: [
            "RFC 9110 §9.3.6"
        ]
    )

    static let fwProxyIgnored = Cause(
        "fw-proxy-ignored",
        .firewall,
        title: Text("The client ignores the proxy that this network needs", zh: "客户端没有使用该网络必需的代理"),
        symptoms: [
            "Opening handshake has timed out, while the browser connects"
        ],
        explanation: Text(
            """
            The network lets connections out only through its HTTP proxy. Browsers and Python use it, while the \
            client at hand does not read the proxy variables or the system's setting (node ws, Node's own WebSocket, \
            many device libraries) and tries directly, until it times out.
            """,
            zh: """
                该网络只允许通过 HTTP 代理访问外部。浏览器和 Python 会使用代理，而当前客户端不读取代理环境变量或系统\
                设置（node ws、Node 内置 WebSocket、许多设备端库），直接尝试连接直到超时。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Tell the client of the proxy explicitly, or have the network allow the direct way.",
                    zh: "明确告诉客户端使用代理，或让网络放行直连。"
                ),
                snippet: "export http_proxy=http://proxy.example:3128 https_proxy=http://proxy.example:3128"
            ),
            Fix(
                .nodeWS,
                Text("Give an agent; ws reads no variables.", zh: "传入 agent；ws 不读取环境变量。"),
                snippet: "new WebSocket(url, { agent: new HttpsProxyAgent(process.env.https_proxy) })"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "Node's built-in WebSocket takes a dispatcher of undici.",
                    zh: "Node 内置的 WebSocket 可使用 undici 的 dispatcher。"
                ),
                snippet: "setGlobalDispatcher(new EnvHttpProxyAgent())"
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "From 15 on the variables are used; before, tunnel with python-socks. no_proxy exempts hosts.",
                    zh: "15 版起使用环境变量；更早版本用 python-socks 建立隧道。no_proxy 可排除主机。"
                ),
                snippet: #"connect(url, proxy="http://proxy.example:3128")"#
            ),
            Fix(
                .aiohttp,
                Text("Set trust_env.", zh: "设置 trust_env。"),
                snippet: "aiohttp.ClientSession(trust_env=True)"
            ),
            Fix(
                .gorilla,
                Text(
                    "Set Proxy; websocket.DefaultDialer has it.",
                    zh: "设置 Proxy；websocket.DefaultDialer 已设置。"
                ),
                snippet: "websocket.Dialer{Proxy: http.ProxyFromEnvironment}"
            ),
            Fix(
                .tungstenite,
                Text(
                    "tungstenite connects directly: open the tunnel first and hand it to client_async.",
                    zh: "tungstenite 直接连接：先建立隧道，再交给 client_async。"
                )
            ),
            Fix(
                .aspNetCore,
                Text("Set Options.Proxy of the ClientWebSocket.", zh: "设置 ClientWebSocket 的 Options.Proxy。"),
                snippet: #"socket.Options.Proxy = new WebProxy("http://proxy.example:3128");"#
            ),
            Fix(
                .realtimeClient,
                Text(
                    """
                    For openai-python pass websocket_connection_options or set the variables; for openai-node in Node \
                    pass an agent.
                    """,
                    zh: """
                        openai-python 通过 websocket_connection_options 或环境变量设置；Node 中的 openai-node 传入 \
                        agent。
                        """
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--proxy URL` with the browser's proxy: the direct attempt fails and the one through the proxy gives 101.
            """,
            zh: "用 `--proxy URL` 指定浏览器的代理：直连失败，而经过代理得到 101。"
        ),
        sources: [
            "RFC 9110 §9.3.6",
            "https://websockets.readthedocs.io/en/stable/topics/proxies.html",
        ]
    )

    static let fwProxyStripsUpgrade = Cause(
        "fw-proxy-strips-upgrade",
        .firewall,
        title: Text("A proxy on the client's side strips the upgrade", zh: "客户端一侧的代理剥掉了升级请求"),
        symptoms: [
            "Unexpected response code: 400 (426), with Via or X-Cache"
        ],
        explanation: Text(
            """
            A forward or transparent proxy of the client's network handles ws:// as ordinary HTTP and drops Upgrade \
            and Connection; Via or X-Cache in the answer shows it. What is encrypted cannot be stripped, so wss:// to \
            the same server works.
            """,
            zh: """
                客户端网络中的正向或透明代理把 ws:// 当作普通 HTTP 处理，丢弃 Upgrade 和 Connection；响应中的 Via 或 \
                X-Cache 会显示这一点。加密的内容无法剥掉，所以到同一服务器的 wss:// 可用。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Use wss://, so that the proxy can only tunnel; or have the network exempt the host.",
                    zh: "使用 wss://，代理就只能做隧道；或让网络排除该主机。"
                ),
                snippet: "export no_proxy=realtime.example"
            ),
            Fix(
                .squid,
                Text("Allow the upgrade for the service.", zh: "为该服务放行升级。"),
                snippet: "http_upgrade_request_protocols websocket allow all"
            ),
            Fix(
                .parley,
                Text("Serve TLS.", zh: "启用 TLS。"),
                snippet: "parley serve --tls-cert fullchain.pem --tls-key privkey.pem"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The other scheme on the same server, which the doctor tries by itself, and the same URL from another \
            network.
            """,
            zh: "doctor 会对同一服务器尝试另一种协议；再从另一网络访问同一 URL。"
        ),
        sources: [
            "RFC 9110 §7.6.1, §7.6.3"
        ]
    )
}
