// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    static let browsers = [
        chromium, firefox, safari,
        chromium.derived("agents-js-browser", "OpenAI Agents SDK for JavaScript, browser") {
            $0.aliases = ["agents-js", "openai-agents-js"]
            $0.realtime = RealtimeHabit(
                subprotocols: ["realtime", "openai-insecure-api-key.{key}", "openai-agents-sdk.0.3.0"]
            )
        },
    ]

    private static let console = RealtimeHabit(
        subprotocols: ["realtime", "openai-insecure-api-key.{key}", "openai-beta.realtime-v1"]
    )

    /// What all browsers have in common (WHATWG WebSockets and Fetch).
    private static func browser(_ profile: inout ClientProfile) {
        profile.realtime = console
        profile.usesProxy = true
        profile.schemes = ["ws", "wss", "http", "https"]
        profile.refusesFragment = true
        profile.refusesBlockedPorts = true
        profile.checksSubprotocolTokens = true
    }

    private static let chromium = ClientProfile("chrome-realtime-console", "Chrome, realtime console", .chromium) {
        browser(&$0)
        $0.aliases = ["browser", "chrome", "chromium", "edge", "opera", "brave", "realtime-console", "console"]
        $0.handshake = [
            .host("Host"), .fixed("Connection", "Upgrade"), .fixed("Pragma", "no-cache"),
            .fixed("Cache-Control", "no-cache"),
            .fixed(
                "User-Agent",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
            ),
            .fixed("Upgrade", "websocket"), .origin, .fixed("Sec-WebSocket-Version", "13"),
            .fixed("Accept-Encoding", "gzip, deflate, br, zstd"), .fixed("Accept-Language", "en-US,en;q=0.9"), .own,
            .key("Sec-WebSocket-Key"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
            .subprotocols("Sec-WebSocket-Protocol"),
        ]
        $0.tolerates = [
            .http10, .bareLF, .missingReason, .connectionList, .bodyAnnounced, .chunked, .subprotocolSpaces,
            .smallClientWindow,
        ]
        $0.toleratesCertificate = [.weakKey]
        $0.handshakeLimit = 240
    }

    private static let firefox = ClientProfile("firefox-realtime-console", "Firefox, realtime console", .firefox) {
        browser(&$0)
        $0.aliases = ["firefox", "gecko", "mozilla"]
        $0.handshake = [
            .host("Host"),
            .fixed("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"),
            .fixed("Accept", "*/*"), .fixed("Accept-Language", "en-US,en;q=0.5"),
            .fixed("Accept-Encoding", "gzip, deflate, br, zstd"), .fixed("Sec-WebSocket-Version", "13"), .origin,
            .subprotocols("Sec-WebSocket-Protocol"), .fixed("Sec-WebSocket-Extensions", "permessage-deflate"),
            .key("Sec-WebSocket-Key"), .own, .fixed("Connection", "Upgrade"), .fixed("Sec-Fetch-Dest", "empty"),
            .fixed("Sec-Fetch-Mode", "websocket"), .fixed("Sec-Fetch-Site", "same-site"),
            .fixed("Pragma", "no-cache"), .fixed("Cache-Control", "no-cache"), .fixed("Upgrade", "websocket"),
        ]
        $0.tolerates = [
            .bareLF, .missingReason, .connectionList, .bodyAnnounced, .chunked, .subprotocolMissing,
            .subprotocolUnoffered, .subprotocolSpaces, .extensionEmpty, .extensionParameterUnoffered, .maskedFrames,
        ]
        $0.toleratesCertificate = [.weakKey]
        $0.handshakeLimit = 20
    }

    // Not measured: WebKit leaves the handshake to CFNetwork, which wants no subprotocol in return.
    private static let safari = ClientProfile("safari-realtime-console", "Safari, realtime console", .webKit) {
        browser(&$0)
        $0.aliases = ["safari", "webkit", "ios-safari"]
        $0.handshake = [
            .host("Host"), .origin, .fixed("Upgrade", "websocket"), .fixed("Connection", "Upgrade"),
            .key("Sec-WebSocket-Key"), .fixed("Sec-WebSocket-Version", "13"), .subprotocols("Sec-WebSocket-Protocol"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate"), .own, .fixed("Pragma", "no-cache"),
            .fixed("Cache-Control", "no-cache"), .fixed("Accept", "*/*"), .fixed("Accept-Language", "en-US,en;q=0.9"),
            .fixed(
                "User-Agent",
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                    + "Version/26.0 Safari/605.1.15"
            ),
        ]
        $0.tolerates = [
            .http10, .bareLF, .missingReason, .connectionList, .bodyAnnounced, .chunked, .subprotocolMissing,
            .subprotocolSpaces, .smallClientWindow,
        ]
        $0.handshakeLimit = 60
    }
}
