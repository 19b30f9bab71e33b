// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Heads that are spelled or read wrongly.

extension Catalogue {
    static let codeBareLf = Cause(
        "code-bare-lf",
        .code,
        title: Text("Header lines end in LF instead of CRLF", zh: "头部行以 LF 而不是 CRLF 结尾"),
        symptoms: [
            "Missing expected CR after response line",
            "did not receive a valid HTTP response",
        ],
        explanation: Text(
            """
            HTTP lines end in CR LF. This server writes LF alone, which browsers, Go and aiohttp forgive and node and \
            Python websockets do not. So it works in the browser and not in programs.
            """,
            zh: """
                HTTP 的行以 CR LF 结尾。该服务器只写 LF，浏览器、Go 和 aiohttp 可以容忍，node 和 Python websockets 不\
                能。于是浏览器能用而程序不能。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Write \"\\r\\n\" at the end of every line of the head, and once more after the last.",
                        zh: "头部每一行都以 \"\\r\\n\" 结尾，最后再加一个空行。"
                    ),
                    snippet: #""HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n…\r\n\r\n""#
                )
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        sources: [
            "RFC 9112 §2.2"
        ]
    )

    static let codeConnectionExactMatch = Cause(
        "code-connection-exact-match",
        .code,
        title: Text("The server compares Connection as one word", zh: "服务器把 Connection 当作单个词比较"),
        symptoms: [
            "Unexpected response code: 400 in some clients only",
            "Expected 'Connection' header value 'Upgrade' but was 'keep-alive, Upgrade'",
        ],
        explanation: Text(
            """
            Connection is a list without regard to case: `Upgrade`, `upgrade` and `keep-alive, Upgrade` mean the \
            same. This server (or client) compares the whole value, so it refuses Node's built-in WebSocket \
            (`upgrade`), older Firefox and some proxies (`keep-alive, Upgrade`).
            """,
            zh: """
                Connection 是不区分大小写的列表：`Upgrade`、`upgrade` 与 `keep-alive, Upgrade` 含义相同。该服务器（或\
                客户端）比较整个值，因此拒绝 Node 内置 WebSocket（`upgrade`）、旧版 Firefox 和某些代理（`keep-alive, \
                Upgrade`）。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Split the value at commas, trim each part and compare it with "upgrade" without regard to case; \
                    or update the library. A proxy that sends exactly `Connection: upgrade` hides it.
                    """,
                    zh: """
                        按逗号拆分，去掉空白，不区分大小写地与 "upgrade" 比较；或升级库。让代理发送恰好为 \
                        `Connection: upgrade` 的值可以绕开。
                        """
                ),
                snippet: "headers.connection.toLowerCase().split(',').some((token) => token.trim() === 'upgrade')"
            ),
            Fix(
                .nginx,
                Text("Send one spelling to the server.", zh: "只向服务器发送一种写法。"),
                snippet: #"proxy_set_header Connection "Upgrade";"#
            ),
            Fix(
                .libwebsockets,
                Text("Update: old versions compared the value.", zh: "请升级：旧版本比较整个值。")
            ),
            Fix(
                .ratchet,
                Text("Update: old versions compared the value.", zh: "请升级：旧版本比较整个值。")
            ),
            Fix(
                .nodeHTTP,
                Text("Compare tokens in your own upgrade handler.", zh: "在自定义的 upgrade 处理器中按词比较。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "The three spellings, which the doctor tries by itself: one gives 101 and another does not.",
            zh: "doctor 会尝试三种写法：一种得到 101，另一种不能。"
        ),
        sources: [
            "RFC 9110 §7.6.1",
            "RFC 6455 §4.2.1",
            "Links2004/arduinoWebSockets#6",
            "sockjs/sockjs-node#26",
            "karlseguin/websocket.zig#4",
            "amphp/http-server#70",
            "sirn-se/websocket-php#39",
            "websocket-client/websocket-client#626",
        ]
    )

    static let codeHeaderCase = Cause(
        "code-header-case",
        .code,
        title: Text("The server looks header names up by case", zh: "服务器区分头名称的大小写"),
        symptoms: [
            "Unexpected response code: 400 in clients that write header names in lower case"
        ],
        explanation: Text(
            """
            Header names have no case. This server looks for `Sec-WebSocket-Key` spelled so, and misses it from \
            clients that write in lower case (undici, hyper), in Go's way (`Sec-Websocket-Key`), or behind a proxy \
            that translates from HTTP/2.
            """,
            zh: """
                头名称不区分大小写。该服务器只认 `Sec-WebSocket-Key` 这种写法，于是漏掉小写的客户端（undici、\
                hyper）、Go 的写法（`Sec-Websocket-Key`），以及从 HTTP/2 转换的代理。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Lower-case the names when the head is parsed and look them up in lower case, or use the HTTP \
                    parser of the platform.
                    """,
                    zh: "解析头部时把名称转为小写并按小写查找，或使用平台自带的 HTTP 解析器。"
                ),
                snippet: "headers[name.lower()] = value"
            ),
            Fix(
                .uvicorn,
                Text(
                    "ASGI gives names in lower-case bytes: compare with b\"sec-websocket-protocol\".",
                    zh: "ASGI 的名称是小写字节串：请与 b\"sec-websocket-protocol\" 比较。"
                )
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "req.headers has lower-case names; rawHeaders has not.",
                    zh: "req.headers 的名称为小写；rawHeaders 不是。"
                ),
                snippet: "request.headers['sec-websocket-key']"
            ),
            Fix(
                .goHTTP,
                Text(
                    "Use Header.Get; an index into the map needs the canonical spelling.",
                    zh: "使用 Header.Get；直接索引 map 需要规范写法。"
                ),
                snippet: #"r.Header.Get("Sec-WebSocket-Key")"#
            ),
            Fix(
                .cowboy,
                Text("Header names in Req are lower case.", zh: "Req 中的头名称为小写。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            All names in lower case, which the doctor tries by itself: 101 with the usual spelling and a refusal with \
            that.
            """,
            zh: "doctor 会用全小写名称再试一次：常规写法得到 101 而小写被拒绝。"
        ),
        sources: [
            "RFC 9110 §5.1"
        ]
    )
}
