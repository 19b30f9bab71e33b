// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Selecting a subprotocol, per software.

extension Remedies {
    /// Select one of the subprotocols the client offers.
    static let selectSubprotocol: [Fix] = [
        Fix(
            Text(
                """
                Let the server select exactly one of the offered subprotocols and return it, spelled as offered, in \
                Sec-WebSocket-Protocol of the 101: for Realtime clients `realtime`, never the entry that carries the \
                key. When nothing was offered, send no such header.
                """,
                zh: """
                    让服务器从客户端提供的子协议中恰好选择一个，并原样写入 101 响应的 Sec-WebSocket-Protocol：\
                    Realtime 客户端应选 `realtime`，绝不要选带密钥的那一项。客户端没有提供子协议时，不要发送这个头。
                    """
            )
        ),
        Fix(
            .netty,
            Text(
                """
                Name the subprotocol in the protocol handler; with `null`, Netty completes the handshake and selects \
                none.
                """,
                zh: "在协议处理器中写明子协议；若传入 `null`，Netty 会完成握手但不选择任何子协议。"
            ),
            snippet: """
                WebSocketServerProtocolConfig.newBuilder()
                    .websocketPath("/v1/realtime").checkStartsWith(true)
                    .subprotocols("realtime").build()
                """
        ),
        Fix(
            .spring,
            Text(
                "Give the handshake handler its list, or let the WebSocketHandler implement SubProtocolCapable.",
                zh: "给握手处理器设置列表，或让 WebSocketHandler 实现 SubProtocolCapable。"
            ),
            snippet: """
                DefaultHandshakeHandler handshake = new DefaultHandshakeHandler();
                handshake.setSupportedProtocols("realtime");
                registry.addHandler(handler, "/v1/realtime").setHandshakeHandler(handshake);
                """
        ),
        Fix(
            .tomcat,
            Text("List it at the endpoint.", zh: "在端点注解中列出。"),
            snippet: #"@ServerEndpoint(value = "/v1/realtime", subprotocols = {"realtime"})"#
        ),
        Fix(
            .jetty,
            Text("Accept it where the endpoint is created.", zh: "在创建端点的回调中接受它。"),
            snippet: #"if (request.hasSubProtocol("realtime")) response.setAcceptedSubProtocol("realtime");"#
        ),
        Fix(
            .undertow,
            Text("Give the handshake its set of subprotocols.", zh: "给握手对象传入子协议集合。"),
            snippet: """
                new WebSocketProtocolHandshakeHandler(List.of(new Hybi13Handshake(Set.of("realtime"), false)), callback)
                """
        ),
        Fix(
            .javaWebSocket,
            Text(
                "Start the server with a draft that knows the subprotocol.",
                zh: "用声明了该子协议的 Draft 启动服务器。"
            ),
            snippet: #"new Draft_6455(List.of(), List.of(new Protocol("realtime")))"#
        ),
        Fix(
            .nodeWS,
            Text(
                """
                Select it in handleProtocols; without the option, ws takes the first offered entry, which may be the \
                key.
                """,
                zh: "在 handleProtocols 中选择；不设置该选项时 ws 取客户端提供的第一项，那可能正是密钥。"
            ),
            snippet: """
                new WebSocketServer({ port: 8000, handleProtocols: (set) => set.has('realtime') ? 'realtime' : false });
                """
        ),
        Fix(
            .pythonWebSockets,
            Text(
                """
                Pass subprotocols=, which makes one of them mandatory; to take clients without any as well, use \
                select_subprotocol=.
                """,
                zh: """
                    传入 subprotocols=，此时客户端必须提供其中之一；若还要接受不带子协议的客户端，改用 \
                    select_subprotocol=。
                    """
            ),
            snippet: #"serve(handler, host, port, subprotocols=["realtime"])"#
        ),
        Fix(
            .aiohttp,
            Text("List it where the response is prepared.", zh: "在创建响应时列出。"),
            snippet: #"ws = web.WebSocketResponse(protocols=("realtime",))"#
        ),
        Fix(
            .uvicorn,
            Text(
                "In Starlette and FastAPI the application selects it when it accepts.",
                zh: "在 Starlette 与 FastAPI 中，由应用在 accept 时选择。"
            ),
            snippet: #"await websocket.accept(subprotocol="realtime")"#
        ),
        Fix(
            .djangoChannels,
            Text("Select it when the consumer accepts.", zh: "在 consumer 接受连接时选择。"),
            snippet: #"await self.accept(subprotocol="realtime")"#
        ),
        Fix(
            .tornado,
            Text("Override select_subprotocol.", zh: "重写 select_subprotocol。"),
            snippet: """
                def select_subprotocol(self, subprotocols):
                    return "realtime" if "realtime" in subprotocols else None
                """
        ),
        Fix(
            .werkzeug,
            Text(
                "With flask-sock, pass the list on to its server.",
                zh: "使用 flask-sock 时，把列表传给它的服务器。"
            ),
            snippet: #"app.config["SOCK_SERVER_OPTIONS"] = {"subprotocols": ["realtime"]}"#
        ),
        Fix(
            .gorilla,
            Text("Set Subprotocols in the Upgrader.", zh: "在 Upgrader 中设置 Subprotocols。"),
            snippet: #"var upgrader = websocket.Upgrader{Subprotocols: []string{"realtime"}}"#
        ),
        Fix(
            .coderWebSocket,
            Text("Set Subprotocols in the AcceptOptions.", zh: "在 AcceptOptions 中设置 Subprotocols。"),
            snippet: #"websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"realtime"}})"#
        ),
        Fix(
            .tungstenite,
            Text(
                "Add the header in the callback of accept_hdr; tungstenite selects nothing by itself.",
                zh: "在 accept_hdr 的回调中加入该头；tungstenite 自己不会选择。"
            ),
            snippet: """
                response.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("realtime"));
                """
        ),
        Fix(
            .axum,
            Text("Name it before on_upgrade.", zh: "在 on_upgrade 之前写明。"),
            snippet: #"ws.protocols(["realtime"]).on_upgrade(handle)"#
        ),
        Fix(
            .actix,
            Text("Name it when the response is built.", zh: "在构造响应时写明。"),
            snippet: #"ws::WsResponseBuilder::new(actor, &req, stream).protocols(&["realtime"]).start()"#
        ),
        Fix(
            .warp,
            Text(
                "warp does not negotiate: add the header to the reply when the client offered the name.",
                zh: "warp 不做协商：客户端提供了该名称时，自行在回复中加入该头。"
            ),
            snippet: #"warp::reply::with_header(ws.on_upgrade(handle), "sec-websocket-protocol", "realtime")"#
        ),
        Fix(
            .aspNetCore,
            Text("Pass it when accepting.", zh: "在接受连接时传入。"),
            snippet: """
                await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { SubProtocol = "realtime" });
                """
        ),
        Fix(
            .swiftNIO,
            Text("Return it among the headers of shouldUpgrade.", zh: "在 shouldUpgrade 返回的头中给出。"),
            snippet: #"channel.eventLoop.makeSucceededFuture(["Sec-WebSocket-Protocol": "realtime"])"#
        ),
        Fix(
            .vapor,
            Text("Return it among the headers of shouldUpgrade.", zh: "在 shouldUpgrade 返回的头中给出。"),
            snippet: """
                app.webSocket("v1", "realtime", shouldUpgrade: { request in
                    request.eventLoop.makeSucceededFuture(["Sec-WebSocket-Protocol": "realtime"])
                }, onUpgrade: handle)
                """
        ),
        Fix(
            .hummingbird,
            Text("Return it with the decision to upgrade.", zh: "在同意升级时一并返回。"),
            snippet: #"return .upgrade([.secWebSocketProtocol: "realtime"])"#
        ),
        Fix(
            .uWebSockets,
            Text("Pass it as the third argument of res.upgrade.", zh: "作为 res.upgrade 的第三个参数传入。"),
            snippet: "res.upgrade(userData, key, 'realtime', extensions, context);"
        ),
        Fix(
            .libwebsockets,
            Text("Name it in the array of protocols of the context.", zh: "在上下文的协议数组中写明。"),
            snippet: """
                static const struct lws_protocols protocols[] = { { "realtime", callback, 0, 65536 }, LWS_PROTOCOL_LIST_TERM };
                """
        ),
        Fix(
            .boost,
            Text("Set the field in a decorator before accept.", zh: "在 accept 之前用 decorator 设置该字段。"),
            snippet: """
                ws.set_option(websocket::stream_base::decorator([](websocket::response_type& response) {
                    response.set(http::field::sec_websocket_protocol, "realtime");
                }));
                """
        ),
        Fix(
            .ratchet,
            Text("Let the component implement WsServerInterface.", zh: "让组件实现 WsServerInterface。"),
            snippet: "public function getSubProtocols() { return ['realtime']; }"
        ),
        Fix(
            .swoole,
            Text("Set the option of the server.", zh: "设置服务器选项。"),
            snippet: "$server->set(['websocket_subprotocol' => 'realtime']);"
        ),
        Fix(
            .phoenix,
            Text("List it at the socket of the endpoint.", zh: "在 endpoint 的 socket 上列出。"),
            snippet: #"socket "/v1/realtime", MyApp.RealtimeSocket, websocket: [subprotocols: ["realtime"]]"#
        ),
        Fix(
            .cowboy,
            Text("Set the response header in init/2.", zh: "在 init/2 中设置响应头。"),
            snippet: #"Req1 = cowboy_req:set_resp_header(<<"sec-websocket-protocol">>, <<"realtime">>, Req)"#
        ),
        Fix(
            .puma,
            Text(
                "With faye-websocket, pass the list to the constructor; Action Cable speaks actioncable-v1-json only.",
                zh: "使用 faye-websocket 时把列表传给构造函数；Action Cable 只支持 actioncable-v1-json。"
            ),
            snippet: #"Faye::WebSocket.new(env, ["realtime"])"#
        ),
        Fix(
            .mosquitto,
            Text(
                "Mosquitto selects `mqtt` only: let the client offer that name.",
                zh: "Mosquitto 只选择 `mqtt`：让客户端提供这个名称。"
            ),
            snippet: "mqtt.connect('ws://broker:9001', { wsOptions: { protocol: 'mqtt' } })"
        ),
    ]
}
