// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ClientProfile {
    static let compiled = [
        gorilla, coder, tungstenite, java,
        // It announces an empty body, which Python websockets takes for one and hangs up.
        java.derived("java-http-17", "Java HttpClient of JDK 17") {
            $0.aliases = ["java-17", "java-11", "jdk-17", "jdk-11"]
            $0.handshake = javaHandshake("Java-http-client/17.0.15", [.fixed("Content-Length", "0")])
            $0.isUsual = false
        },
        okHTTP, dotNet, urlSession, swiftNIO,
    ]

    private static let gorilla = ClientProfile("go-gorilla", "Go gorilla/websocket", .gorilla) {
        $0.aliases = ["gorilla", "go", "golang", "gorilla-websocket"]
        $0.handshake = [
            .host("Host"), .fixed("User-Agent", "Go-http-client/1.1"), .own, .fixed("Connection", "Upgrade"), .origin,
            .key("Sec-WebSocket-Key"), .subprotocols("Sec-WebSocket-Protocol"), .fixed("Sec-WebSocket-Version", "13"),
            .fixed("Upgrade", "websocket"),
        ]
        $0.tolerates = subprotocolDefects.union([
            .http10, .bareLF, .missingReason, .connectionList, .repeatedAccept, .bodyAnnounced, .chunked,
            .extensionUnoffered, .extensionEmpty, .invalidUTF8,
        ])
        $0.toleratesCertificate = [.weakKey]
        $0.handshakeLimit = 45
        $0.usesProxy = true
    }

    // From source.
    private static let coder = ClientProfile("go-coder", "Go coder/websocket", .coder) {
        $0.aliases = ["coder", "coder-websocket", "nhooyr", "nhooyr-websocket"]
        $0.handshake = [
            .host("Host"), .fixed("User-Agent", "Go-http-client/1.1"), .own, .fixed("Connection", "Upgrade"), .origin,
            .key("Sec-Websocket-Key"), .subprotocols("Sec-Websocket-Protocol"), .fixed("Sec-Websocket-Version", "13"),
            .fixed("Upgrade", "websocket"),
        ]
        $0.subprotocolSeparator = ","
        $0.tolerates = [
            .http10, .bareLF, .missingReason, .connectionList, .repeatedAccept, .bodyAnnounced, .chunked,
            .subprotocolMissing, .subprotocolEmpty, .subprotocolCase, .subprotocolSpaces, .extensionEmpty,
            .invalidUTF8, .invalidCloseReason,
        ]
        $0.toleratesCertificate = [.weakKey]
        $0.messageLimit = 32 << 10
        $0.follows = .any
        $0.usesProxy = true
        $0.schemes = ["ws", "wss", "http", "https"]
    }

    // From source.
    private static let tungstenite = ClientProfile("rust-tungstenite", "Rust tungstenite", .tungstenite) {
        $0.aliases = ["tungstenite", "tokio-tungstenite", "rust", "codex"]
        $0.handshake = [
            .host("Host"), .fixed("Connection", "Upgrade"), .fixed("Upgrade", "websocket"),
            .fixed("Sec-WebSocket-Version", "13"), .key("Sec-WebSocket-Key"), .origin,
            .subprotocols("Sec-WebSocket-Protocol"), .own,
        ]
        $0.tolerates = extensionDefects.union([
            .bareLF, .missingReason, .repeatedAccept, .bodyAnnounced, .chunked, .subprotocolRepeated,
            .subprotocolSpaces,
        ])
        $0.messageLimit = 64 << 20
    }

    private static let java = ClientProfile("java-http", "Java HttpClient", .java) {
        $0.aliases = ["java", "jdk", "kotlin"]
        $0.handshake = javaHandshake("Java-http-client/21.0.7")
        $0.tolerates = [.http10, .bareLF, .missingReason, .bodyAnnounced, .subprotocolMissing, .subprotocolSpaces]
        $0.toleratesCertificate = [.commonNameOnly]
        $0.usesProxy = true
    }

    private static func javaHandshake(_ agent: String, _ length: [HandshakeField] = []) -> [HandshakeField] {
        [.fixed("Connection", "Upgrade")] + length + [
            .host("Host"), .fixed("Upgrade", "websocket"), .fixed("User-Agent", agent), .own, .origin,
            .key("Sec-WebSocket-Key"), .subprotocols("Sec-WebSocket-Protocol"), .fixed("Sec-WebSocket-Version", "13"),
        ]
    }

    // From source. Whoever wants a subprotocol sets the field by hand, and nothing looks at the answer to it.
    private static let okHTTP = ClientProfile("okhttp", "OkHttp", .okHTTP) {
        $0.aliases = ["android", "ok-http", "react-native"]
        $0.handshake = [
            .own, .subprotocols("Sec-WebSocket-Protocol"), .origin, .fixed("Upgrade", "websocket"),
            .fixed("Connection", "Upgrade"), .key("Sec-WebSocket-Key"), .fixed("Sec-WebSocket-Version", "13"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate"), .host("Host"),
            .fixed("Accept-Encoding", "gzip"), .fixed("User-Agent", "okhttp/4.12.0"),
        ]
        $0.tolerates = subprotocolDefects.union([
            .http10, .bareLF, .missingReason, .repeatedAccept, .bodyAnnounced, .chunked, .extensionEmpty, .invalidUTF8,
        ])
        $0.toleratesCertificate = [.weakKey]
        $0.handshakeLimit = 10
        $0.follows = .http
        $0.usesProxy = true
        $0.schemes = ["ws", "wss", "http", "https"]
    }

    // From source.
    private static let dotNet = ClientProfile("dotnet", ".NET ClientWebSocket", .dotNet) {
        $0.aliases = ["net", "csharp", "c#", "clientwebsocket", "openai-dotnet", "unity"]
        $0.handshake = [
            .host("Host"), .own, .origin, .fixed("Connection", "Upgrade"), .fixed("Upgrade", "websocket"),
            .fixed("Sec-WebSocket-Version", "13"), .key("Sec-WebSocket-Key"), .subprotocols("Sec-WebSocket-Protocol"),
        ]
        $0.realtime = RealtimeHabit(
            subprotocols: ["realtime"],
            headers: [Header("Authorization", "Bearer {key}"), Header("openai-beta", "realtime=v1")],
            azureHeaders: [Header("api-key", "{key}")]
        )
        $0.tolerates = extensionDefects.union([
            .http10, .bareLF, .missingReason, .bodyAnnounced, .chunked, .subprotocolMissing, .subprotocolCase,
            .subprotocolSpaces, .subprotocolEmpty, .subprotocolRepeated,
        ])
        $0.toleratesCertificate = [.commonNameOnly]
        $0.follows = .any
        $0.usesProxy = true
    }

    // Not measured.
    private static let urlSession = ClientProfile("urlsession", "URLSessionWebSocketTask", .urlSession) {
        $0.aliases = ["swift", "ios", "macos", "nsurlsession", "urlsessionwebsockettask", "starscream", "apple"]
        $0.handshake = [
            .host("Host"), .own, .origin, .fixed("Upgrade", "websocket"), .key("Sec-WebSocket-Key"),
            .fixed("Sec-WebSocket-Version", "13"), .subprotocols("Sec-WebSocket-Protocol"),
            .fixed("Sec-WebSocket-Extensions", "permessage-deflate"), .fixed("Connection", "Upgrade"),
            .fixed("Accept", "*/*"), .fixed("Accept-Language", "en-US,en;q=0.9"),
            .fixed("User-Agent", "App/1 CFNetwork/3826.500.131 Darwin/24.5.0"),
        ]
        $0.tolerates = [
            .http10, .bareLF, .missingReason, .connectionList, .bodyAnnounced, .chunked, .subprotocolMissing,
            .subprotocolSpaces, .smallClientWindow,
        ]
        $0.handshakeLimit = 60
        $0.messageLimit = 1 << 20
        $0.usesProxy = true
    }

    private static let swiftNIO = ClientProfile("swift-nio", "SwiftNIO", .swiftNIO) {
        $0.aliases = ["nio", "vapor"]
        $0.handshake = [
            .host("Host"), .own, .origin, .subprotocols("Sec-WebSocket-Protocol"), .fixed("Connection", "upgrade"),
            .fixed("Upgrade", "websocket"), .key("Sec-WebSocket-Key"), .fixed("Sec-WebSocket-Version", "13"),
        ]
        $0.tolerates = subprotocolDefects.union(extensionDefects)
            .union([
                .http10, .missingReason, .connectionList, .missingConnection, .otherConnection, .repeatedAccept,
                .bodyAnnounced, .chunked, .maskedFrames, .reservedBits, .reservedOpcode, .strayContinuation,
                .invalidUTF8, .invalidCloseCode, .invalidCloseReason,
            ])
        $0.messageLimit = 16 << 10
        $0.isUsual = false
    }

    static let arduino = ClientProfile("arduino", "arduinoWebSockets (ESP32)", .arduino) {
        $0.aliases = ["esp32", "esp8266", "arduinowebsockets"]
        $0.handshake = [
            .host("Host"), .fixed("Connection", "Upgrade"), .fixed("Upgrade", "websocket"),
            .fixed("Sec-WebSocket-Version", "13"), .key("Sec-WebSocket-Key"),
            .subprotocols("Sec-WebSocket-Protocol"), .fixed("Origin", "file://"),
            .fixed("User-Agent", "arduino-WebSocket-Client"), .own,
        ]
        $0.standingSubprotocols = ["arduino"]
        $0.tolerates = subprotocolDefects.union(extensionDefects)
            .union([.http10, .bareLF, .missingReason, .bodyAnnounced, .chunked, .maskedFrames, .invalidUTF8])
        $0.handshakeLimit = 5
        $0.messageLimit = 15 << 10
        $0.isUsual = false
    }

    /// No client, but RFC 6455 to the letter.
    static let bare = ClientProfile("bare", "RFC 6455, nothing else", .plain) {
        $0.aliases = ["curl", "websocat", "rfc6455", "raw", "any", "other"]
        $0.handshake = [
            .host("Host"), .fixed("Upgrade", "websocket"), .fixed("Connection", "Upgrade"), .key("Sec-WebSocket-Key"),
            .fixed("Sec-WebSocket-Version", "13"), .origin, .subprotocols("Sec-WebSocket-Protocol"), .own,
        ]
        $0.tolerates = [
            .connectionList, .missingReason, .bodyAnnounced, .chunked, .subprotocolMissing, .subprotocolSpaces,
            .smallClientWindow,
        ]
        $0.usesProxy = true
    }
}
