// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Doing without compression, per software.

extension Remedies {
    /// Switch compression off, or leave it to the library.
    static let dropCompression: [Fix] = [
        Fix(
            Text(
                """
                Until the server's compression is right, switch it off: do not answer the offer of \
                permessage-deflate, and every client goes on without it. Let the library negotiate rather than \
                setting Sec-WebSocket-Extensions by hand.
                """,
                zh: """
                    在服务器的压缩实现正确之前先关闭它：不要应答 permessage-deflate 提议，所有客户端都会不压缩地继\
                    续。让库去协商，不要手写 Sec-WebSocket-Extensions。
                    """
            )
        ),
        Fix(
            .nodeWS,
            Text("Switch it off (off is the default of current versions).", zh: "关闭它（新版本默认关闭）。"),
            snippet: "new WebSocketServer({ port: 8000, perMessageDeflate: false });"
        ),
        Fix(
            .pythonWebSockets,
            Text("Switch it off.", zh: "关闭它。"),
            snippet: "serve(handler, host, port, compression=None)"
        ),
        Fix(
            .aiohttp,
            Text("Switch it off.", zh: "关闭它。"),
            snippet: "web.WebSocketResponse(compress=False)"
        ),
        Fix(
            .uvicorn,
            Text("Switch it off.", zh: "关闭它。"),
            snippet: "uvicorn app:app --ws-per-message-deflate false"
        ),
        Fix(
            .tornado,
            Text("Let get_compression_options return None.", zh: "让 get_compression_options 返回 None。"),
            snippet: "def get_compression_options(self): return None"
        ),
        Fix(
            .gorilla,
            Text(
                "Leave EnableCompression at false, or to the Upgrader alone.",
                zh: "保持 EnableCompression 为 false，或完全交给 Upgrader。"
            ),
            snippet: "websocket.Upgrader{EnableCompression: false}"
        ),
        Fix(
            .coderWebSocket,
            Text("Set the mode.", zh: "设置模式。"),
            snippet: "&websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled}"
        ),
        Fix(
            .netty,
            Text(
                "Set allowExtensions and add a WebSocketServerCompressionHandler, or do neither.",
                zh: "要么同时设置 allowExtensions 并加入 WebSocketServerCompressionHandler，要么两者都不做。"
            ),
            snippet: "WebSocketServerProtocolConfig.newBuilder().allowExtensions(false)"
        ),
        Fix(
            .tomcat,
            Text(
                "Switch Tomcat's built-in extensions off.",
                zh: "关闭 Tomcat 内置的扩展。"
            ),
            snippet: "-Dorg.apache.tomcat.websocket.DISABLE_BUILTIN_EXTENSIONS=true"
        ),
        Fix(
            .spring,
            Text("Let the handshake handler filter extensions.", zh: "让握手处理器过滤扩展。"),
            snippet: """
                protected List<WebSocketExtension> filterRequestedExtensions(ServerHttpRequest r, List<WebSocketExtension> q, List<WebSocketExtension> s) { return List.of(); }
                """
        ),
        Fix(
            .jetty,
            Text("Take it out of the extension registry.", zh: "从扩展注册表中移除。"),
            snippet: #"components.getExtensionRegistry().unregister("permessage-deflate");"#
        ),
        Fix(
            .aspNetCore,
            Text("Leave DangerousEnableCompression at false.", zh: "保持 DangerousEnableCompression 为 false。")
        ),
        Fix(
            .swiftNIO,
            Text(
                """
                NIO does not compress: return no Sec-WebSocket-Extensions from shouldUpgrade, or use websocket-kit's \
                or Hummingbird's extension.
                """,
                zh: """
                    NIO 不做压缩：不要在 shouldUpgrade 中返回 Sec-WebSocket-Extensions，或使用 websocket-kit、\
                    Hummingbird 的扩展。
                    """
            )
        ),
        Fix(
            .hummingbird,
            Text("Leave the extension out of the configuration.", zh: "不在配置中加入该扩展。"),
            snippet: "WebSocketServerConfiguration(extensions: [])"
        ),
        Fix(
            .uWebSockets,
            Text("Switch it off.", zh: "关闭它。"),
            snippet: "app.ws('/*', { compression: uWS.DISABLED });"
        ),
        Fix(
            .libwebsockets,
            Text(
                "Take permessage-deflate out of the list of extensions of the context.",
                zh: "从上下文的扩展列表中去掉 permessage-deflate。"
            )
        ),
        Fix(
            .boost,
            Text("Leave it off in permessage_deflate.", zh: "在 permessage_deflate 中保持关闭。"),
            snippet: "permessage_deflate pmd; pmd.server_enable = false; ws.set_option(pmd);"
        ),
        Fix(
            .swoole,
            Text("Switch it off.", zh: "关闭它。"),
            snippet: "$server->set(['websocket_compression' => false]);"
        ),
        Fix(
            .phoenix,
            Text("Leave compress at false.", zh: "保持 compress 为 false。"),
            snippet: "websocket: [compress: false]"
        ),
        Fix(
            .cowboy,
            Text("Leave compress at false.", zh: "保持 compress 为 false。"),
            snippet: "{cowboy_websocket, Req, State, #{compress => false}}"
        ),
        Fix(
            .nginx,
            Text(
                "Remove lines that add Sec-WebSocket-Extensions to requests or answers.",
                zh: "删除向请求或响应添加 Sec-WebSocket-Extensions 的配置。"
            )
        ),
        Fix(
            .parley,
            Text("Start without --compression.", zh: "不带 --compression 启动。")
        ),
    ]
}
