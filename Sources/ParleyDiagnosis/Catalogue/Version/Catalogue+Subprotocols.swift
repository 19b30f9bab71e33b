// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Subprotocols that client and server do not agree on.

extension Catalogue {
    static let verSubprotoNone = Cause(
        "ver-subproto-none",
        .version,
        title: Text(
            "The server selects none of the offered subprotocols",
            zh: "服务器没有选择客户端提供的任何子协议"
        ),
        symptoms: [
            "Sent non-empty 'Sec-WebSocket-Protocol' header but no response was received",
            "Server sent no subprotocol",
            "Server did not respond with sent protocols.",
        ],
        explanation: Text(
            """
            The client offers subprotocols, and the 101 has no Sec-WebSocket-Protocol: the server does not negotiate. \
            RFC 6455 lets that pass, WHATWG does not: Chromium, node ws, Node's built-in WebSocket and tungstenite \
            fail the handshake, while Firefox, Python, Go and Java connect. It has nothing to do with CORS.
            """,
            zh: """
                客户端提供了子协议，而 101 中没有 Sec-WebSocket-Protocol：服务器没有协商。RFC 6455 允许这样，WHATWG \
                不允许：Chromium、node ws、Node 内置 WebSocket 和 tungstenite 会使握手失败，Firefox、Python、Go 和 \
                Java 则能连接。这与 CORS 无关。
                """
        ),
        fixes: Remedies.selectSubprotocol,
        proof: .wire,
        whatWouldDecide: Text(
            """
            `--direct URL`, when a proxy is in front: if the header is there, a proxy strips it. `--client firefox` \
            against `--client chromium` shows the difference.
            """,
            zh: """
                前面有代理时用 `--direct URL`：若那里有该头，就是代理移除的。`--client firefox` 与 `--client \
                chromium` 对比可看出差别。
                """
        ),
        sources: [
            "RFC 6455 §4.1, §4.2.2, §11.3.4",
            "https://websockets.spec.whatwg.org/",
            "sitegui/nodejs-websocket#24",
            "sitegui/nodejs-websocket#29",
            "TooTallNate/Java-WebSocket#370",
            "swoole/swoole-src#946",
            "esl/MongooseIM#158",
            "YeautyYE/netty-websocket-spring-boot-starter#115",
            "aspnet/IISIntegration#240",
        ]
    )

