// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Taking the upgrade, per software.

extension Remedies {
    /// Let the server take the upgrade.
    static let answerUpgrade: [Fix] = [
        Fix(
            .nodeHTTP,
            Text(
                """
                Attach a WebSocket server to the HTTP server that listens, or handle its upgrade event; an Express \
                app alone has none.
                """,
                zh: """
                    把 WebSocket 服务器附加到正在监听的 HTTP 服务器，或处理它的 upgrade 事件；单独的 Express 应用没有\
                    这种处理。
                    """
            ),
            snippet: """
                const server = http.createServer(app);
                const wss = new WebSocketServer({ server, path: '/v1/realtime' });
                server.listen(8000);
                """
        ),
        Fix(
            .nodeWS,
            Text(
                "Listen on the server given to WebSocketServer, not on app.listen(), which makes another one.",
                zh: "监听传给 WebSocketServer 的那个 server；app.listen() 会另建一个。"
            ),
            snippet: "server.listen(8000);"
        ),
        Fix(
            .vite,
            Text(
                "Configure the proxy with ws: true; a socket that no rule takes stays pending.",
                zh: "为代理设置 ws: true；没有规则匹配的套接字会一直挂起。"
            ),
            snippet: "server: { proxy: { '/v1/realtime': { target: 'ws://127.0.0.1:8000', ws: true } } }"
        ),
        Fix(
            .goHTTP,
            Text("Call Upgrade in the handler of this path.", zh: "在该路径的处理函数中调用 Upgrade。"),
            snippet: "conn, err := upgrader.Upgrade(w, r, nil)"
        ),
        Fix(
            .aspNetCore,
            Text("Call UseWebSockets before the endpoint.", zh: "在端点之前调用 UseWebSockets。"),
            snippet: "app.UseWebSockets();"
        ),
        Fix(
            .spring,
            Text("Add @EnableWebSocket to the configuration.", zh: "在配置类上添加 @EnableWebSocket。"),
            snippet: "@Configuration @EnableWebSocket class Sockets implements WebSocketConfigurer { }"
        ),
        Fix(
            .tomcat,
            Text(
                """
                Deploy the endpoint where it is scanned, or register it in a ServerApplicationConfig; an embedded \
                container needs WsSci.
                """,
                zh: "将端点部署在可扫描的位置，或在 ServerApplicationConfig 中注册；内嵌容器需要 WsSci。"
            )
        ),
        Fix(
            .jetty,
            Text("Install the WebSocket container.", zh: "安装 WebSocket 容器。"),
            snippet: "JettyWebSocketServletContainerInitializer.configure(context, null);"
        ),
        Fix(
            .werkzeug,
            Text(
                "Flask alone has no WebSockets: add flask-sock, or an ASGI server.",
                zh: "Flask 本身不支持 WebSocket：请添加 flask-sock，或改用 ASGI 服务器。"
            ),
            snippet: "pip install flask-sock"
        ),
        Fix(
            .swiftNIO,
            Text(
                "Put the upgrader into configureHTTPServerPipeline.",
                zh: "在 configureHTTPServerPipeline 中加入升级器。"
            ),
            snippet: """
                configureHTTPServerPipeline(withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
                """
        ),
        Fix(
            .hummingbird,
            Text("Build the application with the WebSocket upgrade server.", zh: "用 WebSocket 升级服务器构建应用。"),
            snippet: "Application(router: router, server: .http1WebSocketUpgrade(webSocketRouter: router))"
        ),
        Fix(
            .puma,
            Text("Mount the WebSocket middleware before the router.", zh: "在路由之前挂载 WebSocket 中间件。")
        ),
    ]

    /// Leave the handshake to a library.
    static let useLibrary: [Fix] = [
        Fix(
            Text(
                """
                Use a maintained WebSocket library for the handshake and the frames instead of own code; if the code \
                must stay, follow RFC 6455 section 4.2.2 line by line and try it with `parley doctor`.
                """,
                zh: """
                    用维护良好的 WebSocket 库处理握手和帧，不要自己实现；若必须保留自有代码，请逐条对照 RFC 6455 第 \
                    4.2.2 节，并用 `parley doctor` 检验。
                    """
            ),
            snippet: """
                HTTP/1.1 101 Switching Protocols
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Accept: BASE64(SHA1(KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
                """
        )
    ]
}
