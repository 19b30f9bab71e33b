// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

extension Scenarios {
    private static let page = "https://console.example.com/app"

    private static func pageRecord(_ policy: String) -> Evidence.Data {
        .page(.init(url: page, status: 200, headers: [Header("Content-Security-Policy", policy)]))
    }

    private static func record(_ change: (inout ClientRecord, Scene) -> Void) -> Scene {
        let scene = echo()
        var record = ClientRecord()
        record.request = scene.reference
        record.keyIsValid = true
        record.response = .right()
        change(&record, scene)
        return scene.with(.tap, nil, .client(record))
    }

    /// Causes in cross-origin rules.
    static let origins: [Case] = [
        Case("org-rejected") {
            // Node's ws answers a refused origin with 401.
            echo(clients: ["browser"]) { $0.origin = "http://evil.example" }
                .met {
                    $0.asks("Origin") == nil
                        ? $0.agree()
                        : $0.refuse(
                            401,
                            "Unauthorized",
                            [("Connection", "close"), ("Content-Type", "text/html")],
                            body: "Unauthorized"
                        )
                }
        },
        Case("srv-auth-required") {
            echo(clients: ["browser"]) { $0.origin = "http://app.example" }
                .met { $0.refuse(401, "Unauthorized", [("WWW-Authenticate", "Basic")]) }
        },
        Case("org-mismatch") {
            echo(clients: ["browser"]) { $0.origin = "http://127.0.0.1:5173" }
                .met {
                    [nil, "http://localhost:5173"].contains($0.asks("Origin"))
                        ? $0.agree() : $0.refuse(403, "Forbidden")
                }
                .adding(.variation, "sibling-origin") { $0.agree() }
        },
        Case("org-rewritten-host") {
            echo("ws://localhost:5173/ws", clients: ["browser"]) { $0.origin = "http://localhost:5173" }
                .met { $0.asks("Origin") == nil ? $0.agree() : $0.refuse(403, "Forbidden") }
        },
        Case("org-null") {
            echo(clients: ["browser"]) { $0.origin = "null" }
                .met { $0.asks("Origin") == nil ? $0.agree() : $0.refuse(403, "Forbidden") }
        },
        Case("org-required") {
            echo(clients: ["node-ws"]).met { $0.asks("Origin") == nil ? $0.refuse(403, "Forbidden") : $0.agree() }
        },
        Case("org-rejected") {
            // Django Channels refuses a missing origin too.
            echo(clients: ["browser"]) { $0.origin = "http://evil.example" }
                .met {
                    $0.asks("Origin") == "http://127.0.0.1:19555"
                        ? $0.agree() : $0.refuse(403, "Forbidden", [], body: "403 Access denied")
                }
        },
        Case("org-csp") {
            echo("wss://api.example.com/ws", clients: ["chrome"]) { $0.page = page }.met { $0.agree() }
                .with(.page, nil, pageRecord("default-src 'self'; connect-src 'self' https:"))
        },
        Case("org-unsafe-port", .connectsForSome) { echo("ws://127.0.0.1:6667/").met { $0.agree() } },
        Case("org-local-network-access", .fails) { echo(clients: ["chromium"]) { $0.page = page }.met { $0.agree() } },
        Case("org-hsts", .fails) {
            echo("ws://console.example.com/ws", clients: ["chromium"]).met { $0.agree() }
                .with(
                    .page,
                    nil,
                    .page(
                        .init(
                            url: "https://console.example.com/",
                            status: 200,
                            headers: [Header("Strict-Transport-Security", "max-age=1000")]
                        )
                    )
                )
                .adding(.otherScheme, to: "wss://console.example.com/") { $0.hangUp() }
        },
        Case("org-cookie", .connectsForSome) {
            echo("wss://api.example.com/ws") {
                $0.page = page; $0.headers = [Header("Cookie", "***")]
            }
            .met { $0.asks("Cookie") == nil ? $0.refuse(401, "Unauthorized") : $0.agree() }
        },
    ]

