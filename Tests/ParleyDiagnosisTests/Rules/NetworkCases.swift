// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

extension Scenarios {
    private static func port(_ number: Int, _ result: Exchange.TCPOutcome.Result) -> Evidence.Data {
        var other = Exchange(endpoint: .init(host: "192.0.2.1", port: number, isSecure: false))
        other.tcp = .init(result, durationMS: 1)
        return .exchange(other)
    }

    private static func plain(_ text: String) -> Scene.Server {
        { exchange in
            exchange.response = .init(version: nil, status: 0, body: Bytes(text: text, count: text.utf8.count))
            exchange.end = .init(.closed, atMS: 5)
        }
    }

    /// Causes in the network and on the way.
    static let network: [Case] = [
        Case("net-unreachable") {
            echo("ws://192.0.2.1:9000/").unreachable(.networkUnreachable, detail: "Network is unreachable")
        },
        Case("net-unreachable") {
            echo("ws://192.0.2.1:9000/").unreachable(.hostUnreachable)
                .with(.otherPort, "80", port(80, .hostUnreachable))
        },
        Case("fw-rejected") {
            echo("ws://192.0.2.1:9000/").unreachable(.hostUnreachable).with(.otherPort, "80", port(80, .refused))
        },
        Case("fw-filtered") {
            echo("ws://192.0.2.1:9000/").unreachable(.timedOut).with(.otherPort, "80", port(80, .timedOut))
        },
        Case("net-dns") {
            echo("ws://nowhere.example:9000/")
                .with(
                    .name,
                    nil,
                    .name(.init(host: "nowhere.example", ipv4: .failed("EAI_AGAIN"), ipv6: .timedOut, durationMS: 5))
                )
        },
        Case("net-closed-before-response") { echo().met { $0.hangUp() } },
        Case("net-reset-before-response") { echo().met { $0.end = .init(.reset, atMS: 3) } },
        Case("net-wrong-service") {
            echo().met(plain("SSH-2.0-OpenSSH_9.2"))
                .adding(.greeting) { exchange in
                    exchange.request = nil
                    exchange.greeting = Bytes(text: "SSH-2.0-OpenSSH_9.2", count: 21)
                }
        },
        Case("net-wrong-service") { echo().met(plain("-ERR unknown command 'GET'")) },
        Case("net-wrong-service") {
            echo("wss://localhost:22/", clients: ["node-ws"])
                .met(tls: .init(.notTLS(Bytes(text: "SSH-2.0-OpenSSH", count: 15)))) { _ in }
        },
        Case("tls-ws-to-tls") { echo().met(plain("\\x15\\x03\\x03\\x00\\x02\\x02\\x16")) },
        Case("tls-ws-to-tls") {
            echo().met { $0.refuse(400, "Bad Request", [], body: "Client sent an HTTP request to an HTTPS server.\n") }
        },
        Case("tls-ws-to-tls") {
            echo().met { $0.hangUp() }
                .adding(.otherScheme, to: "wss://127.0.0.1:19555/") { exchange in
                    exchange.tls = .trusted
                    exchange.agree()
                }
        },
        Case("fw-proxy-connect-denied", .connectsForSome) {
            echo { $0.proxy = "http://127.0.0.1:3128" }
                .met { exchange in
                    exchange.request = nil
                    exchange.endpoint.proxy = "127.0.0.1:3128"
                    exchange.proxy = .init(status: 403, headers: [Header("X-Squid-Error", "ERR_ACCESS_DENIED 0")])
                }
                .adding(.withoutProxy) { $0.agree() }
        },
        Case("fw-proxy-ignored") {
            echo(clients: ["node-ws"]) { $0.proxy = "http://127.0.0.1:3128" }
                .met { exchange in
                    exchange.endpoint.proxy = "127.0.0.1:3128"
                    exchange.proxy = .init(status: 200)
                    exchange.agree()
                }
                .adding(.withoutProxy) { exchange in
                    exchange.request = nil
                    exchange.tcp = .init(.timedOut, durationMS: 10_000)
                }
        },
        Case("fw-proxy-strips-upgrade") {
            echo()
                .met {
                    $0.refuse(
                        426,
                        "Upgrade Required",
                        [("Via", "1.1 cache (squid/5.7)"), ("X-Cache", "MISS from cache")],
                        body: "invalid Connection header: keep-alive"
                    )
                }
                .adding(.otherScheme, to: "wss://127.0.0.1:19555/") { exchange in
                    exchange.tls = .trusted
                    exchange.agree()
                }
        },
        Case("fw-waf-block") {
            echo(clients: ["node-ws"])
                .met {
                    $0.asks("User-Agent")?.hasPrefix("Mozilla") == true
                        ? $0.agree() : $0.refuse(403, "Forbidden", [("Server", "cloudflare")])
                }
        },
        Case("fw-waf-block") {
            echo()
                .met {
                    $0.refuse(
                        403,
                        "Forbidden",
                        [("Server", "cloudflare"), ("cf-mitigated", "challenge")],
                        body: "<title>Just a moment...</title>"
                    )
                }
        },
        Case("fw-buffering-middlebox") {
            realtime().met { $0.openRealtime { $0.keepQuiet(pingAnswered: true) } }
                .adding(.direct, to: "ws://127.0.0.1:1234/") { $0.openRealtime() }
        },
        Case("fw-tls-sni-reset") {
            echo("wss://localhost:443/").met(tls: .init(.reset, serverName: "localhost")) { _ in }
                .adding(.tlsVariant, "no-sni") { $0.tls = .init(.completed, version: "TLS 1.3") }
        },
        Case("fw-tls-intercept") {
            echo("wss://localhost:443/").met(tls: .faulty([.unknownAuthority])) { $0.agree() }
                .adding(.tlsVariant, "invented-sni") { exchange in
                    var leaf = Exchange.Certificate.sample
                    leaf.names = ["parley-probe.invalid"]
                    exchange.tls = .init(
                        .completed,
                        serverName: "parley-probe.invalid",
                        version: "TLS 1.3",
                        chain: [leaf]
                    )
                }
        },
        Case("tls-unknown-ca") {
            echo("wss://localhost:443/").met(tls: .faulty([.unknownAuthority])) { $0.agree() }
                .adding(.tlsVariant, "invented-sni") {
                    $0.tls = .init(.completed, serverName: "parley-probe.invalid", version: "TLS 1.3", chain: [.sample])
                }
        },
    ]

