// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Clients that fail before or as they ask.

extension Catalogue {
    static let codeBrowserHeaders = Cause(
        "code-browser-headers",
        .code,
        title: Text("The page tries to set headers, which browsers cannot", zh: "页面试图设置请求头，而浏览器做不到"),
        symptoms: [
            "Failed to construct 'WebSocket': The subprotocol '[object Object]' is invalid.",
            "Unexpected response code: 401",
        ],
        explanation: Text(
            """
            The browser's WebSocket takes an address and subprotocols, nothing else. A third argument with headers \
            works in node ws only; browsers ignore it, or take an object for a subprotocol and throw "Failed to \
            construct 'WebSocket'". The server then sees no key.
            """,
            zh: """
                浏览器的 WebSocket 只接受地址和子协议。带 headers 的第三个参数只在 node ws 中有效；浏览器会忽略它，或\
                把对象当成子协议而抛出 "Failed to construct 'WebSocket'"。服务器于是看不到密钥。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    From a page, send the key as a subprotocol, in the query or as first message, and let the server \
                    look there; Realtime servers take `openai-insecure-api-key.KEY`.
                    """,
                    zh: """
                        在页面中，把密钥放在子协议、查询或首条消息里，并让服务器到那里查找；Realtime 服务器接受 \
                        `openai-insecure-api-key.KEY`。
                        """
                ),
                snippet: "new WebSocket(url, ['realtime', 'openai-insecure-api-key.' + ephemeralKey])"
            ),
            Fix(
                .realtimeClient,
                Text(
                    """
                    Use the browser class of openai-node (OpenAIRealtimeWebSocket), not the ws class \
                    (OpenAIRealtimeWS).
                    """,
                    zh: "使用 openai-node 的浏览器类（OpenAIRealtimeWebSocket），而不是 ws 类（OpenAIRealtimeWS）。"
                ),
                snippet: "import { OpenAIRealtimeWebSocket } from 'openai/realtime/websocket';"
            ),
            Fix(
                .nodeHTTP,
                Text(
                    "Node's built-in WebSocket takes headers in its options object, not as a third argument.",
                    zh: "Node 内置的 WebSocket 在选项对象中接受 headers，而不是第三个参数。"
                ),
                snippet: "new WebSocket(url, { headers: { Authorization: `Bearer ${key}` } })"
            ),
            Fix(
                .socketIO,
                Text(
                    "Use auth; extraHeaders does not reach the WebSocket transport of browsers.",
                    zh: "使用 auth；extraHeaders 不会到达浏览器的 WebSocket 传输。"
                ),
                snippet: "io(url, { auth: { token } })"
            ),
        ],
        proof: .traffic,
        whatWouldDecide: Text(
            """
            The page's code where the WebSocket is made; `parley mirror` shows that the browser's handshake carries \
            no such header.
            """,
            zh: "查看页面中创建 WebSocket 的代码；`parley mirror` 可显示浏览器的握手不带这样的头。"
        ),
        sources: [
            "https://websockets.spec.whatwg.org/#dom-websocket-websocket"
        ]
    )

    static let codeBadSubprotocolToken = Cause(
        "code-bad-subprotocol-token",
        .code,
        title: Text("A subprotocol has characters that are not allowed", zh: "子协议含有不允许的字符"),
        symptoms: [
            "Failed to construct 'WebSocket': The subprotocol 'x' is invalid.",
            "An invalid or illegal string was specified",
        ],
        explanation: Text(
            """
            A subprotocol must be a token: letters, digits and some signs, without a space, comma, `/`, `=` or `@`. \
            Browsers throw a SyntaxError before any packet leaves. It strikes keys that are sent as subprotocols when \
            they are plain base64; a JWT passes.
            """,
            zh: """
                子协议必须是 token：字母、数字和部分符号，不能有空格、逗号、`/`、`=` 或 `@`。浏览器在发出数据包之前就\
                抛出 SyntaxError。把普通 base64 的密钥作为子协议发送时会遇到；JWT 可以通过。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Use token characters only: base64url without padding for keys, one array element per subprotocol, \
                    no empty string.
                    """,
                    zh: "只使用 token 字符：密钥用不带填充的 base64url，每个子协议一个数组元素，不要有空字符串。"
                ),
                snippet: """
                    'openai-insecure-api-key.' + btoa(key).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
                    """
            ),
            Fix(
                .parley,
                Text(
                    "Ephemeral keys of this server are tokens; choose API keys of such characters, too.",
                    zh: "该服务器的临时密钥都是 token；API 密钥也请使用这类字符。"
                )
            ),
        ],
        proof: .log,
        whatWouldDecide: Text(
            "No packet leaves, so only the console decides; `--subprotocol VALUE` lets the doctor check the value.",
            zh: "不会发出数据包，只能看控制台；用 `--subprotocol VALUE` 可让 doctor 检查该值。"
        ),
        sources: [
            "RFC 9110 §5.6.2",
            "RFC 6455 §4.1",
            "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
        ]
    )

    static let codeClientScheme = Cause(
        "code-client-scheme",
        .code,
        title: Text("The URL's scheme is not what the client takes", zh: "URL 的协议不被客户端接受"),
        symptoms: [
            "The URL's scheme must be either 'http', 'https', 'ws', or 'wss'.",
            "Realtime WebSocket URLs must use the wss: protocol.",
        ],
        explanation: Text(
            """
            The client was given an address it cannot open: http:// in older browsers and libraries, no scheme at \
            all, a relative address, a typing error (ws:/, wss//), or ws:// in openai-node, which takes wss:// only. \
            No packet leaves.
            """,
            zh: """
                客户端得到的地址无法打开：旧浏览器和库中的 http://、没有协议、相对地址、拼写错误（ws:/、wss//），或在\
                只接受 wss:// 的 openai-node 中使用 ws://。不会发出任何数据包。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Give a full address that begins with ws:// or wss://.",
                    zh: "使用以 ws:// 或 wss:// 开头的完整地址。"
                ),
                snippet: """
                    const url = new URL('/v1/realtime', location.href); url.protocol = url.protocol.replace('http', 'ws');
                    """
            ),
            Fix(
                .realtimeClient,
                Text(
                    """
                    openai-node takes wss:// only: give the server TLS (parley serve --tls-self-signed for \
                    development).
                    """,
                    zh: "openai-node 只接受 wss://：请为服务器启用 TLS（开发时可用 parley serve --tls-self-signed）。"
                )
            ),
            Fix(
                .socketIO,
                Text(
                    "socket.io-client takes http:// or https:// addresses.",
                    zh: "socket.io-client 使用 http:// 或 https:// 地址。"
                )
            ),
            Fix(
                .parley,
                Text("Serve TLS.", zh: "启用 TLS。"),
                snippet: "parley serve --tls-self-signed"
            ),
        ],
        proof: .log,
        whatWouldDecide: Text(
            """
            No packet leaves, so the address in the client's code or configuration decides; the message names the \
            scheme.
            """,
            zh: "不会发出数据包，由客户端代码或配置中的地址判定；错误消息会写明协议。"
        ),
        sources: [
            "RFC 6455 §3",
            "https://websockets.spec.whatwg.org/#dom-websocket-websocket",
        ]
    )

    static let codeUrlFragment = Cause(
        "code-url-fragment",
        .code,
        title: Text("The URL has a fragment (#…)", zh: "URL 带有片段（#…）"),
        symptoms: [
            "The URL contains a fragment identifier"
        ],
        explanation: Text(
            """
            WebSocket addresses have no fragment; browsers throw a SyntaxError (older ones) or drop it, libraries \
            refuse it. It comes from hash routing of single-page applications or an unescaped # in a key or password.
            """,
            zh: """
                WebSocket 地址不能有片段；较旧的浏览器抛出 SyntaxError，新的会丢弃，库会拒绝。它来自单页应用的哈希路\
                由，或密钥、密码中未转义的 #。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Remove the fragment, or write %23 where the sign belongs to a value.",
                    zh: "去掉片段；若 # 属于某个值，写成 %23。"
                ),
                snippet: """
                    const url = new URL(address); url.hash = '';
                    `wss://realtime.example/v1/realtime?token=${encodeURIComponent(token)}`
                    """
            )
        ],
        proof: .log,
        whatWouldDecide: Text(
            "No packet leaves, so the address in the client's code decides.",
            zh: "不会发出数据包，由客户端代码中的地址判定。"
        ),
        sources: [
            "RFC 6455 §3"
        ]
    )
}
