// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

private enum HealthyScenes {
    static let all: [(String, Scene)] = [
        ("plain echo", Scene("ws://127.0.0.1:19505/", expect: .echo).met { $0.agree() }),
        (
            "one path only",
            Scene("ws://127.0.0.1:19505/ws", expect: .echo)
                .met { exchange in
                    guard exchange.request?.target == "/ws" else { return exchange.refuse(404, body: "Cannot GET /") }
                    exchange.agree()
                }
        ),
        (
            "version 13 only",
            Scene("ws://127.0.0.1:19505/", expect: .echo)
                .met { exchange in
                    guard exchange.asks("Sec-WebSocket-Version") == "13" else {
                        return exchange.refuse(400, "Bad Request", body: "unsupported version")
                    }
                    exchange.agree()
                }
        ),
        (
            "no foreign origin",
            Scene("ws://127.0.0.1:19505/", expect: .echo)
                .met { exchange in
                    guard
                        ![nil, "https://parley-probe.invalid", "null"].contains(exchange.asks("Origin"))
                            || exchange.asks("Origin") == nil
                    else { return exchange.refuse(403, body: "Forbidden") }
                    exchange.agree()
                }
        ),
        (
            "Host check",
            Scene("ws://127.0.0.1:19505/", expect: .echo)
                .met { exchange in
                    guard exchange.asks("Host") == "127.0.0.1:19505" else {
                        return exchange.refuse(421, body: "Misdirected")
                    }
                    exchange.agree()
                }
        ),
        (
            "Realtime GA",
            Scene("ws://127.0.0.1:19505/v1/realtime?model=m") {
                $0.subprotocols = ["realtime", "openai-insecure-api-key.sk-test"]
            }
            .met { $0.openRealtime() }
        ),
        (
            "Realtime beta",
            Scene("ws://127.0.0.1:19505/v1/realtime?model=m") { $0.subprotocols = three }
                .met { $0.openRealtime { $0.firstEvent?.dialect = "beta" } }
        ),
        ("Realtime that takes all", Scene("ws://127.0.0.1:19505/v1/realtime?model=m").met { $0.openRealtime() }),
        ("TLS", Scene("wss://localhost:19510/", expect: .echo).met { $0.agree() }),
        (
            "behind nginx",
            Scene("wss://localhost:19510/", expect: .echo).met { $0.agree(fields: [("Server", "nginx/1.22.1")]) }
        ),
    ]
}

@Suite("A server that works")
struct HealthyTests {
    @Test("has no fault to report", arguments: HealthyScenes.all.indices)
    func healthy(index: Int) {
        let report = HealthyScenes.all[index].1.report
        let name = HealthyScenes.all[index].0
        #expect(report.cause == nil, "\(name): \(report.cause?.observed.en ?? "")")
        #expect(report.otherCauses.isEmpty, "\(name)")
        #expect(report.verdict == .connects, "\(name): \(report.profiles.filter { $0.connects == false })")
        #expect(!report.classes.values.contains(.cause) && !report.classes.values.contains(.suspect), "\(name)")
    }

    @Test("has no cause, and the reading of the user's error text as a hint")
    func hint() {
        let scene = Scene("ws://127.0.0.1:19505/", expect: .echo) { $0.errorText = "1006" }.met { $0.agree() }
        let report = scene.report(reading: ["code-close-1011", "net-refused"])
        #expect(report.cause == nil)
        #expect(report.otherCauses.map(\.causeID) == ["code-close-1011"])
    }

    @Test("is not blamed before it was looked at")
    func nothing() {
        let report = Scene("ws://127.0.0.1:19505/").report
        #expect(report.verdict == .inconclusive)
        #expect(report.cause == nil)
    }
}
