// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

/// Ways in which real servers fail, recorded by hand, with the cause that is to be named.
enum Scenarios {
    struct Case: Sendable {
        let cause: String
        let verdict: Report.Verdict
        let scene: @Sendable () -> Scene

        init(_ cause: String, _ verdict: Report.Verdict = .fails, _ scene: @escaping @Sendable () -> Scene) {
            self.cause = cause
            self.verdict = verdict
            self.scene = scene
        }
    }

    static let realtimeURL = "ws://127.0.0.1:19565/v1/realtime?model=stub-realtime"
    static let pair = ["realtime", "openai-insecure-api-key.sk-test"]

    static func echo(
        _ url: String = "ws://127.0.0.1:19555/",
        clients: [String] = [],
        _ change: (inout Question) -> Void = { _ in }
    ) -> Scene {
        Scene(url, expect: .echo, clients: clients, change)
    }

    static func realtime(clients: [String] = [], _ change: (inout Question) -> Void = { _ in }) -> Scene {
        Scene(realtimeURL, expect: .sessionCreated, clients: clients, change)
    }

    static func secure(_ faults: [Exchange.CertificateFault], _ chain: [Exchange.Certificate] = [.sample]) -> Scene {
        echo("wss://localhost:19705/").met(tls: .faulty(faults, chain)) { $0.agree() }
    }

    static let nginx = ("Server", "nginx/1.22.1")
    static func nginxPage(_ title: String) -> String {
        "<html>\r\n<head><title>\(title)</title></head>\r\n<body>\r\n<center><h1>\(title)</h1></center>\r\n<hr><center>nginx/1.22.1</center>"
    }

