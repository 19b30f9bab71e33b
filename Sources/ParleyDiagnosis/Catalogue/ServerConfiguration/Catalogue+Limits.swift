// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Servers and proxies that take no more.

extension Catalogue {
    static let srvRateLimited = Cause(
        "srv-rate-limited",
        .serverConfiguration,
        title: Text("Too many connections or requests (rate limit)", zh: "连接或请求过多（限流）"),
        symptoms: [
            "Unexpected response code: 429"
        ],
        explanation: Text(
            """
            The server or the proxy in front counts what one address or key asks for and refuses more with 429, or \
            503 in nginx. Reconnect loops without a pause and many tabs run into it; Retry-After says when it may be \
            tried again.
            """,
            zh: """
                服务器或前端代理统计某个地址或密钥的请求，超出后以 429（nginx 默认 503）拒绝。没有间隔的重连循环和大\
                量标签页常会触发；Retry-After 说明何时可以再试。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Wait as long as Retry-After says, reconnect with a growing pause, and raise the limit if the load \
                    is wanted.
                    """,
                    zh: "按 Retry-After 等待，以递增的间隔重连；若负载是预期的，则调高限制。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Raise limit_req and limit_conn of the location; limit_conn counts open WebSockets.",
                    zh: "调大该 location 的 limit_req 与 limit_conn；limit_conn 会计入打开的 WebSocket。"
                ),
                snippet: """
                    limit_req zone=realtime burst=20 nodelay;
                    limit_conn per_ip 50;
                    """
            ),
            Fix(
                .ingressNginx,
                Text("Raise the limits in the annotations.", zh: "在注解中调大限制。"),
                snippet: #"nginx.ingress.kubernetes.io/limit-connections: "50""#
            ),
            Fix(
                .haproxy,
                Text("Check stick-table rules that deny with 429.", zh: "检查以 429 拒绝的 stick-table 规则。")
            ),
            Fix(
                .envoy,
                Text(
                    "Check the local_ratelimit and ratelimit filters.",
                    zh: "检查 local_ratelimit 与 ratelimit 过滤器。"
                )
            ),
            Fix(
                .traefik,
                Text(
                    "Raise average and burst of the rateLimit middleware.",
                    zh: "调大 rateLimit 中间件的 average 与 burst。"
                )
            ),
            Fix(
                .cloudflare,
                Text(
                    "Look at the rate limiting rules in Security → Events.",
                    zh: "在 Security → Events 中查看限流规则。"
                )
            ),
            Fix(
                .awsAPIGateway,
                Text(
                    "Raise the throttling of the stage, or the account's connections per second.",
                    zh: "调大阶段的限流，或账户的每秒连接数配额。"
                )
            ),
            Fix(
                .openAI,
                Text(
                    "The limits are per project and model: see the limits page of the account.",
                    zh: "限制按项目和模型计算：见账户的限额页面。"
                )
            ),
            Fix(
                .azureOpenAI,
                Text("Raise the quota of the deployment.", zh: "提高部署的配额。")
            ),
            Fix(
                .parley,
                Text("Slow down, or give each client its own key.", zh: "放慢连接频率，或给每个客户端单独的密钥。")
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "The name of the limit stands in the log of whoever answered: look for 429 at the time of the attempt.",
            zh: "限制的名称在作答一方的日志里：查找尝试时刻的 429 记录。"
        ),
        sources: [
            "RFC 6585 §4",
            "RFC 9110 §10.2.3",
        ]
    )

    static let srvOverloaded = Cause(
        "srv-overloaded",
        .serverConfiguration,
        title: Text("The server takes no more connections", zh: "服务器不再接受新连接"),
        symptoms: [
            "Unexpected response code: 503, with Retry-After",
            "close 1013",
        ],
        explanation: Text(
            """
            All sessions, workers or models of the server are in use, or it is shutting down: it answers 503, often \
            with Retry-After, or closes with 1013. node ws answers 503 while it closes. The same handshake works when \
            others have left.
            """,
            zh: """
                服务器的会话、工作进程或模型已全部占用，或正在关闭：它回答 503（常带 Retry-After），或以 1013 关闭。\
                node ws 在关闭过程中回答 503。等其他连接离开后，同样的握手即可成功。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Try again after the time in Retry-After, add capacity, or raise the limit of sessions if the \
                    machine can bear it.
                    """,
                    zh: "在 Retry-After 指定的时间后重试，增加容量，或在机器承受得住时调高会话上限。"
                )
            ),
            Fix(
                .nodeWS,
                Text(
                    "A 503 means that wss.close() was called: wait for the new process.",
                    zh: "503 表示已调用 wss.close()：等待新进程启动。"
                )
            ),
            Fix(
                .uvicorn,
                Text("Raise --limit-concurrency, or add workers.", zh: "调大 --limit-concurrency，或增加工作进程。"),
                snippet: "uvicorn app:app --limit-concurrency 1000"
            ),
            Fix(
                .haproxy,
                Text(
                    "Raise maxconn of the server line and of the front end.",
                    zh: "调大 server 行与前端的 maxconn。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "Raise worker_connections; each proxied WebSocket takes two.",
                    zh: "调大 worker_connections；每个被代理的 WebSocket 占用两个。"
                ),
                snippet: "events { worker_connections 8192; }"
            ),
            Fix(
                .envoy,
                Text("Raise the circuit breakers of the cluster.", zh: "调大集群的熔断阈值。")
            ),
            Fix(
                .tomcat,
                Text("Raise maxConnections and maxThreads.", zh: "调大 maxConnections 与 maxThreads。")
            ),
            Fix(
                .spring,
                Text("Raise the container's connections.", zh: "调大容器的连接数。"),
                snippet: "server.tomcat.max-connections=20000"
            ),
            Fix(
                .parley,
                Text(
                    "Raise --max-sessions, or start another instance.",
                    zh: "调大 --max-sessions，或再启动一个实例。"
                ),
                snippet: "parley serve --max-sessions 200"
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 9110 §15.6.4",
            "RFC 6455 §7.4.1",
        ]
    )

    static let srvHeadersTooLarge = Cause(
        "srv-headers-too-large",
        .serverConfiguration,
        title: Text("The request's headers are too large for the server", zh: "请求头超出服务器限制"),
        symptoms: [
            "Unexpected response code: 431",
            "400 Request Header Or Cookie Too Large",
        ],
        explanation: Text(
            """
            Cookies of the site, long tokens and long subprotocols add up, and the server or proxy refuses with 431, \
            400 "Request Header Or Cookie Too Large" or 494. A client without cookies connects, so the fault looks \
            like the browser's.
            """,
            zh: """
                站点 cookie、长令牌和长子协议累加起来超出限制，服务器或代理以 431、400 "Request Header Or Cookie Too \
                Large" 或 494 拒绝。不带 cookie 的客户端能够连接，因此看起来像是浏览器的问题。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Delete what is not needed: old cookies, claims in tokens; or raise the limit.",
                    zh: "删去不需要的内容：旧 cookie、令牌中的声明；或调高限制。"
                )
            ),
            Fix(
                .nginx,
                Text("Raise the buffers.", zh: "调大缓冲区。"),
                snippet: "large_client_header_buffers 4 32k;"
            ),
            Fix(
                .ingressNginx,
                Text("Raise the same setting in the ConfigMap.", zh: "在 ConfigMap 中调大同一设置。"),
                snippet: #"large-client-header-buffers: "4 32k""#
            ),
            Fix(
                .apache,
                Text("Raise the size of a field.", zh: "调大单个字段的限制。"),
                snippet: "LimitRequestFieldSize 32768"
            ),
            Fix(
                .haproxy,
                Text("Raise tune.bufsize.", zh: "调大 tune.bufsize。"),
                snippet: "tune.bufsize 32768"
            ),
            Fix(
                .envoy,
                Text("Raise max_request_headers_kb.", zh: "调大 max_request_headers_kb。")
            ),
            Fix(
                .nodeHTTP,
                Text("Raise the size, 16 KiB by default.", zh: "调大限制，默认 16 KiB。"),
                snippet: "node --max-http-header-size=32768 server.js"
            ),
            Fix(
                .nodeWS,
                Text(
                    "The HTTP server below decides; 16 KiB by default.",
                    zh: "由底层 HTTP 服务器决定；默认 16 KiB。"
                ),
                snippet: "http.createServer({ maxHeaderSize: 32768 })"
            ),
            Fix(
                .uvicorn,
                Text("Raise the size for h11.", zh: "调大 h11 的限制。"),
                snippet: "uvicorn app:app --h11-max-incomplete-event-size 65536"
            ),
            Fix(
                .gunicorn,
                Text("Raise the size of a field.", zh: "调大单个字段的限制。"),
                snippet: "gunicorn --limit-request-field_size 32768 app:app"
            ),
            Fix(
                .pythonWebSockets,
                Text("Raise the environment variable of the longest line.", zh: "调大最长行的环境变量。"),
                snippet: "WEBSOCKETS_MAX_LINE_LENGTH=32768"
            ),
            Fix(
                .aiohttp,
                Text("Raise max_field_size.", zh: "调大 max_field_size。"),
                snippet: "web.AppRunner(app, max_field_size=32768)"
            ),
            Fix(
                .netty,
                Text(
                    "Raise maxHeaderSize of the HttpServerCodec, 8192 by default.",
                    zh: "调大 HttpServerCodec 的 maxHeaderSize，默认 8192。"
                ),
                snippet: "new HttpServerCodec(4096, 32768, 8192)"
            ),
            Fix(
                .spring,
                Text("Raise the size, 8 KB by default.", zh: "调大限制，默认 8 KB。"),
                snippet: "server.max-http-request-header-size=32KB"
            ),
            Fix(
                .tomcat,
                Text(
                    "Raise maxHttpRequestHeaderSize of the connector.",
                    zh: "调大连接器的 maxHttpRequestHeaderSize。"
                )
            ),
            Fix(
                .jetty,
                Text("Raise the request header size.", zh: "调大请求头大小。"),
                snippet: "httpConfiguration.setRequestHeaderSize(32768);"
            ),
            Fix(
                .aspNetCore,
                Text("Raise the total of Kestrel.", zh: "调大 Kestrel 的总限制。"),
                snippet: "options.Limits.MaxRequestHeadersTotalSize = 65536;"
            ),
            Fix(
                .iis,
                Text(
                    "Raise MaxFieldLength and MaxRequestBytes of http.sys.",
                    zh: "调大 http.sys 的 MaxFieldLength 与 MaxRequestBytes。"
                )
            ),
            Fix(
                .goHTTP,
                Text("Raise MaxHeaderBytes, 1 MB by default.", zh: "调大 MaxHeaderBytes，默认 1 MB。")
            ),
            Fix(
                .puma,
                Text("Puma's limits are built in: send less.", zh: "Puma 的限制是内置的：请减少请求头。")
            ),
            Fix(
                .cowboy,
                Text("Raise max_header_value_length.", zh: "调大 max_header_value_length。")
            ),
            Fix(
                .awsALB,
                Text(
                    "A request may have 64 KB of headers, a line 16 KB; neither can be raised.",
                    zh: "请求头总计最多 64 KB，单行 16 KB，均不可调。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same handshake without the user's headers: give those of the real client with `--header 'Cookie: …'` \
            and `--subprotocol`.
            """,
            zh: "去掉用户头后做同样的握手：用 `--header 'Cookie: …'` 和 `--subprotocol` 给出真实客户端的内容。"
        ),
        sources: [
            "RFC 6585 §5",
            "https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers",
        ]
    )
}
