// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Proxies that do without their back end, and platforms that do without WebSockets.

extension Catalogue {
    static let srvUpstreamDown = Cause(
        "srv-upstream-down",
        .serverConfiguration,
        title: Text("The proxy answers, the application behind it does not", zh: "代理有应答，但其后的应用没有"),
        symptoms: [
            "Unexpected response code: 502 (503, 504)",
            "No server is available to handle this request",
        ],
        explanation: Text(
            """
            The status 502, 503 or 504 and the error page come from the proxy (gateway): it could not connect to its \
            upstream, or got no answer in time. Network, TLS and the proxy itself are fine; the back end is stopped, \
            listens elsewhere, or is overrun.
            """,
            zh: """
                502、503 或 504 以及错误页来自代理（网关）：它无法连接上游，或没有及时得到应答。网络、TLS 和代理本身\
                都正常；后端没有运行、监听在别处，或已不堪重负。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Start the application behind the proxy, and check that the proxy's upstream address (host, port, \
                    container name, socket) is the one it listens on, from the proxy's own point of view.
                    """,
                    zh: """
                        启动代理后面的应用，并从代理所在位置确认其上游地址（主机、端口、容器名、套接字）正是应用监听\
                        的地址。
                        """
                )
            ),
            Fix(
                .nginx,
                Text(
                    """
                    Look at the error log, and at proxy_pass or the upstream block: 502 is refused or cut, 504 too \
                    slow.
                    """,
                    zh: "查看错误日志，以及 proxy_pass 或 upstream 块：502 表示被拒绝或中断，504 表示太慢。"
                ),
                snippet: "proxy_pass http://127.0.0.1:8000;"
            ),
            Fix(
                .ingressNginx,
                Text(
                    "Check that the Service has endpoints and names the right port.",
                    zh: "检查 Service 是否有端点、端口是否正确。"
                ),
                snippet: "kubectl get endpointslices -l kubernetes.io/service-name=realtime"
            ),
            Fix(
                .haproxy,
                Text(
                    "\"No server is available\" means that all checks failed.",
                    zh: "\"No server is available\" 表示所有健康检查都失败。"
                ),
                snippet: #"echo "show servers state" | socat stdio /run/haproxy/admin.sock"#
            ),
            Fix(
                .apache,
                Text(
                    "Look for \"AH00957\" or \"AH01114\" in the error log and check the address in ProxyPass.",
                    zh: "在错误日志中查找 \"AH00957\" 或 \"AH01114\"，并检查 ProxyPass 的地址。"
                )
            ),
            Fix(
                .caddy,
                Text(
                    "The log says \"dial tcp … connection refused\": check the address of reverse_proxy.",
                    zh: "日志会显示 \"dial tcp … connection refused\"：检查 reverse_proxy 的地址。"
                )
            ),
            Fix(
                .envoy,
                Text(
                    "\"no healthy upstream\" or \"upstream connect error\": look at /clusters of the admin port.",
                    zh: "\"no healthy upstream\" 或 \"upstream connect error\"：查看管理端口的 /clusters。"
                )
            ),
            Fix(
                .traefik,
                Text(
                    "\"Bad Gateway\" is a refused connection, \"no available server\" a failed health check.",
                    zh: "\"Bad Gateway\" 表示连接被拒绝，\"no available server\" 表示健康检查失败。"
                )
            ),
            Fix(
                .awsALB,
                Text(
                    """
                    503 is an empty target group, 502 a target that resets, 504 one that is filtered or slow: look at \
                    the target's health and its security group.
                    """,
                    zh: """
                        503 表示目标组为空，502 表示目标重置连接，504 表示目标被过滤或太慢：检查目标健康状态与安全\
                        组。
                        """
                )
            ),
            Fix(
                .cloudflare,
                Text(
                    """
                    521 is refused, 522 filtered, 523 unreachable, 524 too slow, 525 and 526 TLS: all are about the \
                    origin.
                    """,
                    zh: "521 为被拒绝，522 为被过滤，523 为不可达，524 为太慢，525 与 526 为 TLS：都与源站有关。"
                )
            ),
            Fix(
                .iis,
                Text(
                    """
                    502.3 names the back end; with the ASP.NET Core module 502.5 and 503 are a process that does not \
                    start.
                    """,
                    zh: "502.3 会指出后端；使用 ASP.NET Core 模块时 502.5 与 503 表示进程无法启动。"
                )
            ),
            Fix(
                .vite,
                Text(
                    "The terminal says \"ws proxy error\": start the target of the proxy.",
                    zh: "终端会显示 \"ws proxy error\"：请启动代理的目标。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`--direct URL` with the back end's own address shows whether it is down or only addressed wrongly.",
            zh: "用 `--direct URL` 指定后端自己的地址，可看出是它没有运行，还是地址写错。"
        ),
        sources: [
            "RFC 9110 §15.6.3",
            "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
        ]
    )

