// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What the server software lacks or limits.

extension Catalogue {
    static let srvNoWsLibrary = Cause(
        "srv-no-ws-library",
        .serverConfiguration,
        title: Text("The Python server has no WebSocket library", zh: "Python 服务器没有安装 WebSocket 库"),
        symptoms: [
            #"Unexpected response code: 404, body {"detail":"Not Found"}"#,
            "Unsupported upgrade request. (in the server's log)",
        ],
        explanation: Text(
            """
            uvicorn speaks WebSocket only when the package websockets or wsproto is installed. Without it the upgrade \
            is treated as a plain GET, the router finds no HTTP route of that path, and the answer is 404 \
            `{"detail":"Not Found"}`, although the WebSocket route exists; with a library an unknown path would get \
            403.
            """,
            zh: """
                uvicorn 只有安装了 websockets 或 wsproto 才支持 WebSocket。否则升级请求被当成普通 GET，路由器找不到该\
                路径的 HTTP 路由，于是回答 404 `{"detail":"Not Found"}`，尽管 WebSocket 路由存在；若装有库，未知路径\
                得到的会是 403。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Install the WebSocket library into the environment the server runs in, and restart it.",
                    zh: "在服务器运行的环境中安装 WebSocket 库，然后重启。"
                ),
                snippet: #"pip install "uvicorn[standard]""#
            ),
            Fix(
                .uvicorn,
                Text("Install it, and check that --ws is not `none`.", zh: "安装它，并确认 --ws 不是 `none`。"),
                snippet: """
                    pip install "uvicorn[standard]"
                    uvicorn app:app --ws auto
                    """
            ),
            Fix(
                .gunicorn,
                Text("The uvicorn worker needs the same package.", zh: "uvicorn worker 需要同样的包。"),
                snippet: #"pip install "uvicorn[standard]" gunicorn"#
            ),
            Fix(
                .daphne,
                Text(
                    "Put \"daphne\" first in INSTALLED_APPS, so that runserver speaks ASGI.",
                    zh: "把 \"daphne\" 放在 INSTALLED_APPS 首位，使 runserver 支持 ASGI。"
                ),
                snippet: #"INSTALLED_APPS = ["daphne", ...]"#
            ),
            Fix(
                .djangoChannels,
                Text(
                    "Run an ASGI server; Django's own runserver and WSGI servers do not know WebSockets.",
                    zh: "运行 ASGI 服务器；Django 自带的 runserver 与 WSGI 服务器不支持 WebSocket。"
                ),
                snippet: "daphne project.asgi:application"
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            The server's log says "Unsupported upgrade request" and "No supported WebSocket library detected". \
            Without a proxy in between (`--direct URL`) nothing else gives this 404.
            """,
            zh: """
                服务器日志会有 "Unsupported upgrade request" 和 "No supported WebSocket library detected"。中间没有代\
                理时（`--direct URL`），没有其他原因会给出这个 404。
                """
        ),
        sources: [
            "fastapi/fastapi#2209",
            "Kludex/uvicorn#797",
            "Kludex/uvicorn#1022",
            "Kludex/uvicorn#1967",
        ]
    )

