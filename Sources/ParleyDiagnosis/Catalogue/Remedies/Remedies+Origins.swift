// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Allowing a page's origin, per software.

extension Remedies {
    /// Let pages of an origin connect.
    static let allowOrigin: [Fix] = [
        Fix(
            Text(
                """
                Add the page's origin to the list of allowed origins of the WebSocket server: scheme, host and port \
                exactly as the browser sends them in Origin, without a path or final slash. Name the pages you serve \
                rather than every origin, above all where cookies log users in.
                """,
                zh: """
                    把页面的源加入 WebSocket 服务器的允许列表：协议、主机和端口须与浏览器在 Origin 中发送的完全一致，\
                    不带路径和末尾斜杠。应列出自己的页面，而不是放行所有来源，用 cookie 登录时尤其如此。
                    """
            )
        ),
        Fix(
            .gorilla,
            Text(
                "Set CheckOrigin; by default Upgrader takes only an Origin whose host equals Host.",
                zh: "设置 CheckOrigin；Upgrader 默认只接受主机与 Host 相同的 Origin。"
            ),
            snippet: """
                var upgrader = websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
                    return r.Header.Get("Origin") == "https://console.example"
                }}
                """
        ),
        Fix(
            .coderWebSocket,
            Text("List the hosts in OriginPatterns.", zh: "在 OriginPatterns 中列出主机。"),
            snippet: """
                websocket.Accept(w, r, &websocket.AcceptOptions{OriginPatterns: []string{"console.example"}})
                """
        ),
        Fix(
            .goHTTP,
            Text(
                """
                With golang.org/x/net/websocket, replace the check of websocket.Handler by a Server whose Handshake \
                allows the origin.
                """,
                zh: "使用 golang.org/x/net/websocket 时，用自带 Handshake 检查的 Server 取代 websocket.Handler。"
            ),
            snippet: "websocket.Server{Handler: handle, Handshake: checkOrigin}"
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "Add it to origins=; None in the list allows a missing Origin.",
                zh: "加入 origins=；列表中的 None 表示允许没有 Origin。"
            ),
            snippet: #"serve(handler, host, port, origins=["https://console.example", None])"#
        ),
        Fix(
            .nodeWS,
            Text(
                """
                Extend the check in verifyClient or in the upgrade handler, and let it answer 403 rather than the \
                default 401.
                """,
                zh: "扩展 verifyClient 或 upgrade 处理器中的检查，并让它回答 403 而不是默认的 401。"
            ),
            snippet: """
                verifyClient: ({ origin }, done) => done(!origin || allowed.has(origin), 403, 'origin not allowed')
                """
        ),
        Fix(
            .socketIO,
            Text("List it under cors.", zh: "在 cors 中列出。"),
            snippet: "new Server(httpServer, { cors: { origin: ['https://console.example'] } });"
        ),
        Fix(
            .aiohttp,
            Text(
                "aiohttp checks no origin itself: look for the check in a middleware or in the handler.",
                zh: "aiohttp 本身不检查来源：请在中间件或处理函数中查找这项检查。"
            ),
            snippet: """
                if request.headers.get("Origin") not in (None, "https://console.example"): raise web.HTTPForbidden()
                """
        ),
        Fix(
            .uvicorn,
            Text(
                """
                Starlette and FastAPI check no origin, and CORSMiddleware does not apply to WebSockets: look for the \
                check in a middleware, a dependency or the endpoint.
                """,
                zh: """
                    Starlette 与 FastAPI 不检查来源，CORSMiddleware 也不作用于 WebSocket：请在中间件、依赖或端点代码\
                    中查找这项检查。
                    """
            ),
            snippet: #"if websocket.headers.get("origin") not in ALLOWED: await websocket.close(1008)"#
        ),
        Fix(
            .tornado,
            Text(
                "Override check_origin; the default compares Origin with Host.",
                zh: "重写 check_origin；默认实现比较 Origin 与 Host。"
            ),
            snippet: """
                def check_origin(self, origin):
                    return origin in {"https://console.example"}
                """
        ),
        Fix(
            .djangoChannels,
            Text(
                """
                Put the page's host into ALLOWED_HOSTS for AllowedHostsOriginValidator, or list the origins in \
                OriginValidator.
                """,
                zh: """
                    使用 AllowedHostsOriginValidator 时把页面主机加入 ALLOWED_HOSTS，或在 OriginValidator 中列出来\
                    源。
                    """
            ),
            snippet: #""websocket": OriginValidator(app, ["https://console.example"])"#
        ),
        Fix(
            .daphne,
            Text(
                """
                Daphne passes on what the application's OriginValidator or ALLOWED_HOSTS decides; its bare 403 \
                carries no reason.
                """,
                zh: "Daphne 只是转达应用中 OriginValidator 或 ALLOWED_HOSTS 的决定；它的 403 不带原因。"
            ),
            snippet: #"ALLOWED_HOSTS = ["console.example", "localhost"]"#
        ),
        Fix(
            .spring,
            Text(
                "Set the allowed patterns of the handler; without them only the same origin may connect.",
                zh: "为处理器设置允许的模式；不设置时只允许同源。"
            ),
            snippet: """
                registry.addHandler(handler, "/v1/realtime").setAllowedOriginPatterns("https://console.example");
                """
        ),
        Fix(
            .tomcat,
            Text(
                "Override checkOrigin in the endpoint's ServerEndpointConfig.Configurator.",
                zh: "在端点的 ServerEndpointConfig.Configurator 中重写 checkOrigin。"
            ),
            snippet: "public boolean checkOrigin(String origin) { return allowed.contains(origin); }"
        ),
        Fix(
            .jetty,
            Text("Change the check where the endpoint is created.", zh: "修改创建端点的回调中的检查。"),
            snippet: """
                if (!allowed.contains(request.getHeaders().get("Origin"))) { Response.writeError(request, response, callback, 403); return null; }
                """
        ),
        Fix(
            .undertow,
            Text(
                """
                Undertow checks no origin itself: look for a handler before the WebSocket handler, or the endpoint's \
                Configurator.checkOrigin.
                """,
                zh: """
                    Undertow 本身不检查来源：请查看 WebSocket 处理器之前的处理器，或端点的 Configurator.checkOrigin。
                    """
            )
        ),
        Fix(
            .netty,
            Text(
                """
                Netty checks no origin itself: extend the CorsHandler or your own handler that stands before the \
                WebSocket handler.
                """,
                zh: "Netty 本身不检查来源：请修改 WebSocket 处理器之前的 CorsHandler 或自定义处理器。"
            ),
            snippet: #"CorsConfigBuilder.forOrigins("https://console.example").allowCredentials().build()"#
        ),
        Fix(
            .aspNetCore,
            Text(
                "Add it to AllowedOrigins; an empty list allows all.",
                zh: "加入 AllowedOrigins；列表为空表示全部允许。"
            ),
            snippet: """
                var options = new WebSocketOptions();
                options.AllowedOrigins.Add("https://console.example");
                app.UseWebSockets(options);
                """
        ),
        Fix(
            .phoenix,
            Text(
                "List it in check_origin of the endpoint or the socket.",
                zh: "在 endpoint 或 socket 的 check_origin 中列出。"
            ),
            snippet: #"config :my_app, MyAppWeb.Endpoint, check_origin: ["https://console.example"]"#
        ),
        Fix(
            .puma,
            Text(
                "For Action Cable, list it in allowed_request_origins.",
                zh: "使用 Action Cable 时，在 allowed_request_origins 中列出。"
            ),
            snippet: #"config.action_cable.allowed_request_origins = ["https://console.example"]"#
        ),
        Fix(
            .ratchet,
            Text("Give the route its origins, or extend OriginCheck.", zh: "为路由指定来源，或扩展 OriginCheck。"),
            snippet: "$app->route('/v1/realtime', new Realtime, ['console.example']);"
        ),
        Fix(
            .swoole,
            Text(
                "Look for the check in the handshake or open callback.",
                zh: "在 handshake 或 open 回调中查找这项检查。"
            )
        ),
        Fix(
            .axum,
            Text(
                "axum checks no origin itself: look for the check in a layer or in the handler that calls on_upgrade.",
                zh: "axum 本身不检查来源：请在 layer 或调用 on_upgrade 的处理函数中查找这项检查。"
            ),
            snippet: """
                if headers.get(ORIGIN).is_some_and(|o| o != "https://console.example") { return StatusCode::FORBIDDEN.into_response(); }
                """
        ),
        Fix(
            .tungstenite,
            Text("Change the check in the callback of accept_hdr.", zh: "修改 accept_hdr 回调中的检查。")
        ),
        Fix(
            .actix,
            Text(
                """
                Extend the check in the handler or in the guard before ws::start; actix-cors lists origins in \
                allowed_origin.
                """,
                zh: "扩展 ws::start 之前的处理函数或 guard 中的检查；actix-cors 用 allowed_origin 列出来源。"
            ),
            snippet: #"Cors::default().allowed_origin("https://console.example")"#
        ),
        Fix(
            .warp,
            Text("Extend warp::cors() or the filter before ws().", zh: "扩展 warp::cors() 或 ws() 之前的过滤器。"),
            snippet: #"warp::cors().allow_origin("https://console.example")"#
        ),
        Fix(
            .cowboy,
            Text("Change the check in init/2 of the handler.", zh: "修改处理器 init/2 中的检查。")
        ),
        Fix(
            .uWebSockets,
            Text("Change the check in the upgrade handler.", zh: "修改 upgrade 处理器中的检查。"),
            snippet: "if (!allowed.has(req.getHeader('origin'))) return res.writeStatus('403').end();"
        ),
        Fix(
            .swiftNIO,
            Text("Change the check in shouldUpgrade.", zh: "修改 shouldUpgrade 中的检查。")
        ),
        Fix(
            .vapor,
            Text("Change the check in shouldUpgrade.", zh: "修改 shouldUpgrade 中的检查。")
        ),
        Fix(
            .hummingbird,
            Text(
                "Change the check in shouldUpgrade, which answers .dontUpgrade for other origins.",
                zh: "修改 shouldUpgrade 中的检查，它对其他来源返回 .dontUpgrade。"
            )
        ),
        Fix(
            .libwebsockets,
            Text(
                "Change the check in LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION.",
                zh: "修改 LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION 中的检查。"
            )
        ),
        Fix(
            .nginx,
            Text(
                "Look for a map or an if on $http_origin that answers 403, and add the page's origin.",
                zh: "查找针对 $http_origin 返回 403 的 map 或 if，并加入页面的源。"
            ),
            snippet: #"map $http_origin $origin_allowed { default 0; "" 1; "https://console.example" 1; }"#
        ),
        Fix(
            .parley,
            Text("Start the server with the origin in its list.", zh: "启动服务器时列出该来源。"),
            snippet: "parley serve --allow-origin https://console.example"
        ),
    ]
}
