// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Where servers write what went wrong, per software.

extension Remedies {
    /// Read the exception in the server's log.
    static let readLog: [Fix] = [
        Fix(
            Text(
                """
                Read the server's log at the time of the attempt: the exception and its traceback name the line. \
                Catch it in the handler, and close with a reason that says what was wrong.
                """,
                zh: """
                    查看连接时刻的服务器日志：异常及其调用栈会指出是哪一行。在处理函数中捕获它，并在关闭时给出说明原\
                    因的 reason。
                    """
            )
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "The logger websockets.server writes \"connection handler failed\" with the traceback.",
                zh: "日志器 websockets.server 会写出 \"connection handler failed\" 及调用栈。"
            ),
            snippet: "logging.basicConfig(level=logging.INFO)"
        ),
        Fix(
            .uvicorn,
            Text(
                "The log shows \"Exception in ASGI application\" with the traceback.",
                zh: "日志中会出现 \"Exception in ASGI application\" 及调用栈。"
            ),
            snippet: "uvicorn app:app --log-level debug"
        ),
        Fix(
            .gunicorn,
            Text("Write the error log to the terminal.", zh: "把错误日志输出到终端。"),
            snippet: "gunicorn --error-logfile - --log-level debug app:app"
        ),
        Fix(
            .daphne,
            Text("Raise the verbosity.", zh: "提高日志级别。"),
            snippet: "daphne -v 2 project.asgi:application"
        ),
        Fix(
            .djangoChannels,
            Text(
                """
                An exception in connect() or receive() is logged by the server that runs the application; LOGGING \
                must not hide it.
                """,
                zh: "connect() 或 receive() 中的异常由运行应用的服务器记录；LOGGING 不要屏蔽它。"
            )
        ),
        Fix(
            .aiohttp,
            Text(
                "The logger aiohttp.server writes \"Error handling request\".",
                zh: "日志器 aiohttp.server 会写出 \"Error handling request\"。"
            )
        ),
        Fix(
            .tornado,
            Text(
                "The logger tornado.application writes the uncaught exception.",
                zh: "日志器 tornado.application 会写出未捕获的异常。"
            )
        ),
        Fix(
            .nodeWS,
            Text(
                "Add an error listener to every socket, and look for an unhandled rejection.",
                zh: "给每个套接字添加 error 监听器，并查找未处理的 rejection。"
            ),
            snippet: "ws.on('error', console.error);"
        ),
        Fix(
            .gorilla,
            Text(
                """
                Log the error that ReadMessage, WriteMessage or Upgrade returns; a panic in a handler is written by \
                net/http.
                """,
                zh: "记录 ReadMessage、WriteMessage 或 Upgrade 返回的错误；处理函数的 panic 由 net/http 写出。"
            )
        ),
        Fix(
            .coderWebSocket,
            Text("Log the error that Read, Write or Accept returns.", zh: "记录 Read、Write 或 Accept 返回的错误。")
        ),
        Fix(
            .spring,
            Text(
                "Override handleTransportError, and set the log level of the package.",
                zh: "重写 handleTransportError，并设置该包的日志级别。"
            ),
            snippet: "logging.level.org.springframework.web.socket=DEBUG"
        ),
        Fix(
            .tomcat,
            Text(
                "Add a method with @OnError; without one the cause is lost.",
                zh: "添加带 @OnError 的方法，否则原因会丢失。"
            ),
            snippet: """
                @OnError public void onError(Session session, Throwable cause) { log.error("websocket", cause); }
                """
        ),
        Fix(
            .jetty,
            Text("Override onWebSocketError, and log the cause.", zh: "重写 onWebSocketError 并记录原因。")
        ),
        Fix(
            .netty,
            Text("Log in exceptionCaught before closing the channel.", zh: "在 exceptionCaught 中先记录再关闭通道。"),
            snippet: """
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) { log.error("websocket", cause); ctx.close(); }
                """
        ),
        Fix(
            .aspNetCore,
            Text(
                "Set the log level of Microsoft.AspNetCore to Debug; SignalR shows details with EnableDetailedErrors.",
                zh: "把 Microsoft.AspNetCore 的日志级别设为 Debug；SignalR 用 EnableDetailedErrors 显示细节。"
            ),
            snippet: "services.AddSignalR(o => o.EnableDetailedErrors = true);"
        ),
        Fix(
            .axum,
            Text(
                "Log the error of every recv and send; a panic ends the task and the socket with it.",
                zh: "记录每次 recv 与 send 的错误；panic 会结束任务并断开套接字。"
            )
        ),
        Fix(
            .tungstenite,
            Text("Log the error of every read and send.", zh: "记录每次 read 与 send 的错误。")
        ),
        Fix(
            .swiftNIO,
            Text("Log in errorCaught before closing the channel.", zh: "在 errorCaught 中先记录再关闭通道。")
        ),
        Fix(
            .vapor,
            Text(
                "Log errors of the closure given to webSocket; a throwing task is silent.",
                zh: "记录传给 webSocket 的闭包中的错误；抛错的任务不会自行输出。"
            )
        ),
        Fix(
            .hummingbird,
            Text(
                "Set the logger's level to debug: an error thrown by the handler is logged and closes with 1011.",
                zh: "把日志级别设为 debug：处理函数抛出的错误会被记录，并以 1011 关闭。"
            )
        ),
        Fix(
            .phoenix,
            Text(
                "A crash of the socket or channel process is logged with its stack trace.",
                zh: "socket 或 channel 进程崩溃时会连同调用栈写入日志。"
            )
        ),
        Fix(
            .cowboy,
            Text(
                "The crash report of the connection process names the callback.",
                zh: "连接进程的崩溃报告会指出出错的回调。"
            )
        ),
        Fix(
            .ratchet,
            Text("Log in onError.", zh: "在 onError 中记录。")
        ),
        Fix(
            .swoole,
            Text("Catch and log in the message and open callbacks.", zh: "在 message 与 open 回调中捕获并记录。")
        ),
        Fix(
            .libwebsockets,
            Text(
                "Raise the log level; a callback that returns non-zero closes the connection.",
                zh: "提高日志级别；回调返回非零值会关闭连接。"
            ),
            snippet: "lws_set_log_level(LLL_ERR | LLL_WARN | LLL_NOTICE | LLL_INFO, NULL);"
        ),
        Fix(
            .nginx,
            Text(
                """
                Look at the error log: "upstream prematurely closed connection" and "no live upstreams" name the back \
                end.
                """,
                zh: "查看错误日志：\"upstream prematurely closed connection\" 和 \"no live upstreams\" 会指出后端。"
            ),
            snippet: "error_log /var/log/nginx/error.log info;"
        ),
        Fix(
            .parley,
            Text("Raise the log level.", zh: "提高日志级别。"),
            snippet: "parley serve --log-level debug"
        ),
    ]
}