    static let srvWorkerType = Cause(
        "srv-worker-type",
        .serverConfiguration,
        title: Text(
            "The application server's worker cannot do WebSockets",
            zh: "应用服务器的 worker 类型不支持 WebSocket"
        ),
        symptoms: [
            "Unexpected response code: 400 (404, 500)",
            "WORKER TIMEOUT (in the server's log)",
        ],
        explanation: Text(
            """
            WSGI servers serve requests one by one and have no notion of an upgrade: gunicorn's sync and gthread \
            workers, mod_wsgi, uWSGI in HTTP mode. The route exists and answers 400, 404 or 500, or the worker is \
            killed after its timeout.
            """,
            zh: """
                WSGI 服务器逐个处理请求，没有升级的概念：gunicorn 的 sync 与 gthread worker、mod_wsgi、HTTP 模式的 \
                uWSGI 都是如此。路由存在却回答 400、404 或 500，或者 worker 超时被杀。
                """
        ),
        fixes: [
            Fix(
                Text(
                    "Serve the WebSocket with an ASGI server or with a worker made for it.",
                    zh: "用 ASGI 服务器或专门的 worker 提供 WebSocket。"
                )
            ),
            Fix(
                .gunicorn,
                Text(
                    "Choose the worker class; for socket.io with eventlet or gevent use one worker.",
                    zh: "选择 worker 类；使用 eventlet 或 gevent 的 socket.io 只能用一个 worker。"
                ),
                snippet: "gunicorn -k uvicorn.workers.UvicornWorker app:app"
            ),
            Fix(
                .werkzeug,
                Text(
                    "Run flask-sock under threaded gunicorn with --threads, or use an ASGI framework.",
                    zh: "用带 --threads 的 gunicorn 运行 flask-sock，或改用 ASGI 框架。"
                ),
                snippet: "gunicorn -b :8000 --threads 100 app:app"
            ),
            Fix(
                .djangoChannels,
                Text(
                    "Run daphne or uvicorn with asgi.py instead of wsgi.py.",
                    zh: "用 daphne 或 uvicorn 运行 asgi.py，而不是 wsgi.py。"
                ),
                snippet: "uvicorn project.asgi:application"
            ),
            Fix(
                .apache,
                Text(
                    "mod_wsgi cannot: proxy the path to an ASGI server.",
                    zh: "mod_wsgi 不支持：把该路径代理到 ASGI 服务器。"
                ),
                snippet: #"ProxyPass "/v1/realtime" "http://127.0.0.1:8000/v1/realtime" upgrade=websocket"#
            ),
            Fix(
                .puma,
                Text(
                    "Rack must allow full hijack: Puma does, Unicorn and WEBrick do not.",
                    zh: "Rack 须支持 full hijack：Puma 支持，Unicorn 与 WEBrick 不支持。"
                )
            ),
        ],
        proof: .log,
        whatWouldDecide: Text(
            """
            The first lines of the server's log name the worker ("Using worker: sync"), as does the -k or \
            worker_class setting.
            """,
            zh: "服务器日志开头会写明 worker（\"Using worker: sync\"），-k 或 worker_class 设置也可看出。"
        ),
        sources: [
            "https://www.uvicorn.org/deployment/",
            "RFC 6455 §4.2.2",
        ]
    )

    static let srvMessageTooBig = Cause(
        "srv-message-too-big",
        .serverConfiguration,
        title: Text("Messages above the server's limit end the connection", zh: "消息超过服务器上限导致断开"),
        symptoms: [
            "close 1009",
            "Max frame length of 65536 has been exceeded.",
            "The decoded text message was too big for the output buffer",
        ],
        explanation: Text(
            """
            Small messages work; one above the server's limit ends the connection, usually with Close 1009, in some \
            software with 1000, 1002 or without a word. Audio sent in large pieces is the usual one: base64 makes it \
            a third larger than the sound itself.
            """,
            zh: """
                小消息正常；超过服务器上限的消息会使连接断开，通常是 Close 1009，有些软件则是 1000、1002 或不作声。常\
                见的是大块发送的音频：base64 会使其比原始数据大三分之一。
                """
        ),
        fixes: Remedies.raiseMessageSize,
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--send-bytes N`: the doctor looks for the size at which it breaks. A limit of a round number (8192, \
            16384, 32768, 65536, 1 MiB) names the software's default.
            """,
            zh: """
                使用 `--send-bytes N`：doctor 会找出在多大时断开。整数上限（8192、16384、32768、65536、1 MiB）往往就\
                是该软件的默认值。
                """
        ),
        sources: [
            "RFC 6455 §7.4.1, §10.4",
            "vapor/vapor#2194",
            "spring-projects/spring-boot#47944",
            "netty/netty#8295",
            "python-websockets/websockets#1247",
        ]
    )
}