    /// Causes in code.
    static let code: [Case] = [
        Case("code-missing-upgrade") {
            echo()
                .met {
                    $0.agree(); $0.set("Upgrade", nil)
                }
        },
        Case("code-bad-accept") {
            echo()
                .met {
                    $0.agree(); $0.set("Sec-WebSocket-Accept", "HSmrc0sMlYUkAGmm5OPpG2HaGWk=")
                }
        },
        Case("code-bad-accept") {
            echo()
                .met {
                    $0.agree(); $0.set("Sec-WebSocket-Accept", nil)
                }
        },
        Case("code-101-with-body") {
            echo()
                .met { exchange in
                    exchange.agree(fields: [("Content-Length", "5")]) {
                        $0.cut(); $0.unreadable = Bytes(text: "hello", count: 5); $0.violations = ["WS_UNEXPECTED_RSV"]
                    }
                }
        },
        Case("code-101-chunked") {
            echo()
                .met {
                    $0.agree(fields: [("Transfer-Encoding", "chunked")]) {
                        $0.cut(); $0.unreadable = Bytes(text: "7\r\n", count: 3)
                    }
                }
        },
        Case("code-bare-lf", .connectsForSome) {
            echo()
                .met {
                    $0.agree(); $0.response?.hasBareLF = true
                }
        },
        Case("code-bad-utf8", .connectsForSome) { echo().met { $0.agree { $0.violations = ["WS_INVALID_UTF8"] } } },
        Case("code-rsv", .fails) {
            echo()
                .met {
                    $0.agree {
                        $0.violations = ["WS_UNEXPECTED_RSV"]; $0.echoed = nil
                    }
                }
        },
        Case("code-bad-frame", .fails) {
            echo()
                .met {
                    $0.agree {
                        $0.violations = ["WS_INVALID_OPCODE"]; $0.echoed = nil
                    }
                }
        },
        Case("code-bad-close-code") {
            echo()
                .met {
                    $0.agree {
                        $0.violations = ["WS_INVALID_CLOSE_CODE"]; $0.close = .init(code: 1006)
                    }
                }
        },
        Case("code-abrupt-close") { realtime().met { $0.openRealtime { $0.cut() } } },
        Case("code-silence") { realtime().met { $0.openRealtime { $0.keepQuiet(pingAnswered: true) } } },
        Case("code-no-pong") { echo(clients: ["python-websockets"]).met { $0.agree { $0.pingAnswered = false } } },
        Case("code-header-case") {
            echo(clients: ["node-undici"])
                .met {
                    $0.request?.headers.contains { $0.name == "sec-websocket-key" } == true
                        ? $0.refuse(400) : $0.agree()
                }
        },
        Case("code-connection-exact-match") {
            echo(clients: ["node-undici"]).met { $0.asks("Connection") == "Upgrade" ? $0.agree() : $0.refuse(400) }
        },
        Case("code-browser-headers") {
            realtime(clients: ["chrome"]) {
                $0.headers = [Header("Authorization", "Bearer ***")]; $0.subprotocols = ["realtime"]
            }
            .met { $0.asks("Authorization") == nil ? $0.refuse(401, "Unauthorized") : $0.openRealtime() }
        },
        Case("code-bad-subprotocol-token") {
            realtime(clients: ["chrome"]) { $0.subprotocols = ["realtime", "openai-insecure-api-key.a b"] }
                .met { $0.openRealtime() }
        },
        Case("code-url-fragment") { echo("ws://127.0.0.1:19555/#top", clients: ["chrome"]).met { $0.agree() } },
        Case("code-client-scheme") { echo("tcp://127.0.0.1:19555/") },
        Case("code-binary-vs-text", .fails) {
            realtime(clients: ["chrome"])
                .met {
                    $0.openRealtime {
                        $0.firstEvent = nil;
                        $0.received = [
                            .init(opcode: 2, payload: Bytes(text: "{\"type\":\"session.created\"}", count: 26))
                        ]
                    }
                }
        },
        Case("code-bad-key") {
            record { record, _ in
                record.keyIsValid = false; record.response = .init(status: 400)
            }
        },
        Case("code-client-http10") {
            record { record, _ in
                record.request?.version = "1.0"; record.response = .init(status: 505)
            }
        },
        Case("code-client-no-pong") {
            record { record, _ in
                record.conversation = Conversation(received: [.init(opcode: 9), .init(opcode: 9)])
                record.conversation?.close = .init(code: 1011, reason: "keepalive ping timeout")
                record.serverEnd = .init(.closed, atMS: 40_000)
            }
        },
        Case("ver-subproto-none") {
            record { record, scene in record.request?.headers.append(Header("Sec-WebSocket-Protocol", "realtime")) }
        },
    ]

