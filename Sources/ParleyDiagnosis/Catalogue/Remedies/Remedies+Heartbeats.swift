// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Keeping quiet connections alive, per software.

extension Remedies {
    /// Let the proxy wait longer on a quiet connection.
    static let proxyIdleTime: [Fix] = [
        Fix(
            .nginx,
            Text(
                "Raise both times for this location; they are 60 s by default and count from the last byte.",
                zh: "在该 location 中调大这两个时间；默认均为 60 秒，从最后一个字节算起。"
            ),
            snippet: """
                proxy_read_timeout 1h;
                proxy_send_timeout 1h;
                """
        ),
        Fix(
            .ingressNginx,
            Text("Set the annotations of the Ingress, in seconds.", zh: "设置 Ingress 的注解，单位为秒。"),
            snippet: """
                nginx.ingress.kubernetes.io/proxy-read-timeout: "3600"
                nginx.ingress.kubernetes.io/proxy-send-timeout: "3600"
                """
        ),
        Fix(
            .haproxy,
            Text(
                "Set `timeout tunnel`, which replaces the client and server timeouts once the connection is upgraded.",
                zh: "设置 `timeout tunnel`，连接升级之后由它取代 client 与 server 超时。"
            ),
            snippet: "timeout tunnel 1h"
        ),
        Fix(
            .apache,
            Text(
                "Raise ProxyTimeout, or the timeout of the one ProxyPass.",
                zh: "调大 ProxyTimeout，或单条 ProxyPass 的 timeout。"
            ),
            snippet: #"ProxyPass "/v1/realtime" "http://127.0.0.1:8000/v1/realtime" upgrade=websocket timeout=3600"#
        ),
        Fix(
            .caddy,
            Text(
                """
                Caddy sets no idle limit on upgraded connections: look for stream_timeout of reverse_proxy, or for a \
                balancer in front.
                """,
                zh: "Caddy 不限制升级后连接的空闲时间：请检查 reverse_proxy 的 stream_timeout，或更前面的负载均衡器。"
            ),
            snippet: "reverse_proxy 127.0.0.1:8000 { stream_timeout 24h }"
        ),
        Fix(
            .envoy,
            Text(
                "Set the route's timeout to 0s and raise stream_idle_timeout, 5 minutes by default.",
                zh: "把路由的 timeout 设为 0s，并调大 stream_idle_timeout（默认 5 分钟）。"
            ),
            snippet: """
                timeout: 0s
                idle_timeout: 3600s
                """
        ),
        Fix(
            .traefik,
            Text("Raise the idle and read times of the entry point.", zh: "调大入口点的空闲与读取时间。"),
            snippet: "entryPoints.websecure.transport.respondingTimeouts.readTimeout=0"
        ),
        Fix(
            .iis,
            Text(
                "Raise the ARR proxy timeout of the server farm, 120 s by default.",
                zh: "调大 ARR 服务器场的代理超时，默认 120 秒。"
            )
        ),
        Fix(
            .awsALB,
            Text(
                "Raise the idle timeout of the load balancer, 60 s by default and 4000 s at most.",
                zh: "调大负载均衡器的空闲超时，默认 60 秒，最多 4000 秒。"
            ),
            snippet: """
                aws elbv2 modify-load-balancer-attributes --load-balancer-arn ARN --attributes Key=idle_timeout.timeout_seconds,Value=3600
                """
        ),
        Fix(
            .awsAPIGateway,
            Text(
                """
                API Gateway ends a connection after 10 minutes of quiet and after 2 hours in all: send a message \
                before, and connect again.
                """,
                zh: "API Gateway 在空闲 10 分钟或总计 2 小时后断开：请提前发送消息，并实现重连。"
            )
        ),
        Fix(
            .cloudflare,
            Text(
                "Cloudflare ends what is quiet for 100 s: send a ping or a message more often than that.",
                zh: "Cloudflare 会断开空闲 100 秒的连接：请以更短的间隔发送 ping 或消息。"
            )
        ),
        Fix(
            .azureAppService,
            Text(
                "The balancer in front ends what is quiet for 230 s: send pings more often than that.",
                zh: "前面的负载均衡器会断开空闲 230 秒的连接：请以更短的间隔发送 ping。"
            )
        ),
    ]