    static let srvUpgradeDisabled = Cause(
        "srv-upgrade-disabled",
        .serverConfiguration,
        title: Text("WebSockets are switched off in the proxy or platform", zh: "代理或平台关闭了 WebSocket"),
        symptoms: [
            "Unexpected response code: 403 (400, 404, 464, 501) for everybody"
        ],
        explanation: Text(
            """
            Some proxies and hosts take WebSockets only where they are allowed, and refuse an upgrade with 400, 403, \
            404 or 501 although plain requests to the same path work. Envoy answers 403 with an empty body; IIS and \
            Azure App Service need a feature, Cloudflare a switch, and an AWS target group for HTTP/2 or gRPC gives \
            464.
            """,
            zh: """
                有些代理和托管平台只在允许的地方接受 WebSocket，对升级请求回答 400、403、404 或 501，而同一路径的普通\
                请求正常。Envoy 回答 403 且正文为空；IIS 和 Azure App Service 需要启用功能，Cloudflare 有开关，HTTP/2 \
                或 gRPC 的 AWS 目标组给出 464。
                """
        ),
        fixes: [
            Fix(
                Text("Switch WebSockets on for this route.", zh: "为该路由启用 WebSocket。")
            ),
            Fix(
                .envoy,
                Text(
                    """
                    Add the upgrade type to the HttpConnectionManager or the route (Contour: enableWebsockets: true; \
                    Istio does so by itself).
                    """,
                    zh: """
                        在 HttpConnectionManager 或路由中加入升级类型（Contour：enableWebsockets: true；Istio 默认已\
                        启用）。
                        """
                ),
                snippet: """
                    upgrade_configs:
                    - upgrade_type: websocket
                    """
            ),
            Fix(
                .azureAppService,
                Text(
                    "Configuration → General settings → Web sockets: On.",
                    zh: "在 Configuration → General settings 中把 Web sockets 设为 On。"
                ),
                snippet: "az webapp config set --name APP --resource-group GROUP --web-sockets-enabled true"
            ),
            Fix(
                .iis,
                Text("Install the WebSocket Protocol feature.", zh: "安装 WebSocket Protocol 功能。"),
                snippet: "Install-WindowsFeature Web-WebSockets"
            ),
            Fix(
                .aspNetCore,
                Text(
                    "Behind IIS the feature must be installed, and UseWebSockets must be called.",
                    zh: "在 IIS 之后必须安装该功能，并调用 UseWebSockets。"
                ),
                snippet: "app.UseWebSockets();"
            ),
            Fix(
                .cloudflare,
                Text("Network → WebSockets: On.", zh: "在 Network 页打开 WebSockets 开关。")
            ),
            Fix(
                .awsALB,
                Text("Use a target group of protocol version HTTP1.", zh: "目标组协议版本使用 HTTP1。")
            ),
            Fix(
                .squid,
                Text("Allow the upgrade.", zh: "允许升级。"),
                snippet: "http_upgrade_request_protocols websocket allow all"
            ),
            Fix(
                .apache,
                Text(
                    "Load mod_proxy_wstunnel, or use upgrade=websocket from 2.4.47 on.",
                    zh: "加载 mod_proxy_wstunnel，或自 2.4.47 起使用 upgrade=websocket。"
                ),
                snippet: "a2enmod proxy_wstunnel"
            ),
            Fix(
                .openAI,
                Text(
                    "A gateway in front of the API must pass upgrades too; the API itself always takes them.",
                    zh: "API 之前的网关也须转发升级；API 本身始终支持。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            Where the answer carries no mark of the software, the proxy's own access log or the platform's setting \
            decides; `--direct URL` shows that the server behind takes the upgrade.
            """,
            zh: "响应没有软件标记时，由代理的访问日志或平台设置判定；`--direct URL` 可证明其后的服务器接受升级。"
        ),
        sources: [
            "https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/http/upgrades",
            "https://learn.microsoft.com/aspnet/core/signalr/troubleshoot",
            "envoyproxy/envoy#4740",
            "envoyproxy/envoy#9646",
            "envoyproxy/envoy#27056",
            "projectcontour/contour#5675",
        ]
    )
}
