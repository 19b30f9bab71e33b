// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Frames that break the rules.

extension Catalogue {
    static let codeMaskedServer = Cause(
        "code-masked-server",
        .code,
        title: Text("The server masks its frames", zh: "服务器对帧做了掩码"),
        symptoms: [
            "A server must not mask any frames that it sends to the client.",
            "MASK must be clear",
            "incorrect masking",
        ],
        explanation: Text(
            """
            Only clients mask. This server sets the mask bit in what it sends, for instance because client and server \
            share code; Chromium, node ws, Python, Go and Java end the connection, Firefox and aiohttp accept it. So \
            "only Firefox works".
            """,
            zh: """
                只有客户端才做掩码。该服务器在发送的帧中设置了掩码位，例如因为客户端与服务器共用代码；Chromium、node \
                ws、Python、Go 和 Java 会断开，Firefox 和 aiohttp 则接受。于是表现为“只有 Firefox 能用”。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Send frames from the server without mask: clear the top bit of the second byte, leave out the \
                    four mask bytes, and do not transform the payload.
                    """,
                    zh: "服务器发送的帧不要掩码：清除第二字节的最高位，不写四字节掩码，也不要变换载荷。"
                ),
                snippet: "frame = bytes([0x81, len(payload)]) + payload        # below 126 bytes"
            ),
            Fix(
                .netty,
                Text("Build the encoder for the server's side.", zh: "按服务器一侧构造编码器。"),
                snippet: "new WebSocket13FrameEncoder(false)"
            ),
            Fix(
                .swiftNIO,
                Text("Leave maskKey nil in frames of the server.", zh: "服务器的帧中 maskKey 保持为 nil。"),
                snippet: "WebSocketFrame(fin: true, opcode: .text, data: buffer)"
            ),
            Fix(
                .javaWebSocket,
                Text(
                    "Give the server's draft the role of a server; do not send frames made by a client draft.",
                    zh: "给服务器的 Draft 设置服务器角色；不要发送客户端 Draft 生成的帧。"
                )
            ),
            Fix(
                .tungstenite,
                Text("Create the socket with Role::Server.", zh: "以 Role::Server 创建套接字。"),
                snippet: "WebSocket::from_raw_socket(stream, Role::Server, None)"
            ),
            Fix(
                .aspNetCore,
                Text(
                    "WebSocket.CreateFromStream needs isServer: true.",
                    zh: "WebSocket.CreateFromStream 需要 isServer: true。"
                ),
                snippet: "WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true })"
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §5.1"
        ]
    )

    static let codeUnmaskedClient = Cause(
        "code-unmasked-client",
        .code,
        title: Text("The client does not mask its frames", zh: "客户端没有对帧做掩码"),
        symptoms: [
            "close 1002 after the first message",
            "MASK must be set (in the server's log)",
        ],
        explanation: Text(
            """
            Every frame from a client must be masked, and a server must end the connection otherwise (1002). \
            Hand-written clients and device firmware forget it; the handshake works, the first message kills the \
            connection, and every other client is fine.
            """,
            zh: """
                客户端的每一帧都必须做掩码，否则服务器必须断开（1002）。手写的客户端和设备固件会忘记：握手正常，发出\
                第一条消息就断开，而其他客户端都没问题。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    In the client, set the mask bit, send four random mask bytes and XOR the payload with them; or \
                    use a WebSocket library. On a device, look for an option such as "mask" of its library.
                    """,
                    zh: """
                        在客户端中设置掩码位，发送四个随机掩码字节，并用它们与载荷异或；或使用 WebSocket 库。设备上请\
                        查找库的 "mask" 之类选项。
                        """
                ),
                snippet: """
                    mask = os.urandom(4)
                    frame = bytes([0x81, 0x80 | len(payload)]) + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
                    """
            ),
            Fix(
                .swiftNIO,
                Text("Give client frames a mask key.", zh: "给客户端的帧设置掩码键。"),
                snippet: "WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: buffer)"
            ),
            Fix(
                .netty,
                Text("Build the client's encoder with masking.", zh: "客户端编码器启用掩码。"),
                snippet: "new WebSocket13FrameEncoder(true)"
            ),
        ],
        proof: .traffic,
        whatWouldDecide: Text(
            """
            `parley tap --run 'CMD {url}'` with the user's client: the doctor's own probes mask and therefore see \
            nothing.
            """,
            zh: "用 `parley tap --run 'CMD {url}'` 运行用户的客户端：doctor 自己的探测都做了掩码，所以看不到问题。"
        ),
        sources: [
            "RFC 6455 §5.1, §5.3"
        ]
    )
}
