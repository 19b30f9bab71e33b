// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// The path of the endpoint, per software.

extension Remedies {
    /// Name the path of the WebSocket endpoint.
    static let servePath: [Fix] = [
        Fix(
            Text(
                """
                Use the path the server is bound to, query included, in the client's URL; or bind the server to the \
                path the clients use. Realtime clients ask for `/v1/realtime?model=…`; those given only a host ask \
                for `/`.
                """,
                zh: """
                    让客户端 URL 使用服务器实际绑定的路径（包括查询）；或把服务器绑定到客户端使用的路径。Realtime 客\
                    户端请求 `/v1/realtime?model=…`；只给了主机名的客户端请求 `/`。
                    """
            )
        ),
        Fix(
            .nodeWS,
            Text(
                """
                The option path must equal the path of the URL; without it every path is served. With several servers \
                on one port, decide in the upgrade event and destroy what nobody takes.
                """,
                zh: """
                    path 选项须与 URL 的路径相同；不设则服务所有路径。一个端口上有多个服务器时，在 upgrade 事件中分\
                    派，并销毁无人认领的连接。
                    """
            ),
            snippet: "new WebSocketServer({ server, path: '/v1/realtime' });"
        ),
        Fix(
            .netty,
            Text(
                """
                With checkStartsWith off, the query is compared too and a request that differs is passed on and never \
                answered: switch it on, and put a handler that answers 404 at the end of the pipeline.
                """,
                zh: """
                    关闭 checkStartsWith 时查询字符串也参与比较，不相等的请求会被向后传递而永远得不到回答：请打开它，\
                    并在管线末尾放一个回答 404 的处理器。
                    """
            ),
            snippet: """
                WebSocketServerProtocolConfig.newBuilder().websocketPath("/v1/realtime").checkStartsWith(true).build()
                """
        ),
        Fix(
            .spring,
            Text(
                """
                Register the handler at the path; a SockJS endpoint needs `/websocket` after it, and \
                server.servlet.context-path stands before it.
                """,
                zh: "在该路径注册处理器；SockJS 端点需在其后加 `/websocket`，server.servlet.context-path 则位于其前。"
            ),
            snippet: #"registry.addHandler(handler, "/v1/realtime");"#
        ),
        Fix(
            .tomcat,
            Text(
                "The path is the context path of the application followed by the value of @ServerEndpoint.",
                zh: "实际路径是应用的上下文路径加上 @ServerEndpoint 的值。"
            ),
            snippet: #"@ServerEndpoint("/v1/realtime")"#
        ),
        Fix(
            .jetty,
            Text("Map the path in the container.", zh: "在容器中映射该路径。"),
            snippet: #"container.addMapping("/v1/realtime", creator);"#
        ),
        Fix(
            .undertow,
            Text("Add the prefix path.", zh: "添加前缀路径。"),
            snippet: #"Handlers.path().addPrefixPath("/v1/realtime", Handlers.websocket(callback))"#
        ),
        Fix(
            .uvicorn,
            Text(
                """
                Declare the route as WebSocket; a path without one gets 403, and a Mount or root_path goes before it.
                """,
                zh: "将路由声明为 WebSocket；没有对应路由的路径得到 403，Mount 或 root_path 会加在前面。"
            ),
            snippet: #"@app.websocket("/v1/realtime")"#
        ),
        Fix(
            .djangoChannels,
            Text(
                "Add the path to the websocket URLRouter, without a leading slash.",
                zh: "把路径加入 websocket 的 URLRouter，开头不带斜杠。"
            ),
            snippet: #"URLRouter([path("v1/realtime", RealtimeConsumer.as_asgi())])"#
        ),
        Fix(
            .aiohttp,
            Text("Add a GET route.", zh: "添加 GET 路由。"),
            snippet: #"app.add_routes([web.get("/v1/realtime", handle)])"#
        ),
        Fix(
            .tornado,
            Text("Add the handler to the application.", zh: "把处理器加入应用。"),
            snippet: #"tornado.web.Application([(r"/v1/realtime", RealtimeHandler)])"#
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "websockets serves every path unless process_request refuses: change the check there.",
                zh: "除非 process_request 拒绝，websockets 服务所有路径：请修改那里的检查。"
            )
        ),
        Fix(
            .werkzeug,
            Text("Declare the route with flask-sock.", zh: "用 flask-sock 声明路由。"),
            snippet: #"@sock.route("/v1/realtime")"#
        ),
        Fix(
            .gorilla,
            Text("Register the handler at the path.", zh: "在该路径注册处理函数。"),
            snippet: #"http.HandleFunc("/v1/realtime", serveRealtime)"#
        ),
        Fix(
            .coderWebSocket,
            Text("Register the handler at the path.", zh: "在该路径注册处理函数。"),
            snippet: #"http.HandleFunc("/v1/realtime", serveRealtime)"#
        ),
        Fix(
            .axum,
            Text(
                "Add the route; `any` instead of `get` takes HTTP/2 as well.",
                zh: "添加路由；用 `any` 代替 `get` 还可接受 HTTP/2。"
            ),
            snippet: #"Router::new().route("/v1/realtime", any(upgrade))"#
        ),
        Fix(
            .actix,
            Text("Add the route.", zh: "添加路由。"),
            snippet: #"App::new().route("/v1/realtime", web::get().to(index))"#
        ),
        Fix(
            .aspNetCore,
            Text(
                "Call UseWebSockets before the endpoint and map the path.",
                zh: "在端点之前调用 UseWebSockets，并映射该路径。"
            ),
            snippet: """
                app.UseWebSockets();
                app.Map("/v1/realtime", Handle);
                """
        ),
        Fix(
            .vapor,
            Text("Register the path.", zh: "注册该路径。"),
            snippet: #"app.webSocket("v1", "realtime") { request, ws in }"#
        ),
        Fix(
            .hummingbird,
            Text("Add the route to the WebSocket router.", zh: "把路由加入 WebSocket 路由器。"),
            snippet: #"router.ws("/v1/realtime") { inbound, outbound, context in }"#
        ),
        Fix(
            .swiftNIO,
            Text(
                """
                Return headers, not nil, from shouldUpgrade for this path, and answer the others in a handler after \
                the upgrader.
                """,
                zh: "对该路径让 shouldUpgrade 返回头而不是 nil，其余路径由升级器之后的处理器回答。"
            )
        ),
        Fix(
            .phoenix,
            Text(
                "A Phoenix socket at \"/socket\" is opened at \"/socket/websocket\".",
                zh: "声明为 \"/socket\" 的 Phoenix socket 实际地址是 \"/socket/websocket\"。"
            )
        ),
        Fix(
            .cowboy,
            Text("Add the path to the dispatch table.", zh: "把路径加入分派表。"),
            snippet: #"cowboy_router:compile([{'_', [{"/v1/realtime", realtime_handler, []}]}])"#
        ),
        Fix(
            .puma,
            Text("Action Cable is mounted at /cable unless told otherwise.", zh: "Action Cable 默认挂载在 /cable。"),
            snippet: #"mount ActionCable.server => "/v1/realtime""#
        ),
        Fix(
            .nginx,
            Text(
                """
                Check the location and the URI of proxy_pass: with a slash after the port, the part that the location \
                matched is cut off.
                """,
                zh: "检查 location 与 proxy_pass 的 URI：端口后带斜杠时，location 匹配的部分会被去掉。"
            ),
            snippet: "location /v1/realtime { proxy_pass http://127.0.0.1:8000; }"
        ),
        Fix(
            .caddy,
            Text("handle_path strips the prefix, handle keeps it.", zh: "handle_path 会去掉前缀，handle 则保留。"),
            snippet: "handle /v1/realtime* { reverse_proxy 127.0.0.1:8000 }"
        ),
        Fix(
            .traefik,
            Text(
                "Check the rule of the router and a StripPrefix middleware.",
                zh: "检查路由规则和 StripPrefix 中间件。"
            ),
            snippet: "rule: PathPrefix(`/v1/realtime`)"
        ),
        Fix(
            .haproxy,
            Text("Check the path ACL that chooses the back end.", zh: "检查选择后端的 path ACL。"),
            snippet: "use_backend realtime if { path_beg /v1/realtime }"
        ),
        Fix(
            .apache,
            Text(
                "Put the line above the general ProxyPass, and keep both paths equal.",
                zh: "把这一行放在通用 ProxyPass 之前，且两边路径一致。"
            ),
            snippet: #"ProxyPass "/v1/realtime" "http://127.0.0.1:8000/v1/realtime" upgrade=websocket"#
        ),
        Fix(
            .envoy,
            Text("Check prefix and prefix_rewrite of the route.", zh: "检查路由的 prefix 与 prefix_rewrite。")
        ),
        Fix(
            .ingressNginx,
            Text(
                "Check path, pathType and the rewrite-target annotation.",
                zh: "检查 path、pathType 与 rewrite-target 注解。"
            )
        ),
        Fix(
            .awsALB,
            Text("Check the path condition of the listener rule.", zh: "检查监听器规则的路径条件。")
        ),
        Fix(
            .awsAPIGateway,
            Text(
                "The URL ends in the stage name; there are no paths behind it.",
                zh: "URL 以阶段名结尾，其后没有路径。"
            )
        ),
        Fix(
            .socketIO,
            Text(
                "A socket.io server lives at /socket.io/ and needs a socket.io client.",
                zh: "socket.io 服务器位于 /socket.io/，并且需要 socket.io 客户端。"
            )
        ),
        Fix(
            .mosquitto,
            Text(
                "MQTT over WebSocket is served at `/mqtt` or `/`, by a listener of its own.",
                zh: "基于 WebSocket 的 MQTT 由单独的监听器在 `/mqtt` 或 `/` 提供。"
            ),
            snippet: """
                listener 9001
                protocol websockets
                """
        ),
        Fix(
            .openAI,
            Text(
                "The address is wss://api.openai.com/v1/realtime?model=… or ?intent=transcription.",
                zh: "地址是 wss://api.openai.com/v1/realtime?model=… 或 ?intent=transcription。"
            )
        ),
        Fix(
            .parley,
            Text(
                """
                Use /v1/realtime; /, /realtime, /openai/realtime and /openai/v1/realtime do as well. The echo is at \
                /echo and needs --echo.
                """,
                zh: """
                    使用 /v1/realtime；/、/realtime、/openai/realtime、/openai/v1/realtime 也可以。回显在 /echo，需要 \
                    --echo。
                    """
            )
        ),
    ]
}
