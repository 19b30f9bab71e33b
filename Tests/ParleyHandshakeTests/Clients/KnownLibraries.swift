// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyHandshake

extension KnownClient {
    static let libraries = [
        KnownClient(
            name: "node ws, subprotocols without spaces",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + deflate
                + [("Sec-WebSocket-Protocol", "realtime,openai-insecure-api-key.KEY,openai-beta.realtime-v1")],
            family: .nodeWS,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "node ws, headers",
            target: "/v1/realtime?model=gpt-4o-realtime-preview-2024-10-01",
            fields: authorization + beta + upgrade + deflate,
            family: .nodeWS,
            dialect: .beta,
            source: .authorization,
            model: "gpt-4o-realtime-preview-2024-10-01"
        ),
        KnownClient(
            name: "node ws without finishRequest, both headers lost",
            target: "/v1/realtime?model=m",
            fields: upgrade + deflate,
            family: .nodeWS,
            model: "m"
        ),
        KnownClient(
            name: "Node's own WebSocket, lower-case names",
            target: "/v1/realtime?model=gpt-realtime",
            fields: [
                ("connection", "upgrade"), ("upgrade", "websocket"), ("sec-websocket-protocol", three),
                ("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"), ("accept", "*/*"),
                ("accept-language", "*"),
                ("sec-fetch-mode", "websocket"), ("user-agent", "node"), ("pragma", "no-cache"),
                ("cache-control", "no-cache"),
                ("accept-encoding", "gzip, deflate"),
            ],
            family: .nodeWebSocket,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "python websockets",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + deflate
                + [("Sec-WebSocket-Protocol", three), ("User-Agent", "Python/3.11 websockets/17.4")],
            family: .pythonWebSockets,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "python websockets with an empty list of subprotocols",
            target: "/v1/realtime",
            fields: upgrade + deflate + authorization
                + [("Sec-WebSocket-Protocol", ""), ("User-Agent", "Python/3.11 websockets/17.4")],
            family: .pythonWebSockets,
            source: .authorization
        ),
        KnownClient(
            name: "aiohttp",
            target: "/v1/realtime?model=gpt-realtime",
            fields: authorization + beta + upgrade + [
                ("Sec-WebSocket-Protocol", "realtime,openai-insecure-api-key.KEY,openai-beta.realtime-v1"),
                ("Accept", "*/*"),
                ("Accept-Encoding", "gzip, deflate"), ("User-Agent", "Python/3.11 aiohttp/3.14.5"),
            ],
            family: .aiohttp,
            selected: "realtime",
            dialect: .beta,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "websocket-client, which makes an Origin of the server's address",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + [("Origin", "http://127.0.0.1:8080")],
            family: .websocketClient,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "gorilla",
            target: "/v1/realtime?model=gpt-realtime",
            fields: [("User-Agent", "Go-http-client/1.1")] + authorization + upgrade + [("Openai-Beta", "realtime=v1")],
            family: .go,
            dialect: .beta,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "java.net.http, which announces an empty body",
            target: "/v1/realtime?model=gpt-realtime",
            fields: [
                ("Connection", "Upgrade"), ("Content-Length", "0"), ("Upgrade", "websocket"),
                ("User-Agent", "Java-http-client/17.0.15"),
            ]
                + authorization + [("Sec-WebSocket-Protocol", "realtime")],
            family: .java,
            selected: "realtime",
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "SwiftNIO's client",
            target: "/v1/realtime?model=gpt-realtime",
            fields: authorization + [("Connection", "upgrade"), ("Upgrade", "websocket")],
            family: .unknown,
            source: .authorization,
            model: "gpt-realtime"
        ),
    ]
}
