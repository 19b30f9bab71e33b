// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyHandshake

extension KnownClient {
    static let officialKits = [
        KnownClient(
            name: "openai-python GA",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + pythonKit,
            family: .openAIPython,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-python beta",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + beta + pythonKit + [
                ("OpenAI-Organization", "O"), ("OpenAI-Project", "P"),
            ],
            family: .openAIPython,
            dialect: .beta,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-python for Azure",
            target: "/openai/realtime?api-version=2024-10-01-preview&deployment=voice",
            fields: upgrade + [("api-key", "KEY")] + pythonKit,
            family: .openAIPython,
            dialect: .beta,
            source: .apiKeyHeader,
            model: "voice"
        ),
        KnownClient(
            name: "openai-node GA with ws",
            target: "/v1/realtime?model=gpt-realtime",
            fields: authorization + upgrade + deflate + [("User-Agent", "OpenAI/JS 7.5.0")],
            family: .openAINode,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-agents-js on Node",
            target: "/v1/realtime?model=gpt-realtime",
            fields: authorization + upgrade + deflate
                + [("User-Agent", "Agents/JavaScript 0.3.7"), ("X-OpenAI-Agents-SDK", "openai-agents-sdk.0.3.7")],
            family: .agentsJavaScript,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-agents-js on a worker",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade
                + [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.KEY, openai-agents-sdk.0.3.7")],
            family: .agentsJavaScript,
            selected: "realtime",
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-agents-python",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + deflate + [("User-Agent", "Agents/Python 0.5.0")],
            family: .agentsPython,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "openai-agents-python streamed transcription",
            target: "/v1/realtime?intent=transcription",
            fields: upgrade + authorization + pythonKit + deflate + [("OpenAI-Log-Session", "1")],
            family: .openAIPython,
            source: .authorization,
            intent: .transcription
        ),
        KnownClient(
            name: "openai-dotnet, Authorization and subprotocol together",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + authorization + [("Sec-WebSocket-Protocol", "realtime"), ("openai-beta", "realtime=v1")],
            family: .unknown,
            selected: "realtime",
            dialect: .beta,
            source: .authorization,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "Azure's .NET client",
            target: "/openai/realtime?api-version=2024-10-01-preview&deployment=voice",
            fields: upgrade + [
                ("api-key", "KEY"), ("x-ms-client-request-id", "1"), ("Sec-WebSocket-Protocol", "realtime"),
            ],
            family: .azureRTClient,
            selected: "realtime",
            dialect: .beta,
            source: .apiKeyHeader,
            model: "voice"
        ),
        KnownClient(
            name: "a .NET client that puts all three in AddSubProtocol",
            target: "/v1/realtime?model=gpt-realtime",
            fields: upgrade + [
                ("Sec-WebSocket-Protocol", "realtime,openai-insecure-api-key.KEY,openai-beta.realtime-v1")
            ],
            family: .unknown,
            selected: "realtime",
            dialect: .beta,
            source: .subprotocol,
            model: "gpt-realtime"
        ),
        KnownClient(
            name: "Azure rt-client for Node and Python",
            target: "/openai/realtime?api-version=2024-10-01-preview&deployment=voice",
            fields: upgrade + [("api-key", "KEY"), ("x-ms-client-request-id", "1"), ("User-Agent", "ms-rtclient-0.5")],
            family: .azureRTClient,
            dialect: .beta,
            source: .apiKeyHeader,
            model: "voice"
        ),
    ]

    private static let pythonKit = [
        ("Accept", "application/json"), ("Content-Type", "application/json"),
        ("User-Agent", "AsyncOpenAI/Python 3.54.0"),
        ("X-Stainless-Lang", "python"), ("X-Stainless-Package-Version", "3.54.0"), ("X-Stainless-OS", "Linux"),
        ("X-Stainless-Arch", "x64"),
        ("X-Stainless-Runtime", "CPython"), ("X-Stainless-Runtime-Version", "3.11.2"),
        ("X-Stainless-Async", "async:asyncio"),
    ]
}
