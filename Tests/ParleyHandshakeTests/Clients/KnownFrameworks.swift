// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyHandshake

extension KnownClient {
    static let frameworks = [
        KnownClient(
            name: "pipecat",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + deflate + [("User-Agent", "Python/3.12 websockets/15.0")],
            family: .pythonWebSockets,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "pipecat transcription",
            target: "/v1/realtime?intent=transcription",
            fields: upgrade + authorization + deflate + [("User-Agent", "Python/3.12 websockets/15.0")],
            family: .pythonWebSockets,
            source: .authorization,
            intent: .transcription
        ),
        KnownClient(
            name: "LiveKit agents",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + [("User-Agent", "LiveKit Agents")],
            family: .liveKitAgents,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "LiveKit agents for Azure",
            target: "/openai/v1/realtime?model=voice",
            fields: upgrade + [("api-key", "KEY"), ("User-Agent", "LiveKit Agents")],
            family: .liveKitAgents,
            source: .apiKeyHeader,
            model: "voice"
        ),
        KnownClient(
            name: "LiveKit transcription, which adds a model elsewhere than at OpenAI",
            target: "/v1/realtime?intent=transcription&model=gpt-4o-transcribe",
            fields: upgrade + authorization + [("User-Agent", "LiveKit Agents")],
            family: .liveKitAgents,
            source: .authorization,
            model: "gpt-4o-transcribe",
            intent: .transcription
        ),
        KnownClient(
            name: "langchain voice agent, no model",
            target: "/v1/realtime",
            fields: upgrade + authorization + beta + deflate + [("User-Agent", "Python/3.12 websockets/13.1")],
            family: .pythonWebSockets,
            dialect: .beta,
            source: .authorization
        ),
        KnownClient(
            name: "a Cloudflare worker with the subprotocol as a plain header",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + [("Sec-WebSocket-Protocol", "realtime")],
            family: .unknown,
            selected: "realtime",
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "Azure voice client on aiohttp with the subprotocol as a plain header",
            target: "/openai/realtime?api-version=2025-04-01-preview&deployment=voice",
            fields: upgrade + authorization
                + [("Sec-WebSocket-Protocol", "realtime"), ("User-Agent", "Python/3.11 aiohttp/3.14.5")],
            family: .aiohttp,
            selected: "realtime",
            dialect: .beta,
            source: .authorization,
            model: "voice"
        ),
        KnownClient(
            name: "swift-realtime-openai",
            target: "/v1/realtime?model=gpt-realtime",
            fields: authorization + beta + upgrade + deflate + [
                ("User-Agent", "App/1 CFNetwork/1568.100.1 Darwin/24.0.0")
            ],
            family: .urlSession,
            dialect: .beta,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "AIProxySwift, which has no key of its own",
            target: "/v1/realtime?model=gpt-realtime",
            fields: [("aiproxy-partial-key", "v2|x"), ("openai-beta", "realtime=v1")] + upgrade
                + [("User-Agent", "App/1 CFNetwork/1568.100.1 Darwin/24.0.0")],
            family: .urlSession,
            dialect: .beta,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "go-openai-realtime",
            target: "/v1/realtime?intent=transcription",
            fields: authorization + upgrade + [("User-Agent", "Go-http-client/1.1")],
            family: .go,
            source: .authorization,
            intent: .transcription
        ),
        KnownClient(
            name: "codex, with an intent of its own",
            target: "/v1/realtime?intent=quicksilver&model=gpt-realtime",
            fields: authorization + upgrade + [("x-session-id", "1")],
            family: .unknown,
            source: .authorization,
            model: "gpt-realtime"
        ),
    ]

    static let devices = [
        KnownClient(
            name: "arduinoWebSockets with its defaults",
            target: "/v1/realtime",
            fields: upgrade + authorization + [
                ("Sec-WebSocket-Protocol", "arduino"), ("Origin", "file://"),
                ("User-Agent", "arduino-WebSocket-Client"),
            ],
            family: .arduino,
            selected: "arduino",
            source: .authorization,
            openOutcome: "in-band 1008 origin_not_allowed"
        ),
        KnownClient(
            name: "websocat and its like, nothing but the handshake",
            target: "/v1/realtime",
            fields: upgrade,
            family: .unknown
        ),
    ]
}
