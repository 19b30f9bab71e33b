// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyTestPeers

extension Misbehaviour {
    /// The 101 itself (RFC 6455 section 4.1; line ends and 1xx answers: RFC 9112).
    static let switching: [Misbehaviour] = [
        answer("no Upgrade", .noConnection("code-missing-upgrade", saying: "no Upgrade field")) { $0.upgrade = nil },
        answer("upgrades to h2c", .noConnection("code-missing-upgrade", saying: "'h2c'")) { $0.upgrade = "h2c" },
        answer("no Connection", .noConnection("code-missing-connection", saying: "no Connection field")) {
            $0.connection = nil
        },
        answer("Connection: close", .noConnection("code-missing-connection", saying: "'close'")) {
            $0.connection = "close"
        },
        answer("a proxy rewrote Connection", .noConnection("code-missing-connection", saying: "'keep-alive'")) {
            $0.connection = "keep-alive"
        },
        answer("no accept value", .noConnection("code-bad-accept", saying: "no Sec-WebSocket-Accept")) {
            $0.accept = nil
        },
        answer("the accept value of another key", .noConnection("code-bad-accept", saying: "does not belong")) {
            $0.accept = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        },
        answer("the accept value in lower case", .noConnection("code-bad-accept", saying: "does not belong")) {
            $0.accept = $0.accept?.lowercased()
        },
        answer("Upgrade and Connection in another case", .session) {
            $0.upgrade = "WebSocket"
            $0.connection = "upgrade"
        },
        answer("Upgrade as one of several in Connection", .session) { $0.connection = "keep-alive, Upgrade" },
        answer("HTTP/1.0", .session) { $0.status = "HTTP/1.0 101 Switching Protocols" },
        answer("no words behind the status", .session) { $0.status = "HTTP/1.1 101" },
        answer("lines that end in LF", .session) { $0.lineEnd = "\n" },
        answer("Content-Length: 0", .session) { $0.further = ["Content-Length: 0"] },
        answer("Transfer-Encoding: chunked", .session) { $0.further = ["Transfer-Encoding: chunked"] },
        answer("10 kB of fields", .session) {
            $0.further = (0..<90).map { "X-Fill-\($0): " + String(repeating: "v", count: 100) }
        },
        answer("more fields than are taken", .noConnection(nil, saying: "bytes of fields")) {
            $0.further = (0..<700).map { "X-Fill-\($0): " + String(repeating: "v", count: 100) }
        },
        answer("a line that is no field", .noConnection(nil, saying: "is not HTTP/1.1")) {
            $0.further = ["no field"]
        },
        answer("103 before it", .session) {
            $0.before = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        },
        Misbehaviour(what: "byte by byte", outcome: .session) { peer in
            for byte in Switching(to: try await peer.head()).bytes { try await peer.write([byte]) }
            try await peer.beginSession()
            try await peer.answerClose()
        },
    ]

    /// Plain HTTP instead; nobody is to be asked but the server of the URL, so that redirects are not followed.
    static let refusals: [Misbehaviour] = [
        http("200 OK", "srv-http-200-instead", body: "<html>hello</html>"),
        http("204 No Content", "srv-http-200-instead", body: ""),
        http("301 Moved Permanently", "srv-redirect", fields: ["Location: ws://127.0.0.1:9/v1/realtime"]),
        http("301 Moved Permanently", "srv-redirect", fields: ["Location: http://127.0.0.1:9/v1/realtime"]),
        http("302 Found", "srv-redirect", fields: ["Location: /login"]),
        http("307 Temporary Redirect", "srv-redirect", fields: ["Location: ws://127.0.0.1:9/v1/realtime"]),
        http("400 Bad Request", nil),
        http("401 Unauthorized", "srv-auth-required", body: #"{"error":{"message":"no such key"}}"#),
        http("401 Unauthorized", "srv-auth-required", fields: ["WWW-Authenticate: Basic realm=\"rig\""]),
        http("403 Forbidden", nil),
        http("404 Not Found", "srv-path-not-websocket"),
        http("405 Method Not Allowed", "srv-path-not-websocket"),
        http("407 Proxy Authentication Required", "fw-proxy-auth", fields: ["Proxy-Authenticate: Basic"]),
        http("426 Upgrade Required", nil, fields: ["Upgrade: websocket", "Sec-WebSocket-Version: 13"]),
        http("429 Too Many Requests", "srv-rate-limited", fields: ["Retry-After: 2"]),
        http("500 Internal Server Error", "code-5xx"),
        http("502 Bad Gateway", "srv-upstream-down"),
        http("503 Service Unavailable", "srv-overloaded", fields: ["Retry-After: 1"]),
        http(
            "400 Bad Request",
            "tls-ws-to-tls",
            body: "<h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port"
        ),
    ]

    /// Long enough for a handshake on a busy machine.
    private static let patience = Duration.seconds(8)

    /// Connections that do not get as far as HTTP.
    static let transport: [Misbehaviour] = [
        Misbehaviour(
            what: "never answers",
            outcome: .noConnection("net-handshake-slow", saying: "The time was over"),
            limit: patience
        ) { peer in _ = try await peer.head() },
        Misbehaviour(
            what: "half a status line, then nothing",
            outcome: .noConnection(nil, saying: "The answer began but did not end"),
            limit: patience
        ) { peer in
            _ = try await peer.head()
            try await peer.write("HTTP/1.1 101 Swi")
        },
        Misbehaviour(
            what: "ends the connection instead of an answer",
            outcome: .noConnection("net-closed-before-response", saying: "ended the connection before its answer")
        ) { peer in
            _ = try await peer.head()
            try await peer.endOutput()
        },
        Misbehaviour(
            what: "ends the connection at once",
            outcome: .noConnection("net-closed-before-response", saying: "ended the connection before its answer")
        ) { peer in try await peer.endOutput() },
        Misbehaviour(
            what: "resets the connection instead of an answer",
            outcome: .noConnection("net-reset-before-response", saying: "reset the connection")
        ) { peer in
            _ = try await peer.head()
            try await peer.reset()
        },
        Misbehaviour(
            what: "is an SSH server",
            outcome: .noConnection("net-wrong-service", saying: "SSH-2.0-rig")
        ) { peer in try await peer.write("SSH-2.0-rig\r\n") },
        Misbehaviour(
            what: "answers with an alert of TLS",
            outcome: .noConnection("tls-ws-to-tls", saying: "use wss://")
        ) { peer in
            _ = try await peer.head()
            try await peer.write([0x15, 3, 1, 0, 2, 2, 0x46])
        },
        Misbehaviour(
            what: "opens and keeps silent",
            outcome: .noSession,
            limit: patience
        ) { peer in
            try await peer.open()
            try await peer.answerClose()
        },
        Misbehaviour(what: "opens and ends TCP", outcome: .ended(nil, "code-abrupt-close")) { peer in
            try await peer.open()
            try await peer.endOutput()
        },
        Misbehaviour(what: "opens and resets TCP", outcome: .ended(nil, "code-abrupt-close")) { peer in
            try await peer.open()
            try await peer.reset()
        },
    ]
}
