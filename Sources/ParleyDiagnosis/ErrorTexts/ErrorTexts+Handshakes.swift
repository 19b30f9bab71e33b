// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ErrorTexts {
    /// Words about a 101, or about a request that never was an upgrade for the server.
    static let negotiationPhrases: [ErrorPhrase] = [
        ErrorPhrase(
            [
                "but no response was received", "server sent no subprotocol", "did not respond with sent protocols",
            ],
            ["ver-subproto-none", "srv-proxy-strips-subprotocol"],
            leavesOpen: Text(
                "Whether the server does not select a subprotocol or a proxy in front removes it.",
                zh: "是服务器没有选择子协议，还是前面的代理移除了它。"
            )
        ),
        ErrorPhrase(
            [
                "header if not present in request", "sent a subprotocol but none was requested",
                "no subprotocols supported", "cannot read properties of null (reading 'includes')",
            ],
            ["ver-subproto-unoffered"]
        ),
        ErrorPhrase(
            [
                "'sec-websocket-protocol' header must not appear more than once", "multiple values: ",
                "sec-websocket-protocol multivalued", "multivalued header: sec-websocket-protocol",
            ],
            ["ver-subproto-multiple"]
        ),
        ErrorPhrase(["missing subprotocol"], ["ver-subproto-required"]),
        ErrorPhrase(
            [
                "does not match any of sent values", "sent an invalid subprotocol",
                "protocol was not set in the opening handshake", "unsupported subprotocol", "unexpected subprotocol",
                "subprotocol not acceptable", "server sent an invalid sub-protocol",
            ],
            ["ver-subproto-mismatch", "ver-subproto-multiple"]
        ),
        ErrorPhrase(
            ["no extensions supported", "but no extension was requested"],
            ["ver-ext-unoffered"]
        ),
        ErrorPhrase(
            [
                "error in permessage-deflate", "invalid sec-websocket-extensions", "unsupported extension",
                "found an unsupported extension",
            ],
            ["ver-ext-params", "ver-ext-unoffered"]
        ),
        ErrorPhrase(
            [
                "'sec-websocket-accept' header", "sec-websocket-accept header", "invalid challenge response",
                "bad sec-websocket-accept", "key mismatch in \"sec-websocket-accept\"",
                "header value for 'sec-websocket-accept'",
            ],
            ["code-bad-accept"]
        ),
        // A server's words about a request whose fields got lost, before the clients' words about an answer.
        ErrorPhrase(
            [
                "unsupported http version: http/1.0", "invalid connection header: close",
                "invalid connection header: keep-alive", "\"connection\" must be \"upgrade\"",
                "can \"upgrade\" only to \"websocket\"", "no websocket upgrade hdr", "does not contain upgrade",
                "invalid upgrade header: null", "'upgrade' token not found",
            ],
            ["srv-proxy-drops-upgrade", "fw-proxy-strips-upgrade", "code-client-http10"],
            leavesOpen: Text(
                "Whose proxy loses the upgrade: one in front of the server, or one of the client's network.",
                zh: "是哪一侧的代理丢失了升级请求：服务器前面的，还是客户端网络的。"
            )
        ),
        ErrorPhrase(
            ["unsupported upgrade request", "no supported websocket library detected"],
            ["srv-no-ws-library"]
        ),
        ErrorPhrase(
            ["unexpected server response: 101"],
            ["code-missing-connection", "code-missing-upgrade"]
        ),
        ErrorPhrase(
            ["expected 'connection' header value 'upgrade' but was 'keep-alive"],
            ["code-connection-exact-match"]
        ),
        ErrorPhrase(
            [
                "'connection' header is missing", "missing connection header", "'connection' header value",
                "invalid connection header", "no \"connection: upgrade\" header", "bad response header: connection",
            ],
            ["code-missing-connection"]
        ),
        ErrorPhrase(
            [
                "'upgrade' header is missing", "missing upgrade header", "invalid upgrade header",
                "'upgrade' header value", "no \"upgrade: websocket\" header",
            ],
            ["code-missing-upgrade"]
        ),
        ErrorPhrase(
            ["missing or invalid sec-websocket-key", "missing sec-websocket-key", "invalid sec-websocket-key"],
            ["code-bad-key"]
        ),
        ErrorPhrase(
            ["blocked request. this host", "invalid http_host header", "invalid host header", "disallowedhost"],
            ["srv-host-check"]
        ),
        ErrorPhrase(["request header or cookie too large", "header fields too large"], ["srv-headers-too-large"]),
        ErrorPhrase(["no server is available to handle this request", "bad gateway"], ["srv-upstream-down"]),
        ErrorPhrase(
            ["cannot get /"],
            ["code-no-upgrade-listener", "srv-path-not-websocket", "srv-proxy-drops-upgrade"]
        ),
        ErrorPhrase(
            ["invalid websocket header"],
            [
                "ver-subproto-none", "srv-proxy-strips-subprotocol", "code-bad-accept", "code-missing-connection",
                "code-missing-upgrade", "ver-subproto-mismatch",
            ],
            leavesOpen: Text(
                "Which header: Sec-WebSocket-Accept, Connection, Upgrade or the subprotocol.",
                zh: "是哪个头：Sec-WebSocket-Accept、Connection、Upgrade，还是子协议。"
            )
        ),
        ErrorPhrase(
            ["no valid credentials available"],
            ["srv-auth-required", "org-rejected"],
            leavesOpen: Text(
                "The answer was 401: real authentication, or an origin check that answers so (node ws verifyClient).",
                zh: "响应为 401：可能确实需要身份验证，也可能是以 401 回答的来源检查（node ws 的 verifyClient）。"
            )
        ),
        ErrorPhrase(["err_http2_protocol_error"], ["ver-h2-extended-connect"]),
    ]

    /// Words about what came after the handshake.
    static let framePhrases: [ErrorPhrase] = [
        ErrorPhrase(
            [
                "must not mask any frames", "mask must be clear", "incorrect masking", "bad mask",
                "frame cannot be masked", "ws_err_unexpected_mask", "masked frame from server",
            ],
            ["code-masked-server"]
        ),
        ErrorPhrase(
            ["unmasked client frame", "mask must be set", "ws_err_expected_mask", "unmasked frame from client"],
            ["code-unmasked-client"]
        ),
        ErrorPhrase(
            ["compressed bit must be 0", "knwerrordomainposix", "nwerror error 100"],
            ["code-compression-safari", "code-rsv"]
        ),
        ErrorPhrase(
            ["could not decode a text frame as utf-8", "invalid utf-8 sequence", "ws_err_invalid_utf8"],
            ["code-bad-utf8", "ver-ext-not-implemented"],
            leavesOpen: Text(
                "Whether the text is bad or the server agreed to compression without doing it.",
                zh: "是文本本身有误，还是服务器同意了压缩却没有实现。"
            )
        ),
        ErrorPhrase(
            [
                "reserved bits", "rsv1 must be clear", "rsv2 and rsv3 must be clear", "unexpected reserved bits",
                "rsv bits",
            ],
            ["code-rsv", "code-101-with-body", "code-101-chunked", "ver-ext-not-implemented"],
            leavesOpen: Text(
                "Whether frames are compressed unasked, or text of an HTTP body is taken for frames.",
                zh: "是未经协商就压缩了帧，还是把 HTTP 正文当成了帧。"
            )
        ),
        ErrorPhrase(
            ["broken close frame", "invalid status code 1", "invalid close code", "bad close code"],
            ["code-bad-close-code"]
        ),
        ErrorPhrase(
            [
                "unrecognized frame opcode", "invalid opcode", "bad opcode", "unknown opcode",
                "unexpected continuation", "control frames must be final", "fragmented control frame",
                "fin must be set", "continuation after fin", "invalid frame header",
            ],
            ["code-bad-frame", "code-101-with-body", "code-101-chunked"]
        ),
        ErrorPhrase(
            [
                "max frame length of", "too big for the output buffer", "exceeds limit of", "message too big",
                "max payload size exceeded", "read limit exceeded", "read limited at",
            ],
            ["srv-message-too-big"]
        ),
        ErrorPhrase(
            ["keepalive ping timeout", "ping timeout"],
            ["code-no-pong", "code-client-no-pong", "net-silent-idle-drop"],
            leavesOpen: Text(
                "Which side did not answer (the one that did not write this), or whether the network dropped it.",
                zh: "是哪一侧没有应答（不是写出这句话的一侧），还是网络丢弃了连接。"
            )
        ),
        ErrorPhrase(
            ["no message within timeout", "no message received"],
            ["code-silence", "fw-buffering-middlebox"]
        ),
        ErrorPhrase(
            ["no close frame received or sent", "abnormal closure"],
            [
                "code-abrupt-close", "srv-proxy-idle-timeout", "fw-idle-rst", "srv-message-too-big",
                "srv-reload-cuts",
            ],
            leavesOpen: Text(
                "When: at once, at a certain message, or after a quiet time that is always the same.",
                zh: "是在什么时候：立即、在某条消息时，还是在总是相同的静默时间之后。"
            )
        ),
        ErrorPhrase(
            ["was interrupted while the page was loading", "was interrupted while the page"],
            ["code-abrupt-close", "code-bad-frame", "code-bad-utf8", "code-rsv", "srv-proxy-idle-timeout"],
            leavesOpen: Text(
                "It failed after it was open; which frame or what ended it is not said.",
                zh: "是在打开之后失败的；没有说明是哪一帧或什么原因。"
            )
        ),
    ]
}
