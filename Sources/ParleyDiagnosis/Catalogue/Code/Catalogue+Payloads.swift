// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Frames whose payload or flags are wrong.

extension Catalogue {
    static let codeBadUtf8 = Cause(
        "code-bad-utf8",
        .code,
        title: Text("A text frame is not UTF-8", zh: "文本帧不是 UTF-8"),
        symptoms: [
            "Could not decode a text frame as UTF-8.",
            "close 1007",
        ],
        explanation: Text(
            """
            Text messages must be UTF-8; clients end the connection with 1007. The server sends another encoding \
            (Latin-1, GBK), binary audio as text, or cuts a character in two when it truncates.
            """,
            zh: """
                文本消息必须是 UTF-8；客户端会以 1007 断开。服务器发送了其他编码（Latin-1、GBK）、把二进制音频当文\
                本，或截断时切断了字符。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Encode text as UTF-8, send binary data in binary frames (or as base64 in JSON), and cut strings \
                    at characters. If it happens with compression only, see ver-ext-not-implemented.
                    """,
                    zh: """
                        文本用 UTF-8 编码，二进制数据用二进制帧（或在 JSON 中用 base64），截断时按字符。若只在启用压\
                        缩时发生，见 ver-ext-not-implemented。
                        """
                )
            ),
            Fix(
                .javaWebSocket,
                Text("Name the charset.", zh: "指明字符集。"),
                snippet: "text.getBytes(StandardCharsets.UTF_8)"
            ),
            Fix(
                .gorilla,
                Text("Send bytes as BinaryMessage.", zh: "字节用 BinaryMessage 发送。"),
                snippet: "conn.WriteMessage(websocket.BinaryMessage, audio)"
            ),
            Fix(
                .boost,
                Text("Choose the kind of message before writing.", zh: "写之前选择消息类型。"),
                snippet: "ws.binary(true);"
            ),
            Fix(
                .libwebsockets,
                Text("Send bytes with LWS_WRITE_BINARY.", zh: "字节用 LWS_WRITE_BINARY 发送。")
            ),
            Fix(
                .ratchet,
                Text("Send bytes as a binary frame.", zh: "字节用二进制帧发送。"),
                snippet: "$conn->send(new Frame($bytes, true, Frame::OP_BINARY));"
            ),
            Fix(
                .swoole,
                Text("Send bytes with WEBSOCKET_OPCODE_BINARY.", zh: "字节用 WEBSOCKET_OPCODE_BINARY 发送。"),
                snippet: "$server->push($fd, $bytes, WEBSOCKET_OPCODE_BINARY);"
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §8.1, §7.4.1"
        ]
    )

    static let codeRsv = Cause(
        "code-rsv",
        .code,
        title: Text("Reserved bits are set without an extension", zh: "未协商扩展却设置了保留位"),
        symptoms: [
            "One or more reserved bits are on: reserved1 = 1",
            "RSV1 must be clear",
        ],
        explanation: Text(
            """
            A frame has RSV1, RSV2 or RSV3 set although no extension was agreed, so clients fail with 1002. RSV1 is \
            the mark of compression: the server compresses for clients that did not ask for it, or a proxy removed \
            the extension header of the handshake.
            """,
            zh: """
                没有协商任何扩展，帧中却设置了 RSV1、RSV2 或 RSV3，客户端以 1002 失败。RSV1 是压缩标记：服务器对没有\
                请求压缩的客户端也压缩，或代理移除了握手中的扩展头。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Compress only on connections whose 101 agreed to permessage-deflate; do not share prepared \
                        compressed messages among all clients.
                        """,
                        zh: "只在 101 已同意 permessage-deflate 的连接上压缩；不要把预先压缩的消息发给所有客户端。"
                    )
                )
            ],
            Remedies.dropCompression
        ),
        proof: .wire,
        whatWouldDecide: Text(
            "`--direct URL`: when the header is there and missing through the proxy, the proxy removes it.",
            zh: "用 `--direct URL`：若那里有该头而经过代理没有，就是代理移除的。"
        ),
        sources: [
            "RFC 6455 §5.2",
            "RFC 7692 §6",
        ]
    )
}
