// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("A fault is not taken for its neighbour")
struct NeighbourTests {
    private static let cases: [Scenarios.Case] = [
        // Another path opens, and still it is the handler of this one that fails.
        Scenarios.Case("code-5xx") {
            Scenarios.echo("ws://127.0.0.1:19555/chat").met { $0.isAsked("/ws") ? $0.agree() : $0.refuse(500, "Error") }
        },
        Scenarios.Case("srv-auth-required") {
            Scenarios.echo("ws://127.0.0.1:19555/chat")
                .met {
                    $0.isAsked("/ws") ? $0.agree() : $0.refuse(401, "Unauthorized", [("WWW-Authenticate", "Bearer")])
                }
        },
        // uvicorn without a WebSocket library takes handshakes for plain requests, in the words of any application.
        Scenarios.Case("srv-no-ws-library") {
            Scenarios.echo("ws://127.0.0.1:19555/ws")
                .met { $0.refuse(404, "Not Found", [("server", "uvicorn")], body: "Not Found") }
        },
        // A 401 that comes with the origin and goes with it, whatever it says.
        Scenarios.Case("org-rejected", .fails) {
            Scenarios.echo(clients: ["browser"]) { $0.origin = "http://localhost:5173" }
                .met {
                    $0.asks("Origin") == nil ? $0.agree() : $0.refuse(401, "Unauthorized", body: "Unauthorized")
                }
        },
        Scenarios.Case("ver-socketio-eio") {
            Scenarios.echo("ws://127.0.0.1:19555/socket.io/?EIO=3&transport=websocket")
                .met { $0.refuse(400, "Bad Request", body: #"{"code":5,"message":"Unsupported protocol version"}"#) }
        },
        // Bytes compressed without leave are no text either.
        Scenarios.Case("code-rsv") {
            Scenarios.echo()
                .met {
                    $0.agree {
                        $0.received.append(.init(opcode: 1, reservedBits: 4, payload: Bytes(text: "\\xca", count: 1)))
                        $0.violations = ["WS_UNEXPECTED_RSV", "WS_INVALID_UTF8"]
                        $0.echoed = false
                    }
                }
        },
    ]

    @Test("The cause is named", arguments: cases.indices)
    func named(index: Int) {
        let item = Self.cases[index]
        ScenarioTests.check(item)
        // A sure second cause would be the neighbour.
        let sure = item.scene().report.otherCauses.filter { $0.confidence == .certain }.map(\.causeID)
        #expect(sure.isEmpty)
    }

    @Test("What a client meets that nobody asked about blames nobody")
    func unusual() {
        let scene = Scenarios.echo { $0.holdSeconds = 9 }.met { $0.agree() }
            .adding(.profile, "java-http-17") { $0.refuse(502, "Bad Gateway") }
            .adding(.hold) { exchange in
                exchange.agree { $0.cut() }
                exchange.end = .init(.closed, atMS: 2_000)
            }
            .adding(.holdWithPings) { $0.agree() }
        #expect(scene.report.cause?.causeID == "srv-proxy-idle-timeout")
        #expect(!scene.report.otherCauses.contains { $0.causeID == "srv-upstream-down" })
    }

    @Test("How a server is set up, its own software is told", arguments: [429, 404])
    func software(status: Int) {
        let scene = Scenarios.echo("ws://127.0.0.1:19555/chat")
            .met { $0.refuse(status, "No", [("Server", "nginx/1.22.1")]) }
        #expect(scene.report.cause?.software == .nginx)
    }

    @Test("HTTP/2 is known by its first frame", arguments: [0, 18, 0x2a])
    func http2(length: Int) {
        let byte = length == 0x2a ? "*" : length == 0 ? "\\x00" : "\\x12"
        #expect(Bytes(text: "\\x00\\x00\(byte)\\x04\\x00\\x00\\x00\\x00\\x00", count: 9).isHTTP2)
        #expect(!Bytes(text: "\\x00\\x00\(byte)\\x05\\x00\\x00\\x00\\x00\\x00", count: 9).isHTTP2)
    }
}

extension Exchange {
    fileprivate func isAsked(_ path: String) -> Bool { request?.target == path }
}
