// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What comes back from the address instead of a handshake.

extension Catalogue {
    static let netHandshakeSlow = Cause(
        "net-handshake-slow",
        .network,
        title: Text(
            "The server answers the handshake later than clients wait",
            zh: "服务器应答握手太慢，超过客户端的等待时间"
        ),
        symptoms: [
            "TimeoutError: timed out during opening handshake",
            "WebSocket opening handshake timed out",
        ],
        explanation: Text(
            """
            The handshake would succeed, but takes longer than some clients wait: 10 s in Python websockets, 20 s in \
            Firefox, 45 s in gorilla, four minutes in Chromium. So it times out in one client and works in another. \
            Usual reasons: a cold start, a model loaded before accept, reverse DNS, a blocked event loop.
            """,
            zh: """
                握手本可成功，但耗时超过部分客户端的等待时间：Python websockets 为 10 秒，Firefox 20 秒，gorilla 45 \
                秒，Chromium 四分钟。于是有的客户端超时而有的正常。常见原因：冷启动、在 accept 之前加载模型、反向 DNS \
                查询、事件循环被阻塞。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Accept first and do the slow work afterwards; load models when the server starts and keep one \
                    instance warm. Until then give the client a longer handshake timeout (open_timeout in Python).
                    """,
                    zh: """
                        先接受连接，再做耗时的工作；在服务器启动时加载模型，并保持一个预热的实例。在此之前给客户端更\
                        长的握手超时（Python 中为 open_timeout）。
                        """
                ),
                snippet: """
                    websockets.connect(url, open_timeout=60)
                    new WebSocket(url, { handshakeTimeout: 60000 })   // node ws
                    websocket.Dialer{HandshakeTimeout: time.Minute}   // gorilla
                    """
            ),
            Fix(
                .uvicorn,
                Text(
                    "Await accept() before loading anything, and run blocking code in a thread.",
                    zh: "在加载任何东西之前先 await accept()，阻塞代码放到线程中执行。"
                ),
                snippet: """
                    await websocket.accept()
                    model = await asyncio.to_thread(load_model)
                    """
            ),
            Fix(
                .nodeWS,
                Text(
                    "Call done of verifyClient, or handleUpgrade, before slow look-ups.",
                    zh: "在耗时查询之前先调用 verifyClient 的 done 或 handleUpgrade。"
                )
            ),
            Fix(
                .pythonWebSockets,
                Text(
                    "Keep process_request quick; do the slow part in the handler.",
                    zh: "process_request 要快；耗时部分放到 handler 中。"
                )
            ),
            Fix(
                .netty,
                Text(
                    "Do the slow work off the event loop, in an EventExecutorGroup.",
                    zh: "把耗时工作移出事件循环，放到 EventExecutorGroup 中。"
                )
            ),
            Fix(
                .spring,
                Text("Keep beforeHandshake of interceptors quick.", zh: "拦截器的 beforeHandshake 要快。")
            ),
            Fix(
                .aspNetCore,
                Text("Accept the socket before loading the model.", zh: "在加载模型之前先接受套接字。")
            ),
            Fix(
                .azureAppService,
                Text(
                    "Switch Always On on, so that the application is not unloaded.",
                    zh: "打开 Always On，避免应用被卸载。"
                )
            ),
        ],
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--timeout S` above the clients' limits: the time to the 101, measured again right away, tells a cold \
            start from a slow handshake.
            """,
            zh: "把 `--timeout S` 设得大于客户端的限制：立即再测一次得到 101 的时间，可区分冷启动与持续缓慢。"
        ),
        sources: [
            "RFC 6455 §4.1",
            "https://websockets.readthedocs.io/en/stable/reference/asyncio/client.html",
        ]
    )

    static let netClosedBeforeResponse = Cause(
        "net-closed-before-response",
        .network,
        title: Text("The connection is closed before any answer", zh: "连接在应答之前就被关闭"),
        symptoms: [
            "socket hang up",
            "Connection closed before receiving a handshake response",
            "ServerDisconnectedError",
        ],
        explanation: Text(
            """
            TCP connects, the request is sent, and the other end closes without a byte. Whatever accepted the \
            connection is not the WebSocket server, or lost it: a TCP balancer or a container's port forwarder whose \
            server is down, a process that crashes at the request, a server that speaks another protocol.
            """,
            zh: """
                TCP 已连接、请求已发送，对方却一个字节不回就关闭。接受连接的并不是 WebSocket 服务器，或者它背后没有服\
                务器：后端已停的 TCP 负载均衡器或容器端口转发、遇到请求就崩溃的进程，或说另一种协议的服务。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Check that the server behind the balancer, port forwarder or container runs and listens on the \
                    inner port; then look for a crash in its log.
                    """,
                    zh: """
                        确认负载均衡器、端口转发或容器之后的服务器正在运行并监听内部端口；然后在其日志中查找崩溃记\
                        录。
                        """
                ),
                snippet: "docker ps; docker logs NAME"
            ),
            Fix(
                .haproxy,
                Text(
                    """
                    In mode tcp a dead back end is a closed connection: use mode http with checks, which answers 503.
                    """,
                    zh: "在 mode tcp 下，后端失效表现为连接被关闭：改用带健康检查的 mode http，会回答 503。"
                )
            ),
            Fix(
                .nginx,
                Text(
                    "In stream{} the same holds; 444 in an http{} server closes without an answer as well.",
                    zh: "stream{} 中也是如此；http{} 中的 444 同样会不作应答就关闭。"
                )
            ),
            Fix(
                .awsALB,
                Text(
                    "A network balancer closes or resets when no target is healthy: look at the target group.",
                    zh: "没有健康目标时网络负载均衡器会关闭或重置连接：检查目标组。"
                )
            ),
            Fix(
                .nodeHTTP,
                Text(
                    """
                    An upgrade without a listener is closed by servers that have other upgrade listeners: handle \
                    every path, and answer 404 where nothing serves.
                    """,
                    zh: "已有其他 upgrade 监听器时，无人处理的升级会被直接关闭：请处理所有路径，无服务处回答 404。"
                ),
                snippet: #"socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');"#
            ),
            Fix(
                .tomcat,
                Text(
                    "A worker that dies closes its sockets: look for the stack trace in catalina.out.",
                    zh: "工作线程崩溃会关闭其套接字：在 catalina.out 中查找调用栈。"
                )
            ),
            Fix(
                .boost,
                Text(
                    "An exception in the accept handler ends the session: log the error code of async_accept.",
                    zh: "accept 处理函数中的异常会结束会话：记录 async_accept 的错误码。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            "`--direct URL` with the inner address shows whether the server behind is alive.",
            zh: "用 `--direct URL` 指定内部地址，可看出其后的服务器是否存活。"
        ),
        sources: [
            "RFC 9112 §9.6"
        ]
    )

    static let netResetBeforeResponse = Cause(
        "net-reset-before-response",
        .network,
        title: Text("The connection is reset before any answer", zh: "连接在应答之前被重置"),
        symptoms: [
            "read ECONNRESET",
            "net::ERR_CONNECTION_RESET",
            "Connection reset by peer",
        ],
        explanation: Text(
            """
            The other end sent RST after the request: a process that died with the connection open, a full or crashed \
            server, a balancer that gave up on its target, or a box on the way that dislikes the request. When an \
            encrypted connection to the same host survives, suspect such a box.
            """,
            zh: """
                对方在收到请求后发送了 RST：进程带着未关闭的连接退出、服务器已满或崩溃、负载均衡器放弃了目标，或途中\
                的设备不接受该请求。若到同一主机的加密连接不受影响，应怀疑途中的设备。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Look for a crash or restart in the server's log at that time; check the balancer's target. If the \
                    log shows no request at all, use wss:// on port 443, which boxes on the way cannot read.
                    """,
                    zh: """
                        在服务器日志中查找该时刻的崩溃或重启；检查负载均衡器的目标。若日志中根本没有该请求，改用 443 \
                        端口的 wss://，途中的设备无法读取其内容。
                        """
                )
            ),
            Fix(
                .haproxy,
                Text("Look for termination state SD or SC in the log.", zh: "在日志中查找终止状态 SD 或 SC。")
            ),
            Fix(
                .nginx,
                Text(
                    """
                    Look for "recv() failed (104: Connection reset by peer) while reading response header from \
                    upstream".
                    """,
                    zh: """
                        查找 "recv() failed (104: Connection reset by peer) while reading response header from \
                        upstream"。
                        """
                )
            ),
            Fix(
                .gunicorn,
                Text(
                    "A worker that was killed resets its connections: look for \"WORKER TIMEOUT\".",
                    zh: "worker 被杀会重置其连接：查找 \"WORKER TIMEOUT\"。"
                )
            ),
            Fix(
                .awsALB,
                Text(
                    "The target's keep-alive time must be longer than the balancer's idle timeout.",
                    zh: "目标的 keep-alive 时间必须长于负载均衡器的空闲超时。"
                )
            ),
        ],
        proof: .wire,
        whatWouldDecide: Text(
            """
            `--direct URL`, and the same host with wss:// instead of ws://; a capture on the server shows whether the \
            RST is its own.
            """,
            zh: "使用 `--direct URL`，以及对同一主机改用 wss://；在服务器上抓包可知 RST 是否由它发出。"
        ),
        sources: [
            "RFC 9293 §3.5.2"
        ]
    )

    static let netWrongService = Cause(
        "net-wrong-service",
        .network,
        title: Text("Another service than HTTP answers on this port", zh: "该端口上的服务不是 HTTP"),
        symptoms: [
            "net::ERR_INVALID_HTTP_RESPONSE",
            "Parse Error: Expected HTTP/, RTSP/ or ICE/",
            "TimeoutError: timed out during opening handshake",
        ],
        explanation: Text(
            """
            The peer greets first (SSH, SMTP, FTP, MySQL) or answers the request in its own protocol (Redis). The \
            port in the URL belongs to something else. Python may time out here rather than fail, since it waits for \
            the rest of what it takes for a status line.
            """,
            zh: """
                对方先发出问候（SSH、SMTP、FTP、MySQL），或用自己的协议回答请求（Redis）。URL 中的端口属于别的服务。\
                Python 在这里可能会超时而不是报错，因为它在等待它以为的状态行的剩余部分。
                """
        ),
        fixes: [
            Fix(
                Text(
                    """
                    Use the port of the WebSocket server in the URL; check port mappings of containers, tunnels and \
                    firewalls, which may lead to another service.
                    """,
                    zh: """
                        在 URL 中使用 WebSocket 服务器的端口；检查容器、隧道和防火墙的端口映射，它们可能指向了别的服\
                        务。
                        """
                ),
                snippet: "ss -ltnp 'sport = :8000'"
            ),
            Fix(
                .mosquitto,
                Text(
                    "1883 speaks MQTT over TCP: WebSockets need a listener with `protocol websockets`.",
                    zh: "1883 是 TCP 上的 MQTT：WebSocket 需要配置 `protocol websockets` 的监听器。"
                ),
                snippet: """
                    listener 9001
                    protocol websockets
                    """
            ),
            Fix(
                .envoy,
                Text(
                    "A gRPC or TCP listener cannot upgrade: use the HTTP listener's port.",
                    zh: "gRPC 或 TCP 监听器不能升级：请使用 HTTP 监听器的端口。"
                )
            ),
        ],
        proof: .wire,
        sources: [
            "RFC 6455 §4.1"
        ]
    )

    static let netSilentIdleDrop = Cause(
        "net-silent-idle-drop",
        .network,
        title: Text(
            "A quiet connection dies without a sign (NAT or firewall state)",
            zh: "空闲连接悄无声息地失效（NAT 或防火墙状态过期）"
        ),
        symptoms: [
            "sent 1011 (internal error) keepalive ping timeout",
            "an open connection on which nothing arrives any more",
        ],
        explanation: Text(
            """
            A NAT, mobile network or stateful firewall forgets a connection that was quiet for some minutes, and \
            drops its packets afterwards without telling either end. The connection still looks open, nothing \
            arrives, and Python later reports a keepalive ping timeout.
            """,
            zh: """
                NAT、移动网络或有状态防火墙会忘记安静了几分钟的连接，之后丢弃它的数据包，而不通知任何一端。连接看起来\
                仍然打开，却什么也收不到；Python 之后会报告 keepalive ping timeout。
                """
        ),
        fixes: Remedies.all(
            [
                Fix(
                    Text(
                        """
                        On clients that can, send Pings as well and reconnect when no Pong comes; TCP keepalive below the \
                        box's time helps where Pings cannot be had.
                        """,
                        zh: """
                            能主动发送的客户端也应发送 Ping，并在收不到 Pong 时重连；无法使用 Ping 时，把 TCP keepalive \
                            设得短于设备的时间也有帮助。
                            """
                    ),
                    snippet: "sysctl -w net.ipv4.tcp_keepalive_time=60"
                ),
                Fix(
                    .awsALB,
                    Text(
                        "Network balancers forget after 350 s of quiet, NAT gateways after 350 s as well.",
                        zh: "网络负载均衡器在空闲 350 秒后遗忘连接，NAT 网关也是 350 秒。"
                    )
                ),
                Fix(
                    .azureAppService,
                    Text("Azure's outbound NAT forgets after 4 minutes.", zh: "Azure 的出站 NAT 在 4 分钟后遗忘连接。")
                ),
            ],
            Remedies.heartbeat
        ),
        proof: .comparison,
        whatWouldDecide: Text(
            """
            `--hold SECONDS` longer than the quiet time: no FIN and no RST is seen, and a Ping every 20 s prevents \
            it. A cut that is seen (FIN or RST) is a proxy's idle timeout instead.
            """,
            zh: """
                用 `--hold SECONDS` 保持超过静默时间：看不到 FIN 也看不到 RST，而每 20 秒一次 Ping 可以避免。若能看到\
                断开（FIN 或 RST），则是代理的空闲超时。
                """
        ),
        sources: [
            "RFC 5382 §5",
            "RFC 6455 §5.5.2",
        ]
    )
}