    /// Causes in TLS.
    static let encryption: [Case] = [
        Case("tls-not-yet-valid") { secure([.notYetValid]) },
        Case("tls-ip-not-in-san") { secure([.addressNotNamed]) },
        Case("tls-wrong-purpose") { secure([.wrongPurpose]) },
        Case("tls-no-san", .connectsForSome) { secure([.commonNameOnly]) },
        Case("tls-weak-key", .connectsForSome) { secure([.weakKey]) },
        Case("tls-weak-signature") { secure([.weakSignature]) },
        Case("tls-revoked", .connectsForSome) { secure([.revoked]) },
        Case("tls-unknown-ca") { secure([.brokenSignature]) },
        Case("tls-old-version") {
            echo("wss://localhost:443/").met(tls: .init(.alert(70), serverName: "localhost")) { _ in }
                .adding(.tlsVariant, "tls1.1") { $0.tls = .init(.completed, version: "TLS 1.1") }
        },
        Case("tls-no-shared-cipher") {
            echo("wss://localhost:443/").met(tls: .init(.alert(40), serverName: "localhost")) { _ in }
        },
        Case("tls-client-cert-required") {
            echo("wss://localhost:443/")
                .met(tls: .init(.alert(116), serverName: "localhost", asksForCertificate: true)) { _ in }
        },
        Case("tls-client-cert-required") {
            echo("wss://localhost:443/")
                .met {
                    $0.refuse(
                        400,
                        "Bad Request",
                        [nginx],
                        body: "<title>400 No required SSL certificate was sent</title>"
                    )
                }
        },
        Case("tls-alpn-h2-only") {
            echo("wss://localhost:443/").met(tls: .init(.alert(120), serverName: "localhost")) { _ in }
        },
        Case("tls-alpn-h2-only") {
            echo("wss://localhost:443/")
                .met { $0.refuse(403, "Forbidden", [], body: "Missing ALPN Protocol, expected `h2`") }
        },
        Case("tls-sni-required") {
            echo("wss://localhost:443/").met(tls: .init(.alert(112), serverName: "localhost")) { _ in }
        },
        Case("tls-sni-required") {
            echo("wss://127.0.0.1:443/").met(tls: .init(.closed)) { _ in }
                .adding(.tlsVariant, "invented-sni") {
                    $0.tls = .init(.completed, serverName: "parley-probe.invalid", version: "TLS 1.3")
                }
        },
    ]
}
