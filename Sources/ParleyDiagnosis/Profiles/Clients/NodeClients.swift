// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    static let node = [
        nodeWS,
        undici,
        // Its own version of ws takes the `finishRequest` that sets the two fields; ws 8.11 does not know it.
        nodeWS.derived("realtime-api-beta-node", "openai-realtime-api-beta in Node") {
            $0.aliases = ["realtime-api-beta", "openai-realtime-api-beta"]
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}"), Header("OpenAI-Beta", "realtime=v1")]
            )
        },
        nodeWS.derived("openai-node", "OpenAI SDK for Node") {
            $0.aliases = ["openai-js", "openai-npm"]
            $0.realtime = RealtimeHabit(
                headers: [Header("Authorization", "Bearer {key}")],
                azureHeaders: [Header("api-key", "{key}")],
                needsSecureScheme: true
            )
        },
        nodeWS.derived("agents-js-node", "OpenAI Agents SDK for JavaScript, Node") {
            $0.aliases = ["openai-agents-js-node"]
            $0.realtime = RealtimeHabit(
                headers: [
                    Header("Authorization", "Bearer {key}"), Header("User-Agent", "Agents/JavaScript 0.3.0"),
                    Header("X-OpenAI-Agents-SDK", "openai-agents-sdk.0.3.0"),
                ]
            )
        },
        nodeWS.derived("azure-rt-client", "Azure rt-client in Node") {
            $0.aliases = ["rt-client", "azure"]
            $0.realtime = RealtimeHabit(
                headers: [
                    Header("Authorization", "Bearer {key}"), Header("openai-beta", "realtime=v1"),
                    Header("User-Agent", "ms-rtclient/0.5.2"),
                ],
                azureHeaders: [Header("api-key", "{key}"), Header("User-Agent", "ms-rtclient/0.5.2")]
            )
        },
    ]

    static let postman = nodeWS.derived("postman", "Postman") {
        $0.aliases = ["insomnia", "hoppscotch", "bruno"]
        $0.usesProxy = true
    }

    static let wscat = nodeWS.derived("wscat", "wscat")

    private static let nodeWS = ClientProfile("node-ws", "Node ws", .nodeWS) {
        $0.aliases = ["ws", "node", "nodejs", "npm-ws", "javascript", "js", "typescript"]
        $0.handshake = [
            .own, .fixed("Sec-WebSocket-Version", "13"), .key("Sec-WebSocket-Key"), .fixed("Connection", "Upgrade"),
            .fixed("Upgrade", "websocket"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            .subprotocols("Sec-WebSocket-Protocol"), .origin, .host("Host"),
        ]
        $0.subprotocolSeparator = ","
        $0.tolerates = [
            .http10, .missingReason, .connectionList, .bodyAnnounced, .chunked, .subprotocolSpaces,
            .extensionRepeated, .smallClientWindow,
        ]
        $0.toleratesCertificate = [.weakKey, .commonNameOnly]
        $0.messageLimit = 100 * 1024 * 1024
        $0.schemes = ["ws", "wss", "http", "https"]
        $0.refusesFragment = true
        $0.checksSubprotocolTokens = true
    }

    private static let undici = ClientProfile("node-undici", "Node's own WebSocket (undici)", .undici) {
        $0.aliases = ["undici", "node-native", "node-global", "deno", "bun"]
        $0.handshake = [
            .host("host"), .fixed("connection", "upgrade"), .fixed("upgrade", "websocket"), .own,
            .key("sec-websocket-key"), .fixed("sec-websocket-version", "13"), .subprotocols("sec-websocket-protocol"),
            .fixed("sec-websocket-extensions", "permessage-deflate; client_max_window_bits"), .origin,
            .fixed("accept", "*/*"), .fixed("accept-language", "*"), .fixed("sec-fetch-mode", "websocket"),
            .fixed("user-agent", "node"), .fixed("pragma", "no-cache"), .fixed("cache-control", "no-cache"),
            .fixed("accept-encoding", "gzip, deflate"),
        ]
        $0.tolerates = [
            .http10, .missingReason, .bodyAnnounced, .chunked, .extensionParameters, .smallClientWindow,
        ]
        $0.toleratesCertificate = [.weakKey, .commonNameOnly]
        $0.handshakeLimit = 300
        $0.schemes = ["ws", "wss", "http", "https"]
        $0.refusesFragment = true
        $0.refusesBlockedPorts = true
        $0.checksSubprotocolTokens = true
    }
}
