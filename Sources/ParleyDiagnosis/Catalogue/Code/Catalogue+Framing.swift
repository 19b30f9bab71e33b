// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Frames in the wrong order or of the wrong kind.

extension Catalogue {
    static let codeBadFrame = Cause(
        "code-bad-frame",
        .code,
        title: Text("Frames break the framing rules", zh: "帧不符合成帧规则"),
        symptoms: [
            "Unrecognized frame opcode",
            "Received unexpected continuation frame.",
            "close 1002",
        ],
        explanation: Text(
            """
            The server sends an unknown opcode, a continuation without a start, a new message within a fragmented \
            one, a fragmented or overlong control frame, or a length that does not fit, and clients end with 1002. \
            Two tasks that write at once interleave their bytes in this way, too.
            """,
            zh: """
                服务器发送了未知操作码、没有开头的续帧、在分片消息中间开始的新消息、分片或过长的控制帧，或长度不符的\
                帧，客户端以 1002 断开。两个任务同时写入导致字节交错也是这种表现。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Let one task write to a connection at a time (a queue or a lock); keep control frames within 125 \
                        bytes; leave framing to a library.
                        """,
                        zh: "每个连接同一时刻只由一个任务写入（队列或锁）；控制帧不超过 125 字节；成帧交给库处理。"
                    )
                ),
                Fix(
                    .gorilla,
                    Text("One goroutine may write at a time.", zh: "同一时刻只允许一个 goroutine 写。"),
                    snippet: "mu.Lock(); err := conn.WriteMessage(websocket.TextMessage, data); mu.Unlock()"
                ),
                Fix(
                    .tomcat,
                    Text(
                        """
                        RemoteEndpoint.Async throws when a write is under way; wait for its end, or use Basic from one \
                        thread.
                        """,
                        zh: "有写操作进行时 RemoteEndpoint.Async 会抛错；等待其结束，或在单线程中使用 Basic。"
                    )
                ),
                Fix(
                    .spring,
                    Text("Wrap the session.", zh: "包装会话。"),
                    snippet: "new ConcurrentWebSocketSessionDecorator(session, 10_000, 1 << 20)"
                ),
                Fix(
                    .boost,
                    Text("Await one async_write before the next.", zh: "等一个 async_write 完成再开始下一个。")
                ),
                Fix(
                    .libwebsockets,
                    Text(
                        "Write only in LWS_CALLBACK_SERVER_WRITEABLE, with LWS_PRE bytes before the data.",
                        zh: "只在 LWS_CALLBACK_SERVER_WRITEABLE 中写，数据前留 LWS_PRE 字节。"
                    )
                ),
                Fix(
                    .aspNetCore,
                    Text("One SendAsync at a time.", zh: "同一时刻只有一个 SendAsync。")
                ),
                Fix(
                    .jetty,
                    Text("Wait for the callback of one send before the next.", zh: "等上一次发送的回调完成后再发送。")
                ),
            ],
            Remedies.useLibrary
        ),
        proof: .wire,
        sources: [
            "RFC 6455 §5.2, §5.4, §5.5"
        ]
    )

    static let codeBinaryVsText = Cause(
        "code-binary-vs-text",
        .code,
        title: Text("Events arrive as binary frames", zh: "事件以二进制帧到达"),
        symptoms: [
            #"Unexpected token 'o', "[object Blob]" is not valid JSON"#
        ],
        explanation: Text(
            """
            The server sends its JSON in binary frames. Browsers hand such a message to the page as a Blob, and \
            JSON.parse fails with "[object Blob] is not valid JSON"; libraries that read text only drop it. \
            Connection and handshake are sound.
            """,
            zh: """
                服务器用二进制帧发送 JSON。浏览器把这样的消息作为 Blob 交给页面，JSON.parse 报 "[object Blob] is not \
                valid JSON"；只读文本的库会直接丢弃。连接和握手没有问题。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Send JSON as text frames (opcode 1). Until then a client can decode both.",
                    zh: "JSON 用文本帧（操作码 1）发送。在此之前客户端可同时兼容两种。"
                ),
                snippet: "const text = typeof e.data === 'string' ? e.data : await new Blob([e.data]).text();"
            ),
            Fix(
                .nodeWS,
                Text(
                    "Send a string; a Buffer becomes binary unless told otherwise. When relaying, pass isBinary on.",
                    zh: "发送字符串；Buffer 默认为二进制。转发时要传递 isBinary。"
                ),
                snippet: "upstream.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));"
            ),
            Fix(
                .pythonWebSockets,
                Text("Send str, not bytes.", zh: "发送 str 而不是 bytes。"),
                snippet: "await ws.send(json.dumps(event))"
            ),
            Fix(
                .aiohttp,
                Text("Use send_json or send_str.", zh: "使用 send_json 或 send_str。")
            ),
            Fix(
                .uvicorn,
                Text(
                    "Use send_text or send_json(mode=\"text\").",
                    zh: "使用 send_text 或 send_json(mode=\"text\")。"
                )
            ),
            Fix(
                .tornado,
                Text("Leave binary at False.", zh: "保持 binary 为 False。"),
                snippet: "self.write_message(json.dumps(event))"
            ),
            Fix(
                .djangoChannels,
                Text("Send text_data.", zh: "使用 text_data。"),
                snippet: "await self.send(text_data=json.dumps(event))"
            ),
            Fix(
                .gorilla,
                Text("Use TextMessage or WriteJSON.", zh: "使用 TextMessage 或 WriteJSON。"),
                snippet: "conn.WriteJSON(event)"
            ),
            Fix(
                .coderWebSocket,
                Text("Use MessageText or wsjson.", zh: "使用 MessageText 或 wsjson。"),
                snippet: "wsjson.Write(ctx, conn, event)"
            ),
            Fix(
                .tungstenite,
                Text("Send Message::Text.", zh: "发送 Message::Text。")
            ),
            Fix(
                .axum,
                Text("Send Message::Text.", zh: "发送 Message::Text。")
            ),
            Fix(
                .actix,
                Text("Use ctx.text.", zh: "使用 ctx.text。")
            ),
            Fix(
                .netty,
                Text("Write TextWebSocketFrame.", zh: "写出 TextWebSocketFrame。")
            ),
            Fix(
                .spring,
                Text("Send TextMessage.", zh: "发送 TextMessage。"),
                snippet: "session.sendMessage(new TextMessage(json));"
            ),
            Fix(
                .tomcat,
                Text("Use sendText.", zh: "使用 sendText。")
            ),
            Fix(
                .jetty,
                Text("Use sendText.", zh: "使用 sendText。")
            ),
            Fix(
                .aspNetCore,
                Text("Send with WebSocketMessageType.Text.", zh: "以 WebSocketMessageType.Text 发送。")
            ),
            Fix(
                .vapor,
                Text("Send a String.", zh: "发送 String。")
            ),
            Fix(
                .hummingbird,
                Text("Write .text.", zh: "写出 .text。"),
                snippet: "try await outbound.write(.text(json))"
            ),
            Fix(
                .swiftNIO,
                Text("Use the opcode .text.", zh: "使用操作码 .text。")
            ),
            Fix(
                .uWebSockets,
                Text("Leave isBinary false.", zh: "isBinary 保持 false。"),
                snippet: "ws.send(JSON.stringify(event), false);"
            ),
            Fix(
                .boost,
                Text("Set text before writing.", zh: "写之前设置文本。"),
                snippet: "ws.text(true);"
            ),
            Fix(
                .swoole,
                Text("push sends text by default.", zh: "push 默认发送文本。")
            ),
            Fix(
                .cowboy,
                Text("Return {text, Json}.", zh: "返回 {text, Json}。")
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §5.6",
            "https://developer.mozilla.org/docs/Web/API/WebSocket/binaryType",
        ]
    )

    static let codeCompressionSafari = Cause(
        "code-compression-safari",
        .code,
        title: Text("Compression goes wrong with Safari and iOS only", zh: "只有 Safari 与 iOS 的压缩出错"),
        symptoms: [
            "Compressed bit must be 0 if no negotiated deflate-frame extension",
            "kNWErrorDomainPOSIX 100",
        ],
        explanation: Text(
            """
            Apple's clients implement permessage-deflate with limits of their own; servers that compress fragmented \
            or very small frames, or keep contexts otherwise than agreed, break them only: "Compressed bit must be 0 \
            if no negotiated deflate-frame extension" or POSIX error 100. Other clients are fine.
            """,
            zh: """
                Apple 的客户端对 permessage-deflate 的实现有自己的限制；服务器若压缩分片或很小的帧，或没有按约定保留\
                上下文，只有它们会出错："Compressed bit must be 0 if no negotiated deflate-frame extension" 或 POSIX \
                错误 100。其他客户端正常。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Switch compression off for this server, or at least agree to server_no_context_takeover; then \
                        update the library.
                        """,
                        zh: "对该服务器关闭压缩，或至少协商 server_no_context_takeover；然后升级库。"
                    )
                )
            ],
            Remedies.dropCompression
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Without the offer of compression all is well: the doctor tries both. Only Safari's own traffic through \
            `parley tap` shows which frame it refuses.
            """,
            zh: """
                不提供压缩时一切正常：doctor 会两种都试。只有让 Safari 的流量经过 `parley tap` 才能看出它拒绝的是哪一\
                帧。
                """
        ),
        sources: [
            "RFC 7692 §7",
            "wandenberg/nginx-push-stream-module#295",
            "rails/rails#43835",
            "machinezone/IXWebSocket#160",
            "warmcat/libwebsockets#3065",
            "sta/websocket-sharp#666",
        ]
    )
}
