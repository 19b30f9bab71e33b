// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

extension Scenarios {
    private static let express = [("X-Powered-By", "Express"), ("Content-Type", "text/html; charset=utf-8")]

    /// Causes in the server's configuration, each beside what looks like it.
    static let configuration: [Case] = [
        // A lost upgrade, told by the back end, by the direct address, and by a proxy of the client.
        Case("srv-proxy-drops-upgrade") {
            echo()
                .met {
                    $0.refuse(
                        426,
                        "Upgrade Required",
                        [nginx],
                        body: "Failed to open a WebSocket connection: invalid Connection header: close."
                    )
                }
        },
        Case("srv-proxy-drops-upgrade") {
            echo()
                .met {
                    $0.refuse(
                        400,
                        "Bad Request",
                        [("Server", "HAProxy")],
                        body: "Can \"Upgrade\" only to \"WebSocket\"."
                    )
                }
        },
        Case("srv-proxy-drops-upgrade") {
            echo().met { $0.refuse(404, "Not Found", [("Server", "nginx")], body: "{\"detail\":\"Not Found\"}") }
                .adding(.direct, to: "ws://127.0.0.1:8000/") { $0.agree() }
        },
        Case("srv-proxy-drops-upgrade") {
            echo()
                .met { exchange in
                    exchange.agree(fields: [("Server", "nginx")])
                    if exchange.isHandshake { exchange.set("Connection", "keep-alive") }
                }
                .adding(.direct, to: "ws://127.0.0.1:8000/") { $0.agree() }
        },
        Case("srv-no-ws-library") {
            echo()
                .met {
                    $0.refuse(
                        404,
                        "Not Found",
                        [("server", "uvicorn"), ("content-type", "application/json")],
                        body: "{\"detail\":\"Not Found\"}"
                    )
                }
        },
        // A working uvicorn refuses unknown paths with 403.
        Case("code-not-accepted") {
            echo()
                .met { exchange in
                    exchange.isHandshake
                        ? exchange.refuse(403, "Forbidden", [("server", "uvicorn")])
                        : exchange.refuse(404, "Not Found", [("server", "uvicorn")], body: "{\"detail\":\"Not Found\"}")
                }
        },
        Case("srv-path-not-websocket") {
            echo("ws://127.0.0.1:19555/socket")
                .met { exchange in
                    exchange.request?.target == "/ws"
                        ? exchange.agree() : exchange.refuse(403, "Forbidden", [("server", "uvicorn")])
                }
        },
        Case("srv-worker-type") {
            echo()
                .met {
                    $0.refuse(500, "Internal Server Error", [("Server", "gunicorn")], body: "Internal Server Error")
                }
        },
        Case("code-5xx") {
            echo()
                .met {
                    $0.refuse(
                        500,
                        "Internal Server Error",
                        [("Server", "Python/3.11 websockets/17.4")],
                        body: "Failed to open a WebSocket connection."
                    )
                }
        },
        // Netty says nothing to a path that it does not serve, the query included.
        Case("srv-path-not-websocket") {
            Scene("ws://127.0.0.1:18803/?model=gpt")
                .met { exchange in
                    exchange.request?.target == "/" && exchange.isHandshake ? exchange.openRealtime() : exchange.stall()
                }
        },
        Case("net-handshake-slow") { Scene("ws://127.0.0.1:18803/?model=gpt").met { $0.stall() } },
        Case("srv-path-not-websocket") {
            echo("ws://127.0.0.1:18803/chat")
                .met { exchange in
                    exchange.refuse(
                        404,
                        "Not Found",
                        [("Content-Type", "text/plain; charset=utf-8"), ("X-Content-Type-Options", "nosniff")],
                        body: "404 page not found\n"
                    )
                }
        },
        Case("code-no-upgrade-listener") {
            echo("ws://127.0.0.1:18803/chat")
                .met { $0.refuse(404, "Not Found", express, body: "<pre>Cannot GET \($0.request?.target ?? "")</pre>") }
        },
        Case("srv-http-200-instead") {
            echo().met { $0.refuse(200, "OK", [nginx], body: "<!doctype html><title>App</title>") }
        },
        Case("fw-captive-portal") {
            echo().met { $0.refuse(200, "OK", [], body: "<title>Hotspot login</title> Sign in to use the internet") }
        },
        Case("fw-captive-portal") { echo().met { $0.refuse(511, "Network Authentication Required") } },
        Case("srv-redirect", .connectsForSome) {
            echo().met { $0.refuse(308, "Permanent Redirect", [("Location", "/chat/")]) }
                .adding(.redirect) { $0.agree() }
        },
        Case("srv-auth-required", .fails) {
            echo(clients: ["node-ws"]).met { $0.refuse(302, "Found", [("Location", "/login?next=/ws")]) }
        },
        Case("srv-upstream-down") {
            echo()
                .met {
                    $0.refuse(
                        503,
                        "Service Unavailable",
                        [],
                        body:
                            "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>"
                    )
                }
        },
        Case("srv-upstream-down") {
            echo().met { $0.refuse(503, "Service Unavailable", [("server", "envoy")], body: "no healthy upstream") }
        },
        Case("srv-upstream-down") {
            echo().met { $0.refuse(521, "", [("Server", "cloudflare"), ("CF-RAY", "1")], body: "error code: 521") }
        },
        Case("srv-overloaded") { echo().met { $0.refuse(503, "Service Unavailable", [("Retry-After", "30")]) } },
        Case("srv-overloaded") { realtime().met { $0.agree { $0.closeByServer(1013, "try again later") } } },
        Case("srv-rate-limited") { echo().met { $0.refuse(429, "Too Many Requests", [("Retry-After", "5")]) } },
        Case("srv-rate-limited") {
            realtime()
                .met {
                    $0.openRealtime { $0.closeByServer(4000, "", error: ("rate_limit_exceeded", "Rate limit reached")) }
                }
        },
        Case("srv-auth-required") {
            realtime().met { $0.refuse(401, "Unauthorized", [("WWW-Authenticate", "Bearer")]) }
        },
        Case("srv-auth-required") {
            realtime { $0.headers = [Header("Authorization", "Bearer ***")] }
                .met { $0.refuse(403, "Forbidden", [], body: "{\"error\":\"invalid token\"}") }
        },
        Case("srv-auth-in-band") {
            realtime()
                .met {
                    $0.openRealtime {
                        $0.closeByServer(
                            3000,
                            "invalid_request_error.invalid_api_key",
                            error: ("invalid_api_key", "Incorrect API key provided")
                        )
                    }
                }
        },
        Case("srv-auth-in-band") {
            realtime().met { $0.openRealtime { $0.closeByServer(1008, "authentication required") } }
        },
        Case("srv-headers-too-large") {
            echo { $0.headers = [Header("Cookie", "***")] }
                .met {
                    $0.refuse(
                        400,
                        "Bad Request",
                        [nginx],
                        body: "<title>400 Request Header Or Cookie Too Large</title>"
                    )
                }
        },
        Case("srv-headers-too-large") { echo().met { $0.refuse(431, "Request Header Fields Too Large") } },
        Case("srv-upgrade-disabled") {
            echo()
                .met { exchange in
                    exchange.isHandshake
                        ? exchange.refuse(403, "Forbidden", [("server", "envoy"), ("content-length", "0")])
                        : exchange.refuse(200, "OK", [("server", "envoy")], body: "ok")
                }
        },
        Case("srv-upgrade-disabled") { echo().met { $0.refuse(464, "", [("Server", "awselb/2.0")]) } },
        Case("srv-host-check") {
            echo("ws://app.example.com/")
                .met { exchange in
                    exchange.asks("Host")?.hasPrefix("localhost") == true
                        ? exchange.agree() : exchange.refuse(403, "Forbidden", [], body: "")
                }
        },
        Case("srv-host-check") {
            echo("ws://app.example.com/")
                .met {
                    $0.refuse(
                        403,
                        "Forbidden",
                        [],
                        body: "Blocked request. This host (\"app.example.com\") is not allowed."
                    )
                }
        },
        Case("srv-message-too-big") {
            echo { $0.sendBytes = 100_000 }.met { $0.agree() }
                .adding(.size, "1000") { $0.agree() }
                .adding(.size, "100000") {
                    $0.agree { $0.closeByServer(1009, "Max frame length of 65536 has been exceeded.") }
                }
        },
        Case("srv-message-too-big") {
            echo(clients: ["python-websockets"])
                .met { $0.agree { $0.received.append(.init(opcode: 2, payload: Bytes(text: "", count: 2_000_000))) } }
        },
        Case("srv-redirect") {
            echo("ws://127.0.0.1:19555/chat", clients: ["node-ws"])
                .met { $0.refuse(301, "Moved Permanently", [("Location", "/chat/")]) }
                .adding(.variation, "final-slash") { $0.agree() }
        },
        Case("net-mtu") {
            echo { $0.sendBytes = 100_000 }.met { $0.agree() }
                .adding(.size, "1000") { $0.agree() }
                .adding(.size, "100000") { exchange in
                    exchange.agree { $0.keepQuiet(pingAnswered: false) }
                    exchange.end = .init(.timedOut, atMS: 10_000)
                }
        },
        // Arduino's client offers a subprotocol and does not look at the answer.
        Case("srv-proxy-idle-timeout") {
            echo(clients: ["arduino"]) { $0.holdSeconds = 9 }.met { $0.agree(fields: [nginx]) }
                .adding(.hold) { exchange in
                    exchange.agree(fields: [nginx]) { $0.cut() }
                    exchange.end = .init(.closed, atMS: 5004)
                }
        },
        // Python pings by itself, every 20 s.
        Case("net-silent-idle-drop", .connectsForSome) {
            echo { $0.holdSeconds = 65 }.met { $0.agree() }
                .adding(.hold) { exchange in
                    exchange.agree { $0.keepQuiet(pingAnswered: false) }
                    exchange.end = .init(.timedOut, atMS: 65_000)
                }
                .adding(.holdWithPings) { $0.agree() }
        },
        Case("fw-idle-rst", .connectsForSome) {
            echo { $0.holdSeconds = 65 }.met { $0.agree() }
                .adding(.hold) { exchange in
                    exchange.agree { $0.cut() }
                    exchange.end = .init(.reset, atMS: 60_000)
                }
                .adding(.holdWithPings) { $0.agree() }
        },
        Case("srv-reload-cuts") {
            echo { $0.holdSeconds = 65 }.met { $0.agree() }
                .adding(.hold) { $0.agree { $0.closeByServer(1012, "service restart") } }
                .adding(.holdWithPings) { $0.agree { $0.closeByServer(1012, "service restart") } }
        },
    ]
}
