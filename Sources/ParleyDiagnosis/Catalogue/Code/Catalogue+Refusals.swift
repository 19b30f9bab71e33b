// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Servers that refuse or fail before the connection is open.

extension Catalogue {
    static let codeNotAccepted = Cause(
        "code-not-accepted",
        .code,
        title: Text("The application refused or failed before accept()", zh: "应用在 accept() 之前拒绝或出错"),
        symptoms: [
            "Unexpected response code: 403 for everybody",
            "connection rejected (403 Forbidden) (in the server's log)",
        ],
        explanation: Text(
            """
            In ASGI servers such as uvicorn, a handler that raises, returns or closes before `accept()` turns the \
            handshake into 403 with an empty body: a missing query parameter, a dependency that fails, an \
            authentication that closes, an exception in start-up code. A path without a WebSocket route looks the \
            same.
            """,
            zh: """
                在 uvicorn 等 ASGI 服务器中，处理函数若在 `accept()` 之前抛出异常、返回或关闭，握手就变成正文为空的 \
                403：缺少查询参数、依赖失败、认证关闭连接、初始化代码异常。没有 WebSocket 路由的路径表现相同。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Accept first, then do what can fail, and close with a code and a reason; give query parameters \
                    defaults.
                    """,
                    zh: "先接受连接，再做可能失败的事，并以代码和原因关闭；给查询参数设默认值。"
                ),
                snippet: """
                    await websocket.accept(subprotocol="realtime")
                    if not valid(token): await websocket.close(3000, "invalid token")
                    """
            ),
            Fix(
                .uvicorn,
                Text(
                    "Starlette and FastAPI: parameters without a default are required.",
                    zh: "Starlette 与 FastAPI：没有默认值的参数是必需的。"
                ),
                snippet: "async def realtime(websocket: WebSocket, model: str | None = None):"
            ),
            Fix(
                .djangoChannels,
                Text(
                    "Call accept() in connect(); raising DenyConnection or closing before gives 403.",
                    zh: "在 connect() 中调用 accept()；抛出 DenyConnection 或提前关闭都会得到 403。"
                ),
                snippet: "async def connect(self): await self.accept()"
            ),
            Fix(
                .daphne,
                Text(
                    "The bare 403 comes from the application; its log shows \"WebSocket REJECT\".",
                    zh: "没有正文的 403 来自应用；日志会显示 \"WebSocket REJECT\"。"
                )
            ),
            Fix(
                .gunicorn,
                Text(
                    "As with uvicorn, whose worker runs the application.",
                    zh: "与 uvicorn 相同，应用由其 worker 运行。"
                )
            ),
            Fix(
                .hummingbird,
                Text(
                    "shouldUpgrade answered .dontUpgrade or threw.",
                    zh: "shouldUpgrade 返回了 .dontUpgrade 或抛出错误。"
                )
            ),
            Fix(
                .phoenix,
                Text(
                    "connect/3 returned :error: return {:ok, socket}.",
                    zh: "connect/3 返回了 :error：应返回 {:ok, socket}。"
                ),
                snippet: "def connect(_params, socket, _info), do: {:ok, socket}"
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            The same refusal with and without Origin excludes the origin check; then the path and the query are \
            varied, and what remains stands in the server's log ("connection rejected (403 Forbidden)" and the \
            traceback above it).
            """,
            zh: """
                带与不带 Origin 都同样被拒绝，就排除了来源检查；再改变路径和查询，剩下的看服务器日志（"connection \
                rejected (403 Forbidden)" 及其上方的调用栈）。
                """
        ),
        sources: [
            "https://asgi.readthedocs.io/en/latest/specs/www.html#websocket",
            "https://www.starlette.io/websockets/",
        ]
    )

    static let codeNoUpgradeListener = Cause(
        "code-no-upgrade-listener",
        .code,
        title: Text("The HTTP server has no upgrade handler", zh: "HTTP 服务器没有升级处理器"),
        symptoms: [
            "Unexpected response code: 404, body Cannot GET /ws"
        ],
        explanation: Text(
            """
            The server answers the handshake as if it were a plain GET, such as 404 "Cannot GET /ws" from Express: \
            nobody takes its upgrade. Often the WebSocket server was attached to another HTTP server than the one \
            that listens.
            """,
            zh: """
                服务器把握手当作普通 GET 回答，例如 Express 的 404 "Cannot GET /ws"：没有人处理升级。常见原因是 \
                WebSocket 服务器附加到了并未监听的另一个 HTTP 服务器上。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Attach the WebSocket server to the HTTP server that listens on this port.",
                        zh: "把 WebSocket 服务器附加到监听该端口的 HTTP 服务器上。"
                    )
                )
            ],
            Remedies.answerUpgrade
        ),
        proof: .wire,
        whatWouldDecide: Text(
            """
            A plain GET of the same path, which the doctor tries by itself, gets the same answer. A proxy that drops \
            the upgrade looks alike: `--direct URL` tells them apart.
            """,
            zh: "doctor 会对同一路径发普通 GET：得到同样的回答。代理丢弃升级的表现相似，用 `--direct URL` 区分。"
        ),
        sources: [
            "https://nodejs.org/api/http.html#event-upgrade_1"
        ]
    )

    static let code5xx = Cause(
        "code-5xx",
        .code,
        title: Text("The server fails during the handshake (500)", zh: "服务器在握手期间出错（500）"),
        symptoms: [
            "Unexpected response code: 500"
        ],
        explanation: Text(
            """
            The server's code raised an exception while it decided about the handshake. That it answers at all \
            excludes network, TLS and, unless the answer is a proxy's own page, the proxies.
            """,
            zh: """
                服务器代码在处理握手时抛出了异常。既然有应答，就排除了网络、TLS；除非响应是代理自己的页面，也排除了代\
                理。
                """
        ),
        fixes: Remedies.readLog,
        proof: .wire,
        whatWouldDecide: Text(
            "The exception in the server's log at the time of the attempt.",
            zh: "服务器日志中该时刻的异常。"
        ),
        sources: [
            "RFC 9110 §15.6.1"
        ]
    )

    static let codeClientHttp10 = Cause(
        "code-client-http10",
        .code,
        title: Text("The client sends HTTP/1.0 or no Host", zh: "客户端发送 HTTP/1.0 或缺少 Host"),
        symptoms: [
            "HTTP/1.1 505 HTTP Version Not Supported",
            "HTTP/1.1 400 Bad Request",
        ],
        explanation: Text(
            """
            A WebSocket handshake is a GET of HTTP/1.1 with exactly one Host. A hand-written client that writes \
            HTTP/1.0 or leaves Host out gets 400 or 505. Behind a proxy, 505 is the proxy's HTTP/1.0 instead.
            """,
            zh: """
                WebSocket 握手是带且仅带一个 Host 的 HTTP/1.1 GET。手写的客户端若写成 HTTP/1.0 或漏掉 Host，会得到 \
                400 或 505。有代理时，505 则是代理使用 HTTP/1.0 所致。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Write the request line and Host as here, or use a WebSocket library in the client.",
                    zh: "请求行和 Host 按下面书写，或在客户端使用 WebSocket 库。"
                ),
                snippet: """
                    GET /v1/realtime HTTP/1.1
                    Host: realtime.example
                    Upgrade: websocket
                    Connection: Upgrade
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
                    Sec-WebSocket-Version: 13
                    """
            ),
            Fix(
                .nginx,
                Text(
                    "When nginx is in between, it is nginx that speaks HTTP/1.0.",
                    zh: "若中间有 nginx，说 HTTP/1.0 的是 nginx。"
                ),
                snippet: "proxy_http_version 1.1;"
            ),
        ],
        proof: .traffic,
        whatWouldDecide: Text(
            """
            `parley tap --listen HOST:PORT --to URL` (or `parley mirror`) with the user's client: its request line \
            and fields.
            """,
            zh: """
                用 `parley tap --listen HOST:PORT --to URL`（或 `parley mirror`）接上用户的客户端：查看其请求行和各字\
                段。
                """
        ),
        sources: [
            "RFC 6455 §4.1",
            "RFC 9112 §2.3, §3.2",
        ]
    )

    static let codeBadKey = Cause(
        "code-bad-key",
        .code,
        title: Text(
            "The client's Sec-WebSocket-Key is missing or malformed",
            zh: "客户端的 Sec-WebSocket-Key 缺失或格式错误"
        ),
        symptoms: [
            "Missing or invalid Sec-WebSocket-Key header",
            "Unexpected server response: 400",
        ],
        explanation: Text(
            """
            The key must be 16 random bytes in base64, 24 characters that end in `==`, exactly once. Hand-written \
            clients send text, another length or a second copy next to the library's own, and the server answers 400.
            """,
            zh: """
                密钥必须是 16 个随机字节的 base64，即以 `==` 结尾的 24 个字符，且只出现一次。手写的客户端会发送任意文\
                本、长度错误，或在库自带的之外再加一份，服务器回答 400。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Make 16 random bytes per connection and encode them in standard base64; do not set the header by \
                    hand next to a library.
                    """,
                    zh: "每次连接生成 16 个随机字节并用标准 base64 编码；使用库时不要再手工设置该头。"
                ),
                snippet: """
                    base64.b64encode(os.urandom(16)).decode()
                    crypto.randomBytes(16).toString('base64')
                    """
            )
        ],
        proof: .traffic,
        whatWouldDecide: Text(
            "`parley tap` or `parley mirror` with the user's client shows the field as sent.",
            zh: "用 `parley tap` 或 `parley mirror` 接上用户的客户端，查看实际发送的字段。"
        ),
        sources: [
            "RFC 6455 §4.1, §4.2.1"
        ]
    )
}