    static let serverSide: [Case] = [
        Case("srv-proxy-drops-upgrade") {
            echo()
                .met {
                    $0.refuse(505, "HTTP Version Not Supported", [nginx], body: "unsupported HTTP version: HTTP/1.0")
                }
        },
        Case("srv-proxy-idle-timeout") {
            let fields = [nginx]
            return echo { $0.holdSeconds = 9 }.met { $0.agree(fields: fields) }
                .adding(.hold) { exchange in
                    exchange.agree(fields: fields) { $0.cut() }
                    exchange.end = .init(.closed, atMS: 5004)
                }
                .adding(.holdWithPings) { exchange in
                    exchange.agree(fields: fields)
                    exchange.end = .init(.enough, atMS: 9000)
                }
        },
        Case("srv-proxy-strips-subprotocol", .fails) {
            realtime(clients: ["browser"]) { $0.subprotocols = pair }.met { $0.agree(fields: [nginx]) }
                .adding(.direct, to: "ws://127.0.0.1:19566/v1/realtime") { $0.openRealtime() }
        },
        Case("srv-path-not-websocket") {
            echo("ws://127.0.0.1:19570/realtime")
                .met { exchange in
                    guard exchange.request?.target == "/v1/realtime" else {
                        return exchange.refuse(
                            400,
                            "Bad Request",
                            [("Connection", "close"), ("Content-Type", "text/html"), ("Content-Length", "11")],
                            body: "Bad Request"
                        )
                    }
                    exchange.agree()
                }
        },
        // Python and aiohttp follow redirects.
        Case("srv-redirect", .connectsForSome) {
            echo()
                .met {
                    $0.refuse(
                        301,
                        "Moved Permanently",
                        [nginx, ("Location", "https://127.0.0.1:19576/")],
                        body: nginxPage("301 Moved Permanently")
                    )
                }
                .adding(.redirect, to: "wss://127.0.0.1:19576/") { $0.agree() }
        },
        Case("srv-upstream-down") {
            echo().met { $0.refuse(502, "Bad Gateway", [nginx], body: nginxPage("502 Bad Gateway")) }
        },
        Case("net-refused") { echo().unreachable(.refused) },
        Case("net-dns") {
            Scene("ws://realtime-gateway.invalid:19610/v1/realtime", expect: .sessionCreated)
                .with(
                    .name,
                    nil,
                    .name(.init(host: "realtime-gateway.invalid", ipv4: .noSuchName, ipv6: .noSuchName, durationMS: 3))
                )
        },
        Case("net-family-mismatch") {
            echo("ws://127.0.0.1:19615/").unreachable(.refused)
                .adding(.otherFamily, "::1", to: "ws://[::1]:19615/") { $0.agree() }
        },
        Case("net-handshake-slow", .fails) {
            echo(clients: ["python-websockets"]) { $0.timeoutSeconds = 20 }.met { $0.agree(atMS: 12_004) }
        },
        Case("net-handshake-slow", .connectsForSome) { echo { $0.timeoutSeconds = 20 }.met { $0.agree(atMS: 12_004) } },
        Case("fw-filtered") {
            var other = Exchange(endpoint: .init(host: "127.0.0.1", port: 80, isSecure: false))
            other.tcp = .init(.refused, durationMS: 0)
            return echo().unreachable(.timedOut).with(.otherPort, "80", .exchange(other))
        },
        // Node knows no proxy.
        Case("fw-proxy-auth", .connectsForSome) {
            echo { $0.proxy = "http://127.0.0.1:19661" }
                .met { exchange in
                    exchange.request = nil
                    exchange.endpoint.proxy = "127.0.0.1:19661"
                    exchange.proxy = .init(
                        status: 407,
                        headers: [Header("Proxy-Authenticate", "Basic realm=\"corporate gateway\"")]
                    )
                }
                .adding(.withoutProxy) { $0.agree() }
        },
        Case("fw-captive-portal") {
            Scene("ws://127.0.0.1:19665/v1/realtime", expect: .sessionCreated)
                .met { exchange in
                    exchange.refuse(
                        302,
                        "Found",
                        [
                            ("Server", "hotspot-gateway"),
                            (
                                "Location",
                                "http://login.guest-wifi.invalid/welcome?orig=127.0.0.1:19665\(exchange.request?.target ?? "")"
                            ),
                        ],
                        body:
                            "<html><head><title>Guest Wi-Fi</title></head><body>Please log in to use the Internet.</body></html>"
                    )
                }
        },
        Case("tls-expired") { secure([.expired]) },
        Case("tls-self-signed") {
            var own = Exchange.Certificate.sample
            own.issuer = own.subject
            return secure([.selfSigned], [own])
        },
        Case("tls-hostname-mismatch") { secure([.nameMismatch]) },
        Case("tls-missing-intermediate") { secure([.missingIntermediate]) },
        Case("tls-wss-to-plain") {
            echo("wss://127.0.0.1:19725/")
                .met(tls: .init(.notTLS(Bytes(text: "HTTP/1.1 400 Bad Request", count: 24)))) { _ in }
                .adding(.otherScheme, to: "ws://127.0.0.1:19725/") { $0.agree() }
        },
        Case("tls-wss-to-plain") {
            echo("wss://127.0.0.1:19725/").met(tls: .init(.closed)) { _ in }
                .adding(.otherScheme, to: "ws://127.0.0.1:19725/") { $0.agree() }
        },
    ]

