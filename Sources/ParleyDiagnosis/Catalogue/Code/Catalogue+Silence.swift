// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Connections on which nothing or no Pong comes.

extension Catalogue {
    static let codeSilence = Cause(
        "code-silence",
        .code,
        title: Text("The connection opens and then nothing comes", zh: "连接打开后没有任何消息"),
        symptoms: [
            "opens, and session.created never comes"
        ],
        explanation: Text(
            """
            The handshake works and the first event (session.created of a Realtime server) never arrives. If Pings \
            are unanswered too, the process is blocked; if they are answered, the session code waits: for a model \
            that loads, for a first message, or for an upstream that is silent itself.
            """,
            zh: """
                握手成功，但首个事件（Realtime 服务器的 session.created）始终没有到达。若 Ping 也无应答，说明进程被阻\
                塞；若有应答，则会话代码在等待：等模型加载、等首条消息，或等同样沉默的上游。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Send session.created right after accept, and keep blocking work off the event loop (threads, a \
                    worker pool). Check the upstream's address and key when the server relays.
                    """,
                    zh: """
                        accept 之后立即发送 session.created，并把阻塞工作移出事件循环（线程、工作池）。若服务器做转\
                        发，检查上游的地址和密钥。
                        """
                )
            ),
            Fix(
                .pythonWebSockets,
                Text("No blocking call in the handler.", zh: "处理函数中不要有阻塞调用。"),
                snippet: "result = await asyncio.to_thread(load_model)"
            ),
            Fix(
                .uvicorn,
                Text("No blocking call in an async endpoint.", zh: "异步端点中不要有阻塞调用。"),
                snippet: "await run_in_threadpool(load_model)"
            ),
            Fix(
                .aiohttp,
                Text("No blocking call in the handler.", zh: "处理函数中不要有阻塞调用。"),
                snippet: "await asyncio.get_running_loop().run_in_executor(None, load_model)"
            ),
            Fix(
                .tornado,
                Text("Use run_in_executor.", zh: "使用 run_in_executor。")
            ),
            Fix(
                .djangoChannels,
                Text(
                    "Wrap blocking code in database_sync_to_async or sync_to_async.",
                    zh: "用 database_sync_to_async 或 sync_to_async 包装阻塞代码。"
                )
            ),
            Fix(
                .nodeWS,
                Text(
                    """
                    No synchronous work in handlers; register message listeners before the first await, or early \
                    messages are lost.
                    """,
                    zh: "处理器中不要做同步的重活；在第一个 await 之前注册 message 监听器，否则早到的消息会丢失。"
                )
            ),
            Fix(
                .netty,
                Text(
                    "No blocking call on the event loop: give the handler an EventExecutorGroup.",
                    zh: "不要在事件循环上做阻塞调用：给处理器指定 EventExecutorGroup。"
                )
            ),
            Fix(
                .spring,
                Text(
                    "Send the first event in afterConnectionEstablished.",
                    zh: "在 afterConnectionEstablished 中发送首个事件。"
                )
            ),
            Fix(
                .swiftNIO,
                Text(
                    "Do not wait() on the event loop; add the handler before the first bytes are read.",
                    zh: "不要在事件循环上 wait()；在读取首批字节之前加入处理器。"
                )
            ),
            Fix(
                .gorilla,
                Text(
                    "Keep reading: without a read loop Pings and Closes are not handled.",
                    zh: "持续读取：没有读循环就不会处理 Ping 和 Close。"
                )
            ),
            Fix(
                .aspNetCore,
                Text(
                    "Keep reading with ReceiveAsync, and keep the request alive until the socket closes.",
                    zh: "持续调用 ReceiveAsync，并在套接字关闭前不要结束请求。"
                )
            ),
            Fix(
                .axum,
                Text("Use spawn_blocking for slow work.", zh: "耗时工作使用 spawn_blocking。")
            ),
            Fix(
                .openAI,
                Text(
                    "Check the model and intent of the query; a transcription session sends its own first event.",
                    zh: "检查查询中的 model 与 intent；转写会话会发送自己的首个事件。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            Whether a Ping is answered: yes means that the session code waits, no that the process is blocked or a \
            box in between buffers; `--direct URL` excludes the box. The server's log shows how far the session came.
            """,
            zh: """
                看 Ping 是否得到应答：有则会话代码在等待，无则进程被阻塞或中间设备在缓冲；`--direct URL` 可排除中间设\
                备。服务器日志会显示会话进行到哪一步。
                """
        ),
        sources: [
            "RFC 6455 §5.5.2",
            "https://platform.openai.com/docs/api-reference/realtime-server-events/session/created",
        ]
    )

    static let codeNoPong = Cause(
        "code-no-pong",
        .code,
        title: Text("The server does not answer Pings", zh: "服务器不应答 Ping"),
        symptoms: [
            "sent 1011 (internal error) keepalive ping timeout; no close frame received"
        ],
        explanation: Text(
            """
            A Ping must be answered with a Pong. Python clients ping every 20 s and end the connection after another \
            20 s (keepalive ping timeout), browsers never ping and notice nothing. The server blocks its event loop, \
            does not read while it writes, or ignores control frames.
            """,
            zh: """
                Ping 必须以 Pong 回应。Python 客户端每 20 秒 ping 一次，再过 20 秒无应答就断开（keepalive ping \
                timeout），浏览器从不 ping，因此毫无察觉。服务器阻塞了事件循环、写的时候不读，或忽略控制帧。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Read from the connection all the time, in a task of its own, and keep slow work off the event \
                    loop; answer each Ping with a Pong of the same payload.
                    """,
                    zh: "用单独的任务持续读取连接，把耗时工作移出事件循环；对每个 Ping 以相同载荷的 Pong 回应。"
                )
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "Do not block the event loop; a larger ping_timeout on the client only hides it.",
                    zh: "不要阻塞事件循环；在客户端调大 ping_timeout 只是掩盖问题。"
                )
            ),
            Fix(
                .uvicorn,
                Text("Do not block the event loop in async endpoints.", zh: "不要在异步端点中阻塞事件循环。")
            ),
            Fix(
                .gorilla,
                Text(
                    "A read loop must run; SetPingHandler must write a pong.",
                    zh: "必须有读循环；SetPingHandler 必须写出 pong。"
                ),
                snippet: """
                    go func() { for { if _, _, err := conn.NextReader(); err != nil { conn.Close(); return } } }()
                    """
            ),
            Fix(
                .coderWebSocket,
                Text("A Read or CloseRead must be under way.", zh: "必须有正在进行的 Read 或 CloseRead。"),
                snippet: "ctx = conn.CloseRead(ctx)"
            ),
            Fix(
                .netty,
                Text(
                    "WebSocketServerProtocolHandler answers unless dropPongFrames or your own handler takes the ping.",
                    zh: "除非自定义处理器拦下 ping，WebSocketServerProtocolHandler 会应答。"
                )
            ),
            Fix(
                .swiftNIO,
                Text("Answer .ping in the handler; NIO does not.", zh: "在处理器中应答 .ping；NIO 不会自动应答。"),
                snippet: "WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData)"
            ),
            Fix(
                .tungstenite,
                Text("Keep reading: pongs are written while reading.", zh: "持续读取：pong 在读取时写出。")
            ),
            Fix(
                .libwebsockets,
                Text("Keep lws_service running.", zh: "保持 lws_service 运行。")
            ),
            Fix(
                .boost,
                Text("Keep an async_read pending.", zh: "保持有未完成的 async_read。")
            ),
            Fix(
                .aspNetCore,
                Text("Keep a ReceiveAsync pending.", zh: "保持有未完成的 ReceiveAsync。")
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §5.5.2, §5.5.3",
            "https://websockets.readthedocs.io/en/stable/topics/keepalive.html",
        ]
    )

    static let codeClientNoPong = Cause(
        "code-client-no-pong",
        .code,
        title: Text("The client does not answer Pings", zh: "客户端不应答 Ping"),
        symptoms: [
            "received 1011 (internal error) keepalive ping timeout"
        ],
        explanation: Text(
            """
            The server pings to find dead connections and closes with 1011 "keepalive ping timeout", or ends TCP, \
            when no Pong comes. The client does not read (its task is busy or blocked), is suspended (a browser tab \
            in the background, a phone asleep), or its library leaves Pongs to the application.
            """,
            zh: """
                服务器通过 ping 发现失效的连接，收不到 Pong 就以 1011 "keepalive ping timeout" 关闭或直接断开 TCP。原\
                因是客户端没有读取（任务忙或被阻塞）、被挂起（后台标签页、休眠的手机），或其库把 Pong 留给应用处理。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Read all the time in the client and do slow work elsewhere; play and record audio off the \
                    socket's loop. On the server allow more time.
                    """,
                    zh: "客户端持续读取，耗时工作放到别处；播放和录音不要占用套接字的循环。服务器端放宽时间。"
                )
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "Do not block the event loop of the client; allow more on the server.",
                    zh: "不要阻塞客户端的事件循环；服务器端放宽时间。"
                ),
                snippet: "serve(handler, host, port, ping_interval=20, ping_timeout=60)"
            ),
            Fix(
                .uvicorn,
                Text("Allow more time.", zh: "放宽时间。"),
                snippet: "uvicorn app:app --ws-ping-timeout 60"
            ),
            Fix(
                .nodeWS,
                Text("Count two missed pongs before terminate().", zh: "连续两次没有 pong 再 terminate()。")
            ),
            Fix(
                .swiftNIO,
                Text(
                    "Answer .ping in the client's handler; NIO does not.",
                    zh: "在客户端处理器中应答 .ping；NIO 不会自动应答。"
                ),
                snippet: "WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)"
            ),
            Fix(
                .gorilla,
                Text("A read loop must run in the client.", zh: "客户端必须有读循环。")
            ),
            Fix(
                .phoenix,
                Text(
                    "Send the heartbeat event of the Phoenix protocol, too.",
                    zh: "还要发送 Phoenix 协议的 heartbeat 事件。"
                )
            ),
            Fix(
                .socketIO,
                Text(
                    "The client must answer Engine.IO pings (\"2\" with \"3\"); a plain client does not.",
                    zh: "客户端必须应答 Engine.IO 的 ping（\"2\" 回 \"3\"）；普通客户端不会。"
                )
            ),
        ],
        proof: .traffic,
        whatWouldDecide: Text(
            "`parley tap` with the user's client: Pings of the server go by and no Pong comes back.",
            zh: "用 `parley tap` 接上用户的客户端：可看到服务器的 Ping 经过而没有 Pong 返回。"
        ),
        sources: [
            "RFC 6455 §5.5.2, §5.5.3",
            "https://websockets.readthedocs.io/en/stable/topics/keepalive.html",
        ]
    )
}