    /// Causes in versions and dialects.
    static let versions: [Case] = [
        Case("ver-hixie") {
            echo()
                .met {
                    $0.agree(fields: [("Sec-WebSocket-Origin", "null")]); $0.set("Sec-WebSocket-Accept", nil)
                }
        },
        Case("ver-http-version", .connectsForSome) {
            echo()
                .met {
                    $0.agree(); $0.response?.version = "1.0"
                }
        },
        Case("ver-subproto-mismatch") {
            realtime(clients: ["chrome"]) { $0.subprotocols = pair }.met { $0.agree(selecting: "chat") }
        },
        Case("ver-subproto-mismatch") {
            realtime(clients: ["chrome"]) { $0.subprotocols = pair }.met { $0.agree(selecting: "Realtime") }
        },
        Case("ver-subproto-mismatch") {
            echo(clients: ["node-ws"]) { $0.subprotocols = ["chat"] }
                .met { $0.offered.isEmpty ? $0.agree() : $0.refuse(400, "Bad Request") }
        },
        Case("ver-subproto-multiple") {
            realtime(clients: ["chrome"]) { $0.subprotocols = pair }
                .met { $0.agree(selecting: $0.offered.joined(separator: ", ")) }
        },
        Case("ver-subproto-required") {
            echo(clients: ["node-ws"])
                .met {
                    $0.refuse(
                        400,
                        "Bad Request",
                        [("Server", "Python/3.11 websockets/17.4")],
                        body: "Failed to open a WebSocket connection: missing subprotocol."
                    )
                }
        },
        Case("ver-subproto-required") {
            echo(clients: ["node-ws"]).met { $0.agree { $0.closeByServer(4406, "Subprotocol not acceptable") } }
        },
        Case("ver-subproto-mismatch") {
            echo(clients: ["node-ws"]) { $0.subprotocols = ["graphql-ws"] }
                .met { $0.agree(selecting: "graphql-ws") { $0.closeByServer(4406, "Subprotocol not acceptable") } }
        },
        Case("ver-ext-params", .connectsForSome) {
            echo()
                .met {
                    $0.asks("Sec-WebSocket-Extensions") == nil
                        ? $0.agree()
                        : $0.agree(fields: [
                            ("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=16")
                        ])
                }
        },
        Case("ver-ext-not-implemented") {
            echo(clients: ["chrome"])
                .met { exchange in
                    guard exchange.asks("Sec-WebSocket-Extensions") != nil else { return exchange.agree() }
                    exchange.agree(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]) {
                        $0.violations = ["WS_INVALID_UTF8"]
                    }
                }
        },
        Case("ver-realtime-azure") {
            realtime()
                .met {
                    $0.refuse(
                        404,
                        "Not Found",
                        [("apim-request-id", "1")],
                        body: "{\"error\":{\"code\":\"404\",\"message\":\"Resource not found\"}}"
                    )
                }
        },
        Case("ver-realtime-event-shape", .connectsForSome) {
            realtime { $0.sendText = "{}" }
                .met { exchange in
                    exchange.openRealtime {
                        $0.received.append(
                            .init(
                                opcode: 1,
                                payload: Bytes(
                                    text: "{\"error\":{\"message\":\"Unknown parameter: 'session.type'.\"}}",
                                    count: 60
                                )
                            )
                        )
                    }
                }
        },
        Case("ver-socketio-eio") {
            echo().met { $0.refuse(400, "Bad Request", [], body: "{\"code\":0,\"message\":\"Transport unknown\"}") }
        },
        Case("ver-socketio-eio") {
            echo("ws://127.0.0.1:19555/", clients: ["node-ws"])
                .met {
                    $0.request?.target == "/socket.io/"
                        ? $0.agree {
                            $0.received = [.init(opcode: 1, payload: Bytes(text: "0{\"sid\":\"x\"}", count: 11))]
                        } : $0.refuse(404, "Not Found")
                }
        },
    ]
}
