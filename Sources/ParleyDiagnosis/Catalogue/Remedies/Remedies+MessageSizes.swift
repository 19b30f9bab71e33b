// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// Taking larger messages, per software.

extension Remedies {
    /// Let the server take larger messages.
    static let raiseMessageSize: [Fix] = [
        Fix(
            Text(
                """
                Raise the server's limit for one message (or one frame) above what the clients send, or let the \
                client send smaller pieces: audio can go in chunks of 100 ms. Keep a limit, since it bounds memory \
                per connection.
                """,
                zh: """
                    把服务器对单条消息（或单帧）的限制调到客户端实际发送的大小之上，或让客户端分小块发送：音频可按 \
                    100 毫秒分块。仍应保留上限，它限定了每个连接的内存。
                    """
            )
        ),
        Fix(
            .netty,
            Text(
                "Raise maxFramePayloadLength (65536 by default) and join fragments with WebSocketFrameAggregator.",
                zh: "调大 maxFramePayloadLength（默认 65536），并用 WebSocketFrameAggregator 合并分片。"
            ),
            snippet: ".maxFramePayloadLength(1 << 20)"
        ),
        Fix(
            .spring,
            Text(
                "Raise the container's buffers; Tomcat's are 8192 bytes.",
                zh: "调大容器缓冲区；Tomcat 默认为 8192 字节。"
            ),
            snippet: """
                ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
                container.setMaxTextMessageBufferSize(1 << 20);
                container.setMaxBinaryMessageBufferSize(1 << 20);
                """
        ),
        Fix(
            .tomcat,
            Text(
                "Raise the buffer (8192 by default) by context parameter or per session.",
                zh: "通过上下文参数或按会话调大缓冲区（默认 8192）。"
            ),
            snippet: "session.setMaxTextMessageBufferSize(1 << 20);"
        ),
        Fix(
            .jetty,
            Text("Raise the size, 65536 by default.", zh: "调大默认为 65536 的限制。"),
            snippet: "container.setMaxTextMessageSize(1 << 20);"
        ),
        Fix(
            .nodeWS,
            Text("Raise maxPayload (100 MiB by default).", zh: "调大 maxPayload（默认 100 MiB）。"),
            snippet: "new WebSocketServer({ port: 8000, maxPayload: 1 << 24 });"
        ),
        Fix(
            .pythonWebSockets,
            Text(
                "Raise max_size, 1 MiB by default; it exists on clients too.",
                zh: "调大 max_size（默认 1 MiB）；客户端也有这个参数。"
            ),
            snippet: "serve(handler, host, port, max_size=2**24)"
        ),
        Fix(
            .aiohttp,
            Text("Raise max_msg_size, 4 MiB by default.", zh: "调大 max_msg_size（默认 4 MiB）。"),
            snippet: "web.WebSocketResponse(max_msg_size=2**24)"
        ),
        Fix(
            .uvicorn,
            Text("Raise --ws-max-size, 16 MiB by default.", zh: "调大 --ws-max-size（默认 16 MiB）。"),
            snippet: "uvicorn app:app --ws-max-size 33554432"
        ),
        Fix(
            .tornado,
            Text(
                "Raise websocket_max_message_size, 10 MiB by default.",
                zh: "调大 websocket_max_message_size（默认 10 MiB）。"
            ),
            snippet: "tornado.web.Application(handlers, websocket_max_message_size=2**25)"
        ),
        Fix(
            .gorilla,
            Text("Raise or remove SetReadLimit.", zh: "调大或去掉 SetReadLimit。"),
            snippet: "conn.SetReadLimit(1 << 24)"
        ),
        Fix(
            .coderWebSocket,
            Text("Call SetReadLimit; the default is 32 KiB.", zh: "调用 SetReadLimit；默认 32 KiB。"),
            snippet: "conn.SetReadLimit(1 << 24)"
        ),
        Fix(
            .tungstenite,
            Text(
                "Raise max_message_size and max_frame_size of the WebSocketConfig.",
                zh: "调大 WebSocketConfig 的 max_message_size 与 max_frame_size。"
            )
        ),
        Fix(
            .axum,
            Text("Raise both sizes.", zh: "调大两个限制。"),
            snippet: "ws.max_message_size(1 << 24).max_frame_size(1 << 24).on_upgrade(handle)"
        ),
        Fix(
            .actix,
            Text(
                "Raise the size of a frame, 64 KiB by default, and join continuations.",
                zh: "调大帧限制（默认 64 KiB），并合并后续分片。"
            ),
            snippet: "ws::WsResponseBuilder::new(actor, &req, stream).frame_size(1 << 20).start()"
        ),
        Fix(
            .aspNetCore,
            Text(
                """
                Read until EndOfMessage: ReceiveAsync returns parts. SignalR's limit is MaximumReceiveMessageSize, 32 \
                KiB.
                """,
                zh: """
                    一直读到 EndOfMessage：ReceiveAsync 返回的是片段。SignalR 的限制是 MaximumReceiveMessageSize，32 \
                    KiB。
                    """
            ),
            snippet: "services.AddSignalR(o => o.MaximumReceiveMessageSize = 1 << 20);"
        ),
        Fix(
            .swiftNIO,
            Text(
                "Raise maxFrameSize, 1 << 14 by default, and add a NIOWebSocketFrameAggregator.",
                zh: "调大 maxFrameSize（默认 1 << 14），并加入 NIOWebSocketFrameAggregator。"
            ),
            snippet: """
                NIOWebSocketServerUpgrader(maxFrameSize: 1 << 20, shouldUpgrade: shouldUpgrade, upgradePipelineHandler: handler)
                """
        ),
        Fix(
            .vapor,
            Text("Raise maxFrameSize.", zh: "调大 maxFrameSize。"),
            snippet: """
                app.webSocket("v1", "realtime", maxFrameSize: .init(integerLiteral: 1 << 20)) { request, ws in }
                """
        ),
        Fix(
            .hummingbird,
            Text(
                "Raise maxFrameSize, and the size given to messages(maxSize:).",
                zh: "调大 maxFrameSize，以及传给 messages(maxSize:) 的大小。"
            ),
            snippet: "WebSocketServerConfiguration(maxFrameSize: 1 << 20)"
        ),
        Fix(
            .uWebSockets,
            Text("Raise maxPayloadLength, 16 KiB by default.", zh: "调大 maxPayloadLength（默认 16 KiB）。"),
            snippet: "app.ws('/*', { maxPayloadLength: 1 << 20 });"
        ),
        Fix(
            .libwebsockets,
            Text(
                "Raise rx_buffer_size of the protocol, or collect parts until lws_is_final_fragment.",
                zh: "调大协议的 rx_buffer_size，或收集片段直到 lws_is_final_fragment。"
            )
        ),
        Fix(
            .boost,
            Text("Raise read_message_max, 16 MiB by default.", zh: "调大 read_message_max（默认 16 MiB）。"),
            snippet: "ws.read_message_max(1 << 25);"
        ),
        Fix(
            .swoole,
            Text("Raise package_max_length, 2 MiB by default.", zh: "调大 package_max_length（默认 2 MiB）。"),
            snippet: "$server->set(['package_max_length' => 16 * 1024 * 1024]);"
        ),
        Fix(
            .phoenix,
            Text("Raise max_frame_size of the socket.", zh: "调大 socket 的 max_frame_size。"),
            snippet: "websocket: [max_frame_size: 1_048_576]"
        ),
        Fix(
            .cowboy,
            Text("Raise max_frame_size.", zh: "调大 max_frame_size。"),
            snippet: "{cowboy_websocket, Req, State, #{max_frame_size => 1048576}}"
        ),
        Fix(
            .socketIO,
            Text("Raise maxHttpBufferSize, 1 MB by default.", zh: "调大 maxHttpBufferSize（默认 1 MB）。"),
            snippet: "new Server(httpServer, { maxHttpBufferSize: 1e7 });"
        ),
        Fix(
            .awsAPIGateway,
            Text(
                "A message may have 128 KB, a frame 32 KB, and neither can be raised: send smaller ones.",
                zh: "单条消息最多 128 KB，单帧 32 KB，均不可调：请发送更小的消息。"
            )
        ),
        Fix(
            .parley,
            Text("Raise the limit, in bytes.", zh: "调大限制，单位为字节。"),
            snippet: "parley serve --max-message-bytes 33554432"
        ),
    ]
}
