// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Boxes that answer, decrypt or hold back in the server's place.

extension Catalogue {
    static let fwCaptivePortal = Cause(
        "fw-captive-portal",
        .firewall,
        title: Text(
            "A captive portal answers instead of the server",
            zh: "应答的是强制门户（captive portal），不是服务器"
        ),
        symptoms: [
            "Unexpected response code: 302 (200, 511)",
            "InvalidURI: http://login.… isn't a valid URI: scheme isn't ws or wss",
        ],
        explanation: Text(
            """
            The network wants a log-in first (a hotspot in a hotel, a guest network) and answers every request \
            itself: a redirect to its log-in page, 511, or 200 with that page, the same for any host and path. The \
            real server was never reached.
            """,
            zh: """
                网络要求先登录（酒店热点、访客网络），并自行回答所有请求：重定向到登录页、511，或带登录页的 200，对任\
                何主机和路径都一样。请求从未到达真正的服务器。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Log in: open any http:// page in a browser of this machine. Or use another network or a VPN. \
                    wss:// does not get through either, but fails clearly instead of meeting the portal's page.
                    """,
                    zh: """
                        先登录：在本机浏览器中打开任意 http:// 页面。或换用其他网络、VPN。wss:// 同样不通，但会明确失\
                        败，而不会遇到门户页面。
                        """
                ),
                snippet: "curl -v http://example.com/"
            )
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same answer for another host or an invented path: the doctor asks for an invented path, and the \
            Location of the redirect names another host, often with the wanted address in its query.
            """,
            zh: """
                对其他主机或虚构路径得到同样的回答：doctor 会请求一个虚构路径；重定向的 Location 指向别的主机，查询里\
                常带有原本要访问的地址。
                """
        ),
        sources: [
            "RFC 6585 §6",
            "RFC 8952",
        ]
    )

    static let fwTlsIntercept = Cause(
        "fw-tls-intercept",
        .firewall,
        title: Text(
            "TLS is intercepted: a gateway or antivirus answers with a certificate of its own",
            zh: "TLS 被拦截：网关或杀毒软件用自己的证书应答"
        ),
        symptoms: [
            "self-signed certificate in certificate chain",
            "net::ERR_CERT_AUTHORITY_INVALID in some clients only",
        ],
        explanation: Text(
            """
            A company gateway or an antivirus program decrypts TLS and signs a certificate for each name with a root \
            of its own. Programs that use the system's trust store accept it where that root is installed; those with \
            their own store (Python's certifi, Node, Java, Firefox) do not. So it works in the browser and not in the \
            script.
            """,
            zh: """
                公司网关或杀毒软件解密 TLS，并用自己的根为每个名称签发证书。使用系统信任库的程序在装有该根的机器上会\
                接受；使用自带信任库的（Python 的 certifi、Node、Java、Firefox）则不接受。于是浏览器能用而脚本不能。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Give the client the gateway's root certificate as well, or have the host exempted from \
                    inspection.
                    """,
                    zh: "让客户端也信任网关的根证书，或请管理员对该主机免除检查。"
                ),
                snippet: """
                    SSL_CERT_FILE=/path/corporate-root.pem python client.py
                    NODE_EXTRA_CA_CERTS=/path/corporate-root.pem node client.js
                    node --use-system-ca client.js
                    """
            ),
            Fix(
                .squid,
                Text("Splice the name instead of bumping it.", zh: "对该名称使用 splice 而不是 bump。"),
                snippet: """
                    acl realtime ssl::server_name realtime.example
                    ssl_bump splice realtime
                    """
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            An invented name to the same address, which the doctor tries by itself: a certificate made for just that \
            name proves interception. The issuer names the gateway.
            """,
            zh: "doctor 会对同一地址使用虚构名称：若得到恰好为该名称签发的证书，就证明被拦截。签发者会写明网关名称。"
        ),
        sources: [
            "RFC 5280 §6",
            "RFC 6066 §3",
        ]
    )

    static let fwBufferingMiddlebox = Cause(
        "fw-buffering-middlebox",
        .firewall,
        title: Text("A box on the way holds messages back (buffering)", zh: "途中的设备缓冲并延迟消息"),
        symptoms: [
            "opens, then no message, then many at once"
        ],
        explanation: Text(
            """
            The handshake passes, then nothing arrives, until suddenly much arrives at once: a scanner or proxy on \
            the way collects bytes as if this were a download. The server sends at once, as the direct address shows.
            """,
            zh: """
                握手通过后什么也收不到，直到突然一次到达很多：途中的扫描设备或代理像处理下载那样积攒字节。直连地址可\
                证明服务器是立即发送的。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Use wss:// so that the box cannot look inside; exempt the host from scanning, or switch the \
                    proxy's response buffering off for this path.
                    """,
                    zh: "使用 wss:// 让设备无法查看内容；对该主机免除扫描，或对该路径关闭代理的响应缓冲。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    """
                    An upgraded connection is not buffered: make sure it is upgraded (proxy_http_version 1.1, \
                    Upgrade, Connection), and switch buffering off for what is not.
                    """,
                    zh: """
                        已升级的连接不会缓冲：确认升级配置正确（proxy_http_version 1.1、Upgrade、Connection），其余的\
                        关闭缓冲。
                        """
                ),
                snippet: "proxy_buffering off;"
            ),
            Fix(
                .traefik,
                Text(
                    "Take the buffering and compress middlewares off this router.",
                    zh: "从该路由移除 buffering 与 compress 中间件。"
                )
            ),
            Fix(
                .haproxy,
                Text(
                    "Remove option http-buffer-request and filters of compression for this path.",
                    zh: "对该路径移除 option http-buffer-request 与压缩过滤器。"
                )
            ),
            Fix(
                .envoy,
                Text("Remove the buffer filter from this route.", zh: "从该路由移除 buffer 过滤器。")
            ),
            Fix(
                .squid,
                Text("Tunnel instead of proxying: use wss://.", zh: "改用隧道而非代理：使用 wss://。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--direct URL`: events come at once there; through the box they come only after some KiB (`--send-bytes \
            16384` with an echo shows how many).
            """,
            zh: """
                使用 `--direct URL`：那里事件立即到达；经过该设备则要积累若干 KiB 才到（回显服务配合 `--send-bytes \
                16384` 可看出多少）。
                """
        ),
        sources: [
            "RFC 6455 §10.3"
        ]
    )

    static let fwWafBlock = Cause(
        "fw-waf-block",
        .firewall,
        title: Text(
            "A web application firewall or bot filter refuses this client",
            zh: "Web 应用防火墙或机器人过滤拒绝了该客户端"
        ),
        symptoms: [
            "Unexpected server response: 403, while browsers connect",
            "Just a moment…",
        ],
        explanation: Text(
            """
            Programs get 403 (or a challenge page) where browsers get 101: a filter in front judges by User-Agent, \
            missing headers, TLS fingerprint or address. Programs cannot solve a challenge such as Cloudflare's "Just \
            a moment…".
            """,
            zh: """
                程序得到 403（或质询页面），浏览器却得到 101：前面的过滤器根据 User-Agent、缺失的头、TLS 指纹或地址来\
                判断。程序无法通过 Cloudflare 的 "Just a moment…" 这类质询。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Add a rule to the filter that lets the WebSocket path through and protect it by keys instead. As \
                    a stopgap let the client send a User-Agent.
                    """,
                    zh: "在过滤器中添加规则放行 WebSocket 路径，改用密钥保护。权宜之计是让客户端发送 User-Agent。"
                )
            ),
            Fix(
                .cloudflare,
                Text(
                    "Security → WAF → Custom rules: skip Bot Fight Mode and managed challenges for the path.",
                    zh: "Security → WAF → Custom rules：对该路径跳过 Bot Fight Mode 与托管质询。"
                ),
                snippet: #"(http.request.uri.path eq "/v1/realtime") → Skip"#
            ),
            Fix(
                .awsALB,
                Text(
                    "Look at the sampled requests of AWS WAF and exempt the path from the rule that matched.",
                    zh: "查看 AWS WAF 的采样请求，让该路径不受命中规则影响。"
                )
            ),
            Fix(
                .azureAppService,
                Text(
                    "Look at the firewall log of Front Door or Application Gateway.",
                    zh: "查看 Front Door 或 Application Gateway 的防火墙日志。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Exempt the location from ModSecurity, or from an if on $http_user_agent.",
                    zh: "让该 location 不受 ModSecurity 或针对 $http_user_agent 的 if 影响。"
                ),
                snippet: "modsecurity off;"
            ),
            Fix(
                .apache,
                Text("Exempt the location.", zh: "让该位置不受影响。"),
                snippet: #"<Location "/v1/realtime"> SecRuleEngine Off </Location>"#
            ),
            Fix(
                .haproxy,
                Text("Check rules on req.hdr(User-Agent).", zh: "检查针对 req.hdr(User-Agent) 的规则。")
            ),
            Fix(
                .envoy,
                Text("Check rbac, lua and ext_authz filters.", zh: "检查 rbac、lua 与 ext_authz 过滤器。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The User-Agent of a browser and that of a script, which the doctor tries by itself: the answer flips with \
            nothing else changed. `cf-mitigated: challenge` names Cloudflare.
            """,
            zh: """
                doctor 会分别使用浏览器和脚本的 User-Agent：仅此一项改变就使结果反转。`cf-mitigated: challenge` 表示 \
                Cloudflare。
                """
        ),
        sources: [
            "https://developers.cloudflare.com/network/websockets/",
            "RFC 9110 §10.1.5",
        ]
    )
}