    static let verSubprotoUnoffered = Cause(
        "ver-subproto-unoffered",
        .version,
        title: Text(
            "The server selects a subprotocol that was not offered",
            zh: "服务器选择了客户端没有提供的子协议"
        ),
        symptoms: [
            "Response must not include 'Sec-WebSocket-Protocol' header if not present in request: x",
            "Server sent a subprotocol but none was requested",
            "no subprotocols supported",
        ],
        explanation: Text(
            """
            The request offered no subprotocol (none was requested) and the 101 names one all the same: the server \
            writes a constant. Chromium, node ws and Python fail the handshake; Firefox, aiohttp, websocket-client \
            and Go connect. Clients that offer it are fine.
            """,
            zh: """
                请求没有提供子协议，101 却写了一个：服务器写死了该值。Chromium、node ws 和 Python 会使握手失败；\
                Firefox、aiohttp、websocket-client 和 Go 能连接。提供了该子协议的客户端正常。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Send Sec-WebSocket-Protocol only when the client offered it, and only one of the names offered.",
                        zh: "只有客户端提供了子协议时才发送 Sec-WebSocket-Protocol，且只能是其中之一。"
                    )
                ),
                Fix(
                    .nginx,
                    Text(
                        "Remove an add_header Sec-WebSocket-Protocol or proxy_set_header that names a constant.",
                        zh: "删除写死该值的 add_header Sec-WebSocket-Protocol 或 proxy_set_header。"
                    )
                ),
                Fix(
                    .realtimeClient,
                    Text(
                        """
                        With the header set by hand, clients believe they offered nothing: use the subprotocols argument.
                        """,
                        zh: "若手工设置该头，客户端会以为自己没有提供：请使用 subprotocols 参数。"
                    ),
                    snippet: #"websockets.connect(url, subprotocols=["realtime"])"#
                ),
            ],
            Remedies.selectSubprotocol
        ),
        proof: .wire,
        sources: [
            "RFC 6455 §4.1, §4.2.2"
        ]
    )

    static let verSubprotoMismatch = Cause(
        "ver-subproto-mismatch",
        .version,
        title: Text("Client and server name different subprotocols", zh: "客户端与服务器的子协议名称不同"),
        symptoms: [
            "'Sec-WebSocket-Protocol' header value 'x' in response does not match any of sent values",
            "unsupported subprotocol: x",
            "close 4406",
        ],
        explanation: Text(
            """
            The 101 names a subprotocol that is not among the offered ones, or one spelled in another case, or the \
            server closes with 4406: graphql-ws against graphql-transport-ws, Realtime against realtime, an MQTT or \
            STOMP version. Names are compared byte by byte.
            """,
            zh: """
                101 中的子协议不在客户端提供之列，或大小写不同，或服务器以 4406 关闭：graphql-ws 与 \
                graphql-transport-ws、Realtime 与 realtime、MQTT 或 STOMP 的版本。名称按字节比较。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Use the same name on both sides, in the same case; answer with the entry as the client wrote it.",
                        zh: "两侧使用相同的名称和大小写；按客户端的写法返回该项。"
                    ),
                    snippet: "new WebSocket(url, ['graphql-transport-ws'])"
                ),
                Fix(
                    .spring,
                    Text(
                        "STOMP clients offer v12.stomp: register a STOMP endpoint for them.",
                        zh: "STOMP 客户端提供 v12.stomp：请为其注册 STOMP 端点。"
                    )
                ),
                Fix(
                    .puma,
                    Text("Action Cable wants actioncable-v1-json.", zh: "Action Cable 需要 actioncable-v1-json。"),
                    snippet: "new WebSocket(url, ['actioncable-v1-json', 'actioncable-unsupported'])"
                ),
                Fix(
                    .mosquitto,
                    Text("The name is `mqtt` (mqttv3.1 for version 3.1).", zh: "名称是 `mqtt`（3.1 版为 mqttv3.1）。")
                ),
                Fix(
                    .parley,
                    Text(
                        "Offer `realtime`, or start with --subprotocol-policy lenient.",
                        zh: "提供 `realtime`，或以 --subprotocol-policy lenient 启动。"
                    ),
                    snippet: "parley serve --subprotocol-policy lenient"
                ),
            ],
            Remedies.selectSubprotocol
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "`--subprotocol NAME` with the name the server wants gives 101.",
            zh: "用 `--subprotocol NAME` 指定服务器要求的名称可得到 101。"
        ),
        sources: [
            "RFC 6455 §4.1, §11.3.4"
        ]
    )

    static let verSubprotoMultiple = Cause(
        "ver-subproto-multiple",
        .version,
        title: Text("The server answers with several subprotocols", zh: "服务器返回了多个子协议"),
        symptoms: [
            "'Sec-WebSocket-Protocol' header must not appear more than once in a response",
            "multiple values: x, y",
        ],
        explanation: Text(
            """
            Exactly one subprotocol may be selected. The server copies the whole offer back, or sends the header \
            twice (the application and its framework each add one). Browsers, node ws and Python refuse; and the \
            client's key, which travels as a subprotocol, comes back in the answer.
            """,
            zh: """
                只能选择一个子协议。服务器把客户端提供的整个列表抄了回来，或发送了两次该头（应用和框架各加一次）。浏\
                览器、node ws 和 Python 会拒绝；而且作为子协议传输的密钥也出现在响应里。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text("Select one entry, and let one place add the header.", zh: "只选择一项，并且只在一处添加该头。")
                ),
                Fix(
                    .nginx,
                    Text(
                        "Remove add_header Sec-WebSocket-Protocol $http_sec_websocket_protocol.",
                        zh: "删除 add_header Sec-WebSocket-Protocol $http_sec_websocket_protocol。"
                    )
                ),
                Fix(
                    .nodeWS,
                    Text(
                        "Return a string from handleProtocols, and remove a headers listener that adds another.",
                        zh: "handleProtocols 只返回一个字符串，并移除另外添加的 headers 监听器。"
                    )
                ),
            ],
            Remedies.selectSubprotocol
        ),
        proof: .wire,
        sources: [
            "RFC 6455 §4.2.2, §11.3.4"
        ]
    )

    static let verSubprotoRequired = Cause(
        "ver-subproto-required",
        .version,
        title: Text(
            "The server wants a subprotocol that the client does not offer",
            zh: "服务器要求的子协议客户端没有提供"
        ),
        symptoms: [
            "Unexpected response code: 400 (401), body missing subprotocol"
        ],
        explanation: Text(
            """
            The server refuses handshakes without its subprotocol: Python websockets with subprotocols= answers 400 \
            "missing subprotocol", MQTT brokers want `mqtt`, GraphQL servers graphql-transport-ws. Postman and \
            scripts fail where the page that offers it connects.
            """,
            zh: """
                服务器拒绝不带其子协议的握手：设置了 subprotocols= 的 Python websockets 回答 400 "missing \
                subprotocol"，MQTT 代理要求 `mqtt`，GraphQL 服务器要求 graphql-transport-ws。会提供它的页面能连接，而 \
                Postman 和脚本失败。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Offer the subprotocol in the client, or let the server accept clients without it.",
                    zh: "让客户端提供该子协议，或让服务器接受不提供的客户端。"
                ),
                snippet: """
                    websockets.connect(url, subprotocols=["realtime"])
                    new WebSocket(url, ['realtime'])
                    websocket.Dialer{Subprotocols: []string{"realtime"}}   // Go
                    """
            ),
            Fix(
                .pythonWebSockets,
                Text("Make it optional.", zh: "使其成为可选。"),
                snippet: """
                    serve(handler, host, port, select_subprotocol=lambda ws, offered: "realtime" if "realtime" in offered else None)
                    """
            ),
            Fix(
                .mosquitto,
                Text("Offer `mqtt`.", zh: "提供 `mqtt`。")
            ),
            Fix(
                .aiohttp,
                Text(
                    "Look for a check of ws_protocol after prepare().",
                    zh: "检查 prepare() 之后对 ws_protocol 的判断。"
                )
            ),
            Fix(
                .nodeWS,
                Text(
                    "handleProtocols that returns false does not refuse in ws 8: look for a check in verifyClient.",
                    zh: "ws 8 中 handleProtocols 返回 false 并不拒绝：请检查 verifyClient。"
                )
            ),
            Fix(
                .libwebsockets,
                Text(
                    "An unknown protocol is refused unless the first entry of the array is the default.",
                    zh: "除非数组第一项作为默认协议，未知协议会被拒绝。"
                )
            ),
            Fix(
                .puma,
                Text("Action Cable refuses other subprotocols than its own.", zh: "Action Cable 拒绝其他子协议。")
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            "`--subprotocol NAME` with the name from the refusal's body or the documentation gives 101.",
            zh: "用 `--subprotocol NAME` 指定响应正文或文档中的名称可得到 101。"
        ),
        sources: [
            "RFC 6455 §4.2.2",
            "https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html",
        ]
    )
}
