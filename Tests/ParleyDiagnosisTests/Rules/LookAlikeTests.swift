// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDiagnosis

@Suite("Causes that look alike are told apart")
struct LookAlikeTests {
    @Test("in the server's configuration", arguments: Scenarios.configuration.indices)
    func configuration(index: Int) { ScenarioTests.check(Scenarios.configuration[index]) }

    @Test("in the network and on the way", arguments: Scenarios.network.indices)
    func network(index: Int) { ScenarioTests.check(Scenarios.network[index]) }

    @Test("in TLS", arguments: Scenarios.encryption.indices)
    func encryption(index: Int) { ScenarioTests.check(Scenarios.encryption[index]) }

    @Test("in cross-origin rules", arguments: Scenarios.origins.indices)
    func origins(index: Int) { ScenarioTests.check(Scenarios.origins[index]) }

    @Test("in code", arguments: Scenarios.code.indices)
    func code(index: Int) { ScenarioTests.check(Scenarios.code[index]) }

    @Test("in versions and dialects", arguments: Scenarios.versions.indices)
    func versions(index: Int) { ScenarioTests.check(Scenarios.versions[index]) }

    @Test("Every cause that evidence can prove is named by some case")
    func coverage() {
        let named = Set(Scenarios.all.map(\.cause))
        // These need the words of the client, which `PastedTextTests` gives them.
        let ofWords: Set<String> = ["code-compression-safari", "ver-h2-extended-connect"]
        #expect(Rule.causeIDs.subtracting(named).subtracting(ofWords).sorted() == [])
    }

    @Test("There is a rule for every cause of the catalogue, and no other")
    func catalogue() {
        let ids = Set(Catalogue.causes.map(\.id))
        #expect(Rule.causeIDs.subtracting(ids).sorted() == [])
        #expect(ids.subtracting(Rule.causeIDs).sorted() == [])
        #expect(Rule.causeIDs.count == 117)
    }

    @Test("The prefix of a cause's id names its class")
    func classes() {
        for cause in Catalogue.causes { #expect(CauseClass(causeID: cause.id) == cause.causeClass, "\(cause.id)") }
    }
}

extension Scenarios {
    /// All cases.
    static let all: [Case] = serverSide + clientSide + configuration + network + encryption + origins + code + versions
}

@Suite("What the user pastes")
struct PastedTextTests {
    @Test(
        "decides about causes that leave no trace on the wire",
        arguments: [
            "code-compression-safari", "code-client-scheme", "code-browser-headers", "code-bad-subprotocol-token",
            "code-url-fragment", "tls-revoked", "org-csp", "org-local-network-access",
        ]
    )
    func alone(cause: String) {
        let scene = Scenarios.echo { $0.errorText = "…" }.met { $0.agree() }
        let report = scene.report(reading: [cause])
        #expect(report.cause?.causeID == cause)
        #expect(report.verdict == .connectsForSome)
    }

    @Test("of HTTP/2 counts when the server chooses h2 and HTTP/1.1 works")
    func http2() {
        let scene = Scenarios.echo("wss://localhost:443/") { $0.errorText = "net::ERR_HTTP2_PROTOCOL_ERROR" }
            .met { $0.agree() }
            .adding(.tlsVariant, "alpn-h2") { $0.tls = .init(.completed, version: "TLS 1.3", chosenProtocol: "h2") }
        #expect(scene.report(reading: ["ver-h2-extended-connect"]).cause?.causeID == "ver-h2-extended-connect")
    }

    @Test("does not outweigh what was proved")
    func proof() {
        let scene = Scenarios.echo { $0.errorText = "…" }.met { $0.refuse(429, "Too Many Requests") }
        #expect(scene.report(reading: ["net-dns", "srv-redirect"]).cause?.causeID == "srv-rate-limited")
    }
}
