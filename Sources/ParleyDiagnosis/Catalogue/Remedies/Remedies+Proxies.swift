// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Passing WebSockets through a proxy, per software.

extension Remedies {
    /// Let the proxy in front pass the upgrade on.
    static let passUpgrade: [Fix] = [
        Fix(
            Text(
                """
                Make every proxy in front forward the handshake as HTTP/1.1 with `Upgrade: websocket` and \
                `Connection: Upgrade`: both are hop-by-hop headers, which a proxy drops unless it is told to pass \
                them on.
                """,
                zh: """
                    让前面的每一层代理都以 HTTP/1.1 转发握手，并带上 `Upgrade: websocket` 和 `Connection: Upgrade`：\
                    这两个头是逐跳的，不特别配置代理就会丢弃。
                    """
            )
        ),
        Fix(
            .nginx,
            Text(
                """
                Set proxy_http_version and both headers in the location that serves the WebSocket. One \
                proxy_set_header in a location drops all that it would inherit.
                """,
                zh: """
                    在处理 WebSocket 的 location 中设置 proxy_http_version 和这两个头。注意 location 里只要有一条 \
                    proxy_set_header，从外层继承的就全部失效。
                    """
            ),
            snippet: """
                # in http { }
                map $http_upgrade $connection_upgrade { default upgrade; '' close; }
                # in location { }
                proxy_pass http://127.0.0.1:8000;
                proxy_http_version 1.1;
                proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade;
                proxy_set_header Host $http_host;
                """
        ),
        Fix(
            .ingressNginx,
            Text(
                """
                ingress-nginx passes upgrades on by itself: remove a configuration-snippet or proxy-set-headers \
                ConfigMap that overwrites Connection or Upgrade, and leave proxy-http-version at 1.1.
                """,
                zh: """
                    ingress-nginx 默认会转发升级：请删除覆盖 Connection 或 Upgrade 的 configuration-snippet 或 \
                    proxy-set-headers ConfigMap，并保持 proxy-http-version 为 1.1。
                    """
            ),
            snippet: #"nginx.ingress.kubernetes.io/proxy-http-version: "1.1""#
        ),
        Fix(
            .apache,
            Text(
                """
                From 2.4.47 on, mod_proxy_http upgrades when it is asked to; before that, load mod_proxy_wstunnel. \
                The line must stand above the general ProxyPass.
                """,
                zh: """
                    2.4.47 起由 mod_proxy_http 按需升级；更早的版本需加载 mod_proxy_wstunnel。这一行必须放在通用 \
                    ProxyPass 之前。
                    """
            ),
            snippet: """
                ProxyPass "/v1/realtime" "http://127.0.0.1:8000/v1/realtime" upgrade=websocket
                # before 2.4.47:
                ProxyPass "/v1/realtime" "ws://127.0.0.1:8000/v1/realtime"
                """
        ),
        Fix(
            .haproxy,
            Text(
                """
                In `mode http` HAProxy upgrades by itself: remove http-request rules that delete or set Connection or \
                Upgrade, and `option httpclose` of old configurations.
                """,
                zh: """
                    HAProxy 在 `mode http` 下会自行升级：请删除改动 Connection 或 Upgrade 的 http-request 规则，以及\
                    旧配置里的 `option httpclose`。
                    """
            )
        ),
        Fix(
            .caddy,
            Text(
                """
                reverse_proxy upgrades by itself: remove header_up lines that change Connection or Upgrade, and make \
                sure the request reaches reverse_proxy rather than a file server.
                """,
                zh: """
                    reverse_proxy 会自行升级：请删除改动 Connection 或 Upgrade 的 header_up，并确认请求到达的是 \
                    reverse_proxy 而不是文件服务器。
                    """
            ),
            snippet: "reverse_proxy /v1/realtime* 127.0.0.1:8000"
        ),
        Fix(
            .envoy,
            Text(
                "Allow the upgrade in the HttpConnectionManager or in the route (Contour: enableWebsockets: true).",
                zh: "在 HttpConnectionManager 或路由中允许升级（Contour：enableWebsockets: true）。"
            ),
            snippet: """
                upgrade_configs:
                - upgrade_type: websocket
                """
        ),
        Fix(
            .traefik,
            Text(
                """
                Traefik upgrades by itself: remove a headers middleware that sets Connection or Upgrade, and a \
                buffering or compress middleware from this route.
                """,
                zh: """
                    Traefik 会自行升级：请从该路由移除设置 Connection 或 Upgrade 的 headers 中间件，以及 buffering、\
                    compress 中间件。
                    """
            )
        ),
        Fix(
            .squid,
            Text(
                """
                Squid forwards no upgrade by default: allow it for the service, or let the client use wss:// so that \
                it goes through CONNECT.
                """,
                zh: "Squid 默认不转发升级：为该服务放行，或让客户端使用 wss://，走 CONNECT 隧道。"
            ),
            snippet: "http_upgrade_request_protocols websocket allow all"
        ),
        Fix(
            .iis,
            Text(
                "Install the WebSocket Protocol feature, and with ARR leave the site's webSocket element enabled.",
                zh: "安装 WebSocket Protocol 功能；使用 ARR 时保持站点的 webSocket 元素启用。"
            ),
            snippet: #"<system.webServer><webSocket enabled="true" /></system.webServer>"#
        ),
        Fix(
            .awsALB,
            Text(
                """
                Use an HTTP or HTTPS listener with a target group of protocol version HTTP1; a classic load balancer \
                needs a TCP listener.
                """,
                zh: "使用 HTTP 或 HTTPS 监听器，目标组协议版本设为 HTTP1；Classic Load Balancer 则需要 TCP 监听器。"
            ),
            snippet: "aws elbv2 create-target-group --protocol HTTP --protocol-version HTTP1 ..."
        ),
        Fix(
            .cloudflare,
            Text(
                """
                Switch on Network → WebSockets for the zone, and check that no Worker or Transform Rule removes \
                Upgrade.
                """,
                zh: "为该域开启 Network → WebSockets，并确认没有 Worker 或 Transform Rule 移除 Upgrade。"
            )
        ),
        Fix(
            .vite,
            Text("Let the development proxy carry WebSockets.", zh: "让开发代理转发 WebSocket。"),
            snippet: "server: { proxy: { '/v1/realtime': { target: 'ws://127.0.0.1:8000', ws: true } } }"
        ),
        Fix(
            .nodeHTTP,
            Text(
                "With http-proxy or http-proxy-middleware, pass the server's upgrade event on.",
                zh: "使用 http-proxy 或 http-proxy-middleware 时，把服务器的 upgrade 事件转交给它。"
            ),
            snippet: "server.on('upgrade', proxy.upgrade);"
        ),
        Fix(
            .spring,
            Text(
                """
                In Spring Cloud Gateway, route to a ws:// or lb:ws:// address so that the WebSocket filter takes the \
                request.
                """,
                zh: "在 Spring Cloud Gateway 中，把路由指向 ws:// 或 lb:ws:// 地址，交给 WebSocket 过滤器处理。"
            ),
            snippet: "uri: lb:ws://realtime-service"
        ),
    ]
}
