// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Connections that end, or keep silent, after they opened.

extension Catalogue {
    static let codeBadCloseCode = Cause(
        "code-bad-close-code",
        .code,
        title: Text("A close code that may not be sent", zh: "使用了不允许发送的关闭代码"),
        symptoms: [
            "Received a broken close frame containing a reserved status code.",
            "invalid status code 1006",
        ],
        explanation: Text(
            """
            Codes 0 to 999, 1004, 1005, 1006, 1015 to 2999 and above 4999 may not stand in a Close frame: 1005, 1006 \
            and 1015 are what clients report themselves. Clients take such a frame for a protocol error, and the \
            reason is lost. A reason of more than 123 bytes does the same.
            """,
            zh: """
                0 至 999、1004、1005、1006、1015 至 2999 以及 4999 以上的代码不得出现在 Close 帧中：1005、1006 和 \
                1015 是客户端自己报告用的。客户端会视为协议错误，原因也会丢失。超过 123 字节的原因同样如此。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Close with 1000, 1001, 1002, 1003, 1007 to 1014, or a code of your own from 4000 to 4999, and a \
                    reason of at most 123 bytes. When relaying, map 1005 and 1006 of the other side to 1011.
                    """,
                    zh: """
                        使用 1000、1001、1002、1003、1007 至 1014，或 4000 至 4999 的自定义代码关闭，原因不超过 123 \
                        字节。转发时，把另一侧的 1005 与 1006 映射为 1011。
                        """
                ),
                snippet: """
                    const safe = (code) => (code >= 4000 && code < 5000) || (code >= 1000 && code < 1015 && ![1004, 1005, 1006].includes(code)) ? code : 1011;
                    """
            ),
            Fix(
                .nodeWS,
                Text(
                    "ws.close throws on such codes: the server at fault writes frames by hand or relays.",
                    zh: "ws.close 遇到这种代码会抛错：出错的服务器是手写帧或在转发。"
                ),
                snippet: "upstream.on('close', (code, reason) => client.close(safe(code), reason));"
            ),
            Fix(
                .aspNetCore,
                Text(
                    "Do not pass CloseStatus of another socket on unchecked.",
                    zh: "不要未经检查就转发另一套接字的 CloseStatus。"
                )
            ),
            Fix(
                .netty,
                Text(
                    "Do not send WebSocketCloseStatus.ABNORMAL_CLOSURE.",
                    zh: "不要发送 WebSocketCloseStatus.ABNORMAL_CLOSURE。"
                )
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §7.4.1, §7.4.2"
        ]
    )

    static let codeClose1011 = Cause(
        "code-close-1011",
        .code,
        title: Text("The server fails after accepting (Close 1011)", zh: "服务器接受连接后出错（Close 1011）"),
        symptoms: [
            "close 1011",
            "received 1011 (internal error)",
        ],
        explanation: Text(
            """
            Close 1011 means an internal error: the handler's code raised an exception after the handshake, right \
            after opening or at a certain message. Network and handshake are sound.
            """,
            zh: """
                Close 1011 表示内部错误：握手之后处理代码抛出了异常，可能是刚打开时或收到某条消息时。网络和握手没有问\
                题。
                """
        ),
        fixes: Remedies.readLog,
        proof: .wire,
        whatWouldDecide: Text(
            """
            The traceback in the server's log at this time. `--send TEXT` with the client's first message shows \
            whether it fails on it or at once.
            """,
            zh: """
                服务器日志中该时刻的调用栈。用 `--send TEXT` 发送客户端的首条消息，可看出是因它而失败还是一开始就失\
                败。
                """
        ),
        sources: [
            "RFC 6455 §7.4.1"
        ]
    )

    static let codeAbruptClose = Cause(
        "code-abrupt-close",
        .code,
        title: Text(
            "The server ends the connection without a Close frame (1006)",
            zh: "服务器没有发送 Close 帧就断开（1006）"
        ),
        symptoms: [
            "close 1006",
            "no close frame received or sent",
        ],
        explanation: Text(
            """
            TCP ends without the closing handshake, so clients report 1006 and no reason: the process crashed or was \
            killed, the handler returned without closing, or the library was told to terminate. At a fixed quiet time \
            it is a proxy's idle timeout instead.
            """,
            zh: """
                TCP 直接结束而没有关闭握手，客户端报告 1006 且没有原因：进程崩溃或被杀、处理函数返回时没有关闭，或库\
                被要求立即终止。若总在固定的静默时间后发生，则是代理的空闲超时。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Close with a code and a reason in every path out of the handler, and read the log for a crash at \
                        this time.
                        """,
                        zh: "处理函数的每条退出路径都要带代码和原因关闭，并查看日志中该时刻的崩溃。"
                    )
                ),
                Fix(
                    .gorilla,
                    Text("Send a close message before conn.Close().", zh: "在 conn.Close() 之前发送关闭消息。"),
                    snippet: """
                        conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), deadline)
                        """
                ),
                Fix(
                    .coderWebSocket,
                    Text("Call Close, not CloseNow.", zh: "调用 Close 而不是 CloseNow。")
                ),
                Fix(
                    .boost,
                    Text("Call async_close.", zh: "调用 async_close。")
                ),
                Fix(
                    .uWebSockets,
                    Text("end() says goodbye, close() does not.", zh: "end() 会发送关闭帧，close() 不会。")
                ),
            ],
            Remedies.readLog
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "`--hold SECONDS`: whether it ends at once, at a message or after a quiet time; then the server's log.",
            zh: "用 `--hold SECONDS` 看是立即结束、在某条消息时结束，还是静默一段时间后结束；然后查看服务器日志。"
        ),
        sources: [
            "RFC 6455 §7.1.1, §7.1.5"
        ]
    )
}