    /// Let the server send pings.
    static let heartbeat: [Fix] = [
        Fix(
            Text(
                """
                Let the server send a Ping every 20 to 30 s (a heartbeat, or keepalive): every client answers by \
                itself, and no proxy or NAT on the way sees a quiet connection. Browsers cannot send Pings; from a \
                page send a small message of the application instead.
                """,
                zh: """
                    让服务器每 20 到 30 秒发送一次 Ping（心跳）：所有客户端都会自动应答，途中的代理和 NAT 就不会认为\
                    连接空闲。浏览器不能主动发送 Ping；从页面可以改发一条小的应用消息。
                    """
            )
        ),
        Fix(
            .nodeWS,
            Text(
                "Ping every client every 30 s and end those that did not answer.",
                zh: "每 30 秒 ping 一次所有客户端，并断开没有应答的连接。"
            ),
            snippet: """
                setInterval(() => wss.clients.forEach((ws) => {
                  if (ws.isAlive === false) return ws.terminate();
                  ws.isAlive = false; ws.ping();
                }), 30000);
                wss.on('connection', (ws) => ws.on('pong', () => { ws.isAlive = true; }));
                """
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "Pings are sent every 20 s unless ping_interval=None; keep it below the idle time.",
                zh: "默认每 20 秒发送一次 ping，除非 ping_interval=None；请使其小于空闲时间。"
            ),
            snippet: "serve(handler, host, port, ping_interval=20, ping_timeout=20)"
        ),
        Fix(
            .aiohttp,
            Text("Set heartbeat.", zh: "设置 heartbeat。"),
            snippet: "web.WebSocketResponse(heartbeat=20)"
        ),
        Fix(
            .uvicorn,
            Text(
                "Keep --ws-ping-interval below the idle time (20 s by default).",
                zh: "使 --ws-ping-interval 小于空闲时间（默认 20 秒）。"
            ),
            snippet: "uvicorn app:app --ws-ping-interval 20 --ws-ping-timeout 20"
        ),
        Fix(
            .daphne,
            Text("Keep the ping interval below the idle time.", zh: "使 ping 间隔小于空闲时间。"),
            snippet: "daphne --ping-interval 20 --ping-timeout 30 project.asgi:application"
        ),
        Fix(
            .tornado,
            Text("Set websocket_ping_interval of the application.", zh: "设置应用的 websocket_ping_interval。"),
            snippet: "tornado.web.Application(handlers, websocket_ping_interval=20)"
        ),
        Fix(
            .gorilla,
            Text(
                "Send a PingMessage from a ticker; gorilla sends none by itself.",
                zh: "用定时器发送 PingMessage；gorilla 自己不会发送。"
            ),
            snippet: "conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(10*time.Second))"
        ),
        Fix(
            .coderWebSocket,
            Text(
                "Call Ping from a goroutine while another one reads.",
                zh: "在一个 goroutine 中读取的同时，由另一个调用 Ping。"
            ),
            snippet: "conn.Ping(ctx)"
        ),
        Fix(
            .tungstenite,
            Text("Send Message::Ping from a timer.", zh: "用定时器发送 Message::Ping。")
        ),
        Fix(
            .axum,
            Text("Send Message::Ping from a timer task.", zh: "用定时任务发送 Message::Ping。"),
            snippet: "socket.send(Message::Ping(Bytes::new())).await?;"
        ),
        Fix(
            .actix,
            Text("Send a ping from ctx.run_interval.", zh: "在 ctx.run_interval 中发送 ping。")
        ),
        Fix(
            .netty,
            Text(
                "Put an IdleStateHandler into the pipeline and write a PingWebSocketFrame on its event.",
                zh: "在管线中加入 IdleStateHandler，并在其事件中写出 PingWebSocketFrame。"
            ),
            snippet: "pipeline.addLast(new IdleStateHandler(0, 20, 0));"
        ),
        Fix(
            .spring,
            Text(
                "Send a PingMessage on a schedule, or set the heartbeat of the STOMP broker.",
                zh: "定时发送 PingMessage，或设置 STOMP 代理的心跳。"
            ),
            snippet: """
                registry.enableSimpleBroker("/topic").setHeartbeatValue(new long[] {20000, 20000}).setTaskScheduler(scheduler);
                """
        ),
        Fix(
            .tomcat,
            Text("Send a ping from a scheduled task.", zh: "用定时任务发送 ping。"),
            snippet: "session.getBasicRemote().sendPing(ByteBuffer.allocate(0));"
        ),
        Fix(
            .jetty,
            Text(
                "Raise the idle timeout (30 s by default) and send pings.",
                zh: "调大空闲超时（默认 30 秒）并发送 ping。"
            ),
            snippet: "container.setIdleTimeout(Duration.ofMinutes(10));"
        ),
        Fix(
            .aspNetCore,
            Text("Set KeepAliveInterval below the idle time.", zh: "使 KeepAliveInterval 小于空闲时间。"),
            snippet: "app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(20) });"
        ),
        Fix(
            .swiftNIO,
            Text("Write a ping frame from scheduleRepeatedTask.", zh: "在 scheduleRepeatedTask 中写出 ping 帧。"),
            snippet: """
                channel.eventLoop.scheduleRepeatedTask(initialDelay: .seconds(20), delay: .seconds(20)) { _ in sendPing() }
                """
        ),
        Fix(
            .vapor,
            Text("Set the ping interval of the socket.", zh: "设置套接字的 ping 间隔。"),
            snippet: "ws.pingInterval = .seconds(20)"
        ),
        Fix(
            .hummingbird,
            Text("Set autoPing.", zh: "设置 autoPing。"),
            snippet: "WebSocketServerConfiguration(autoPing: .enabled(timePeriod: .seconds(20)))"
        ),
        Fix(
            .uWebSockets,
            Text(
                "Keep sendPingsAutomatically on and idleTimeout (120 s by default) below the limit of the proxy.",
                zh: "保持 sendPingsAutomatically 开启，并使 idleTimeout（默认 120 秒）小于代理的限制。"
            ),
            snippet: "app.ws('/*', { idleTimeout: 32, sendPingsAutomatically: true });"
        ),
        Fix(
            .libwebsockets,
            Text(
                "Give the vhost a retry policy with secs_since_valid_ping.",
                zh: "为 vhost 设置带 secs_since_valid_ping 的重试策略。"
            )
        ),
        Fix(
            .boost,
            Text("Set the timeouts to keep-alive pings.", zh: "在超时设置中启用 keep_alive_pings。"),
            snippet: """
                ws.set_option(websocket::stream_base::timeout{std::chrono::seconds(30), std::chrono::seconds(40), true});
                """
        ),
        Fix(
            .phoenix,
            Text(
                "Let the client's heartbeat run below the socket's timeout.",
                zh: "使客户端心跳间隔小于 socket 的 timeout。"
            ),
            snippet: #"socket "/socket", MyApp.UserSocket, websocket: [timeout: 60_000]"#
        ),
        Fix(
            .cowboy,
            Text(
                "Raise idle_timeout, 60 s by default, and send pings.",
                zh: "调大 idle_timeout（默认 60 秒）并发送 ping。"
            ),
            snippet: "{cowboy_websocket, Req, State, #{idle_timeout => 3600000}}"
        ),
        Fix(
            .socketIO,
            Text(
                "Keep pingInterval (25 s by default) below the idle time of the proxy.",
                zh: "使 pingInterval（默认 25 秒）小于代理的空闲时间。"
            ),
            snippet: "new Server(httpServer, { pingInterval: 20000, pingTimeout: 20000 });"
        ),
        Fix(
            .parley,
            Text("Keep the ping interval below the idle time.", zh: "使 ping 间隔小于空闲时间。"),
            snippet: "parley serve --ping-interval 20"
        ),
    ]
}
