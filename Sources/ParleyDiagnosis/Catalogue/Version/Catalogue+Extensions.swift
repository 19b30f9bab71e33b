// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Extensions that client and server do not agree on.

extension Catalogue {
    static let verExtUnoffered = Cause(
        "ver-ext-unoffered",
        .version,
        title: Text("The server announces an extension nobody offered", zh: "服务器启用了客户端没有提供的扩展"),
        symptoms: [
            "no extensions supported",
            "Server sent a Sec-WebSocket-Extensions header but no extension was requested",
        ],
        explanation: Text(
            """
            The 101 carries Sec-WebSocket-Extensions (permessage-deflate) although the client offered no extensions. \
            Browsers offer compression and notice nothing; openai-python, clients with compression off and strict \
            libraries fail the handshake.
            """,
            zh: """
                客户端没有提供扩展（no extensions），101 却带有 Sec-WebSocket-Extensions（permessage-deflate）。浏览\
                器都会提供压缩，因此没有察觉；openai-python、关闭压缩的客户端和严格的库会使握手失败。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Answer with permessage-deflate only when the request offered that extension.",
                        zh: "只有请求提供了 permessage-deflate 扩展时才在响应中返回它。"
                    )
                )
            ],
            Remedies.dropCompression
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            Without the offer of compression the header is there all the same: the doctor tries both; `--client \
            openai-python` fails, `--client chromium` connects.
            """,
            zh: """
                不提供压缩时该头仍然存在：doctor 会两种都试；`--client openai-python` 失败而 `--client chromium` 能连\
                接。
                """
        ),
        sources: [
            "RFC 6455 §9.1",
            "RFC 7692 §5",
        ]
    )

    static let verExtParams = Cause(
        "ver-ext-params",
        .version,
        title: Text("The parameters of permessage-deflate are invalid", zh: "permessage-deflate 的参数无效"),
        symptoms: [
            "Error in permessage-deflate: Received invalid server_max_window_bits parameter",
            "close 1010",
        ],
        explanation: Text(
            """
            The server's answer breaks the rules for the extension's parameters: a window outside 8 to 15, a \
            parameter without its value or twice, an unknown one, or client_max_window_bits to a client that did not \
            offer it. Chromium, Firefox, node ws and Python refuse; OkHttp closes with 1010; undici and aiohttp \
            swallow it.
            """,
            zh: """
                服务器的应答违反了扩展参数的规则：窗口不在 8 至 15 之间、参数缺值或重复、未知参数，或向没有提供 \
                client_max_window_bits 的客户端返回它。Chromium、Firefox、node ws 和 Python 会拒绝；OkHttp 以 1010 关\
                闭；undici 和 aiohttp 则照单全收。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        Answer `permessage-deflate; server_no_context_takeover; client_no_context_takeover`, or plain \
                        `permessage-deflate`, and let the library compute it.
                        """,
                        zh: """
                            返回 `permessage-deflate; server_no_context_takeover; client_no_context_takeover` 或不带参数\
                            的 `permessage-deflate`，并交给库计算。
                            """
                    )
                )
            ],
            Remedies.dropCompression
        ),
        proof: .wire,
        sources: [
            "RFC 7692 §7.1"
        ]
    )

    static let verExtNotImplemented = Cause(
        "ver-ext-not-implemented",
        .version,
        title: Text("The server agrees to compression and does not do it", zh: "服务器同意压缩却没有实现"),
        symptoms: [
            "Could not decode a text frame as UTF-8.",
            "close 1007",
        ],
        explanation: Text(
            """
            The 101 accepts permessage-deflate, often because the header is copied from the request, but the server \
            neither inflates what it receives nor marks what it compresses. Clients that offer compression get \
            garbage, 1007 or "Could not decode a text frame as UTF-8"; those that do not are fine.
            """,
            zh: """
                101 接受了 permessage-deflate（常常只是从请求中照抄），但服务器既不解压收到的数据，也不标记自己压缩的\
                数据。提供压缩的客户端得到乱码、1007 或 "Could not decode a text frame as UTF-8"；不提供的客户端正\
                常。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        "Do not answer the offer of permessage-deflate unless the frames are compressed accordingly.",
                        zh: "除非帧确实按约定压缩，否则不要应答 permessage-deflate 提议。"
                    )
                )
            ],
            Remedies.dropCompression
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            "With the offer it breaks, without it works: the doctor tries both with an echo.",
            zh: "提供压缩就出错、不提供就正常：doctor 会用回显两种都试。"
        ),
        sources: [
            "RFC 7692 §6, §7.2",
            "RFC 6455 §8.1",
        ]
    )
}
