// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Binding to the address the clients use, per software.

extension Remedies {
    /// Bind the server to the address the clients use.
    static let listenElsewhere: [Fix] = [
        Fix(
            Text(
                """
                Start the server and bind it to the address and port that the clients use: 127.0.0.1 serves this \
                machine only, 0.0.0.0 every IPv4 address, :: usually both families. In a container bind to 0.0.0.0 \
                and publish the port.
                """,
                zh: """
                    启动服务器，并绑定到客户端使用的地址和端口：127.0.0.1 只服务本机，0.0.0.0 服务所有 IPv4 地址，:: \
                    通常同时服务两种地址族。容器内应绑定 0.0.0.0 并发布端口。
                    """
            )
        ),
        Fix(
            .nodeWS,
            Text(
                "Node binds to :: when no host is given, and `localhost` may become ::1 only.",
                zh: "Node 不指定主机时绑定 ::，而 `localhost` 可能只绑定 ::1。"
            ),
            snippet: "new WebSocketServer({ host: '0.0.0.0', port: 8000 });"
        ),
        Fix(
            .nodeHTTP,
            Text("Give listen() a host.", zh: "给 listen() 指定主机。"),
            snippet: "server.listen(8000, '0.0.0.0');"
        ),
        Fix(
            .vite,
            Text(
                "Vite binds to localhost only, on many systems ::1 alone.",
                zh: "Vite 只绑定 localhost，在许多系统上只是 ::1。"
            ),
            snippet: "server: { host: '127.0.0.1', port: 5173 }"
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "\"localhost\" binds what the name resolves to; None binds both families.",
                zh: "\"localhost\" 绑定该名称解析到的地址；None 绑定两种地址族。"
            ),
            snippet: "serve(handler, None, 8000)"
        ),
        Fix(
            .uvicorn,
            Text("uvicorn binds to 127.0.0.1 by default.", zh: "uvicorn 默认绑定 127.0.0.1。"),
            snippet: "uvicorn app:app --host 0.0.0.0 --port 8000"
        ),
        Fix(
            .gunicorn,
            Text("Give --bind.", zh: "设置 --bind。"),
            snippet: "gunicorn -k uvicorn.workers.UvicornWorker --bind 0.0.0.0:8000 app:app"
        ),
        Fix(
            .daphne,
            Text("Daphne binds to 127.0.0.1 by default.", zh: "Daphne 默认绑定 127.0.0.1。"),
            snippet: "daphne -b 0.0.0.0 -p 8000 project.asgi:application"
        ),
        Fix(
            .aiohttp,
            Text("Give run_app a host.", zh: "给 run_app 指定主机。"),
            snippet: #"web.run_app(app, host="0.0.0.0", port=8000)"#
        ),
        Fix(
            .goHTTP,
            Text(
                "\":8000\" binds every address, \"localhost:8000\" one.",
                zh: "\":8000\" 绑定所有地址，\"localhost:8000\" 只绑定一个。"
            ),
            snippet: #"http.ListenAndServe(":8000", nil)"#
        ),
        Fix(
            .spring,
            Text("Look at server.address and server.port.", zh: "检查 server.address 与 server.port。"),
            snippet: "server.address=0.0.0.0"
        ),
        Fix(
            .aspNetCore,
            Text(
                "Give --urls or ASPNETCORE_URLS; localhost binds loopback only.",
                zh: "设置 --urls 或 ASPNETCORE_URLS；localhost 只绑定回环地址。"
            ),
            snippet: "dotnet run --urls http://0.0.0.0:8000"
        ),
        Fix(
            .nginx,
            Text("Add a listen line for each family.", zh: "为每种地址族添加 listen。"),
            snippet: """
                listen 80;
                listen [::]:80;
                """
        ),
        Fix(
            .axum,
            Text("Bind the listener to the address.", zh: "把监听器绑定到该地址。"),
            snippet: #"TcpListener::bind("0.0.0.0:8000").await?"#
        ),
        Fix(
            .vapor,
            Text("Give --hostname and --port.", zh: "设置 --hostname 与 --port。"),
            snippet: "swift run App serve --hostname 0.0.0.0 --port 8000"
        ),
        Fix(
            .hummingbird,
            Text("Set the address of the configuration.", zh: "设置配置中的地址。"),
            snippet: #"configuration: .init(address: .hostname("0.0.0.0", port: 8000))"#
        ),
        Fix(
            .parley,
            Text(
                "Without keys Parley serves loopback only; give it keys to bind elsewhere.",
                zh: "没有密钥时 Parley 只服务回环地址；要绑定其他地址请配置密钥。"
            ),
            snippet: "parley serve --host 0.0.0.0 --port 8080 --keys keys.txt"
        ),
    ]
}