    static let clientSide: [Case] = [
        Case("org-rejected") {
            echo(clients: ["browser"]) { $0.origin = "http://localhost:5173" }
                .met { exchange in
                    guard [nil, "http://127.0.0.1:19555"].contains(exchange.asks("Origin")) else {
                        return exchange.refuse(
                            403,
                            "Forbidden",
                            [
                                ("Content-Type", "text/plain; charset=utf-8"), ("Sec-Websocket-Version", "13"),
                                ("X-Content-Type-Options", "nosniff"),
                            ],
                            body: "Forbidden\n"
                        )
                    }
                    exchange.agree()
                }
        },
        Case("org-rejected") {
            echo(clients: ["browser"]) { $0.origin = "http://127.0.0.1:5173" }
                .met { exchange in
                    guard [nil, "https://console.example"].contains(exchange.asks("Origin")) else {
                        return exchange.refuse(
                            403,
                            "Forbidden",
                            [("Server", "Python/3.11 websockets/17.4")],
                            body:
                                "Failed to open a WebSocket connection: invalid Origin header: http://127.0.0.1:5173.\n"
                        )
                    }
                    exchange.agree()
                }
        },
        Case("org-mixed-content") {
            echo("ws://realtime.example.test:19766/", clients: ["browser"]) { $0.page = "https://localhost:19765/" }
                .met { $0.agree() }
        },
        Case("code-bad-accept") {
            echo()
                .met { exchange in
                    exchange.agree()
                    if exchange.isHandshake {
                        exchange.set("Sec-WebSocket-Accept", String(repeating: "YjM3YTRmMmNj", count: 4) + "MDYyNGY=")
                    }
                }
        },
        Case("code-missing-connection") {
            echo()
                .met { exchange in
                    exchange.agree()
                    if exchange.isHandshake { exchange.set("Connection", nil) }
                }
        },
        Case("code-masked-server", .connectsForSome) {
            echo().met { $0.agree { $0.violations = ["WS_UNEXPECTED_MASK"] } }
        },
        Case("code-close-1011") {
            realtime { $0.subprotocols = pair }.met { $0.openRealtime { $0.closeByServer(1011) } }
        },
        Case("code-silence") {
            realtime { $0.subprotocols = pair }
                .met { exchange in
                    exchange.openRealtime { $0.keepQuiet(pingAnswered: false) }
                    if exchange.isUpgraded { exchange.end = .init(.timedOut, atMS: 5000) }
                }
        },
        Case("code-unmasked-client") {
            let scene = echo()
            var record = ClientRecord()
            record.request = scene.reference
            record.keyIsValid = true
            record.response = .right()
            record.conversation = Conversation(sent: [.init(opcode: 1, payload: Bytes(text: "hello", count: 5))])
            record.conversation?.clientViolations = ["WS_EXPECTED_MASK"]
            record.conversation?.close = .init(code: 1002, reason: "unmasked client frame")
            record.serverEnd = .init(.closed, atMS: 9)
            return scene.with(.tap, nil, .client(record))
        },
        Case("ver-ws-version") {
            echo()
                .met { exchange in
                    guard ["7", "8"].contains(exchange.asks("Sec-WebSocket-Version")) else {
                        return exchange.refuse(
                            426,
                            "Upgrade Required",
                            [("Upgrade", "websocket"), ("Sec-WebSocket-Version", "8, 7")]
                        )
                    }
                    exchange.agree()
                }
        },
        Case("ver-subproto-none") { realtime(clients: ["browser"]) { $0.subprotocols = pair }.met { $0.agree() } },
        Case("ver-subproto-none", .connectsForSome) { realtime { $0.subprotocols = pair }.met { $0.agree() } },
        Case("ver-subproto-unoffered") { echo(clients: ["postman"]).met { $0.agree(selecting: "realtime") } },
        Case("ver-ext-unoffered") {
            echo(clients: ["openai-python"])
                .met { $0.agree(fields: [("Sec-WebSocket-Extensions", "permessage-deflate")]) }
        },
        Case("ver-realtime-beta-rejected") {
            realtime(clients: ["node-ws"]) {
                $0.headers = [Header("OpenAI-Beta", "realtime=v1"), Header("Authorization", "Bearer ***")]
            }
            .met { exchange in
                guard exchange.asks("OpenAI-Beta") != nil else { return exchange.openRealtime() }
                exchange.agree {
                    $0.closeByServer(
                        4000,
                        "invalid_request_error.beta_api_shape_disabled",
                        error: ("beta_api_shape_disabled", "The Realtime Beta API is no longer supported.")
                    )
                }
            }
        },
        Case("ver-realtime-beta-only") {
            realtime(clients: ["openai-python"]) { $0.headers = [Header("Authorization", "Bearer ***")] }
                .met { exchange in
                    guard exchange.asks("OpenAI-Beta") == nil else {
                        return exchange.openRealtime { $0.firstEvent?.dialect = "beta" }
                    }
                    exchange.agree {
                        $0.closeByServer(
                            4000,
                            "invalid_request_error.missing_beta_header",
                            error: ("missing_beta_header", "Send the header 'OpenAI-Beta: realtime=v1'.")
                        )
                    }
                }
        },
    ]
}
