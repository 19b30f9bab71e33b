// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    static let python = [
        webSockets,
        aiohttp,
        webSocketClient,
        openAI,
        openAI.derived("openai-python-beta", "OpenAI SDK for Python, beta") {
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}"), Header("OpenAI-Beta", "realtime=v1")],
                azureHeaders: [Header("api-key", "{key}"), Header("OpenAI-Beta", "realtime=v1")]
            )
        },
        webSockets.derived("agents-python", "OpenAI Agents SDK for Python") {
            $0.aliases = ["openai-agents", "openai-agents-python"]
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}"), Header("User-Agent", "Agents/Python 0.6.0")],
                azureHeaders: [Header("api-key", "{key}"), Header("User-Agent", "Agents/Python 0.6.0")]
            )
            $0.messageLimit = nil
            $0.isUsual = false
        },
        webSockets.derived("pipecat", "Pipecat") {
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}")],
                azureHeaders: [Header("api-key", "{key}")]
            )
            $0.isUsual = false
        },
        aiohttp.derived("livekit", "LiveKit agents") {
            $0.aliases = ["livekit-agents"]
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}"), Header("User-Agent", "LiveKit Agents")],
                azureHeaders: [Header("api-key", "{key}"), Header("User-Agent", "LiveKit Agents")]
            )
            $0.handshakeLimit = 10
            $0.isUsual = false
        },
    ]

    /// Python's `ssl` knows a common name, and OpenSSL's security level 2 no short keys.
    private static let pythonCertificates: Set<Exchange.CertificateFault> = [.commonNameOnly]

    private static let webSockets = ClientProfile("python-websockets", "Python websockets", .pythonWebSockets) {
        $0.aliases = ["python", "websockets", "py"]
        $0.handshake = [
            .host("Host"), .origin, .fixed("Upgrade", "websocket"), .fixed("Connection", "Upgrade"),
            .key("Sec-WebSocket-Key"), .fixed("Sec-WebSocket-Version", "13"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            .subprotocols("Sec-WebSocket-Protocol"), .own, .fixed("User-Agent", "Python/3.11 websockets/17.4"),
        ]
        $0.tolerates = [.connectionList, .bodyAnnounced, .chunked, .subprotocolMissing, .subprotocolSpaces]
        $0.toleratesCertificate = pythonCertificates
        $0.handshakeLimit = 10
        $0.messageLimit = 1 << 20
        $0.pingInterval = 20
        $0.follows = .webSocket
        $0.usesProxy = true
        $0.refusesFragment = true
    }

    private static let openAI = webSockets.derived("openai-python", "OpenAI SDK for Python") {
        $0.aliases = ["openai", "openai-sdk", "langchain"]
        $0.handshake = [
            .host("Host"), .origin, .fixed("Upgrade", "websocket"), .fixed("Connection", "Upgrade"),
            .key("Sec-WebSocket-Key"), .fixed("Sec-WebSocket-Version", "13"),
            .subprotocols("Sec-WebSocket-Protocol"), .own, .fixed("Accept", "application/json"),
            .fixed("Content-Type", "application/json"), .fixed("User-Agent", "AsyncOpenAI/Python 3.54.0"),
            .fixed("X-Stainless-Lang", "python"), .fixed("X-Stainless-Package-Version", "3.54.0"),
            .fixed("X-Stainless-OS", "Linux"), .fixed("X-Stainless-Arch", "x64"),
            .fixed("X-Stainless-Runtime", "CPython"), .fixed("X-Stainless-Runtime-Version", "3.11.2"),
            .fixed("X-Stainless-Async", "async:asyncio"),
        ]
        $0.realtime = RealtimeHabit(
            headers: [Header("Authorization", "Bearer {key}")],
            azureHeaders: [Header("api-key", "{key}")]
        )
        $0.messageLimit = nil
        $0.follows = .sameOrigin
        // Its base address may be written either way.
        $0.schemes = ["ws", "wss", "http", "https"]
    }

    private static let aiohttp = ClientProfile("python-aiohttp", "aiohttp", .aiohttp) {
        $0.aliases = ["aiohttp", "home-assistant"]
        $0.handshake = [
            .host("Host"), .own, .fixed("Upgrade", "websocket"), .fixed("Connection", "Upgrade"),
            .fixed("Sec-WebSocket-Version", "13"), .key("Sec-WebSocket-Key"),
            .subprotocols("Sec-WebSocket-Protocol"), .origin, .fixed("Accept", "*/*"),
            .fixed("Accept-Encoding", "gzip, deflate"), .fixed("User-Agent", "Python/3.11 aiohttp/3.14.5"),
        ]
        $0.subprotocolSeparator = ","
        $0.tolerates = subprotocolDefects.union(extensionDefects)
            .union([.http10, .bareLF, .missingReason, .repeatedAccept, .bodyAnnounced, .chunked, .maskedFrames])
        $0.toleratesCertificate = pythonCertificates
        $0.handshakeLimit = 300
        $0.messageLimit = 4 << 20
        $0.follows = .http
        $0.schemes = ["ws", "wss", "http", "https"]
    }

    private static let webSocketClient = ClientProfile(
        "python-websocket-client",
        "websocket-client for Python",
        .webSocketClient
    ) {
        $0.aliases = ["websocket-client", "websocketapp"]
        $0.handshake = [
            .fixed("Upgrade", "websocket"), .host("Host"), .serverOrigin, .key("Sec-WebSocket-Key"),
            .fixed("Sec-WebSocket-Version", "13"), .fixed("Connection", "Upgrade"),
            .subprotocols("Sec-WebSocket-Protocol"), .own,
        ]
        $0.subprotocolSeparator = ","
        $0.tolerates = extensionDefects.union([
            .http10, .bareLF, .missingReason, .connectionList, .acceptCase, .repeatedAccept, .bodyAnnounced, .chunked,
            .subprotocolUnoffered, .subprotocolRepeated, .subprotocolCase, .subprotocolSpaces, .maskedFrames,
        ])
        $0.toleratesCertificate = pythonCertificates
        $0.follows = .webSocket
        $0.usesProxy = true
    }

    /// All that can be wrong with the subprotocol, for clients that do not look at it.
    static let subprotocolDefects: Set<AnswerDefect> = [
        .subprotocolMissing, .subprotocolUnoffered, .subprotocolOther, .subprotocolCase, .subprotocolList,
        .subprotocolRepeated, .subprotocolEmpty, .subprotocolQuoted, .subprotocolSpaces,
    ]

    /// All that can be wrong with the extensions, for clients that do not look at them.
    static let extensionDefects: Set<AnswerDefect> = [
        .extensionUnoffered, .deflateUnoffered, .extensionEmpty, .extensionParameters, .extensionParameterUnoffered,
        .smallClientWindow, .extensionRepeated,
    ]
}
