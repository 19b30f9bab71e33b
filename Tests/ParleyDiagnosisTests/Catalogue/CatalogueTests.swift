// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import ParleyWebSocket
import Testing

/// What is known, by class: the prefix of its ids and their rest.
private let known: [(causeClass: CauseClass, prefix: String, names: String)] = [
    (
        .serverConfiguration, "srv-",
        """
        proxy-drops-upgrade proxy-strips-subprotocol proxy-idle-timeout path-not-websocket http-200-instead \
        redirect upstream-down auth-required auth-in-band rate-limited overloaded headers-too-large \
        upgrade-disabled message-too-big no-ws-library worker-type host-check reload-cuts
        """
    ),
    (
        .network, "net-",
        """
        refused dns family-mismatch unreachable handshake-slow closed-before-response reset-before-response \
        silent-idle-drop wrong-service mtu
        """
    ),
    (
        .firewall, "fw-",
        """
        filtered rejected proxy-auth proxy-connect-denied proxy-ignored proxy-strips-upgrade captive-portal \
        tls-sni-reset tls-intercept buffering-middlebox waf-block idle-rst
        """
    ),
    (
        .certificate, "tls-",
        """
        expired not-yet-valid self-signed unknown-ca missing-intermediate hostname-mismatch ip-not-in-san \
        no-san wrong-purpose weak-key weak-signature old-version no-shared-cipher client-cert-required \
        wss-to-plain ws-to-tls alpn-h2-only sni-required revoked
        """
    ),
    (
        .origin, "org-",
        """
        rejected mismatch rewritten-host null required mixed-content csp local-network-access unsafe-port \
        cookie hsts
        """
    ),
    (
        .code, "code-",
        """
        bad-accept missing-connection missing-upgrade 101-with-body 101-chunked bare-lf masked-server \
        unmasked-client bad-utf8 rsv bad-frame bad-close-code close-1011 abrupt-close silence no-pong \
        client-no-pong connection-exact-match header-case bad-key client-http10 browser-headers \
        bad-subprotocol-token client-scheme url-fragment not-accepted no-upgrade-listener 5xx binary-vs-text \
        compression-safari
        """
    ),
    (
        .version, "ver-",
        """
        ws-version hixie http-version subproto-none subproto-unoffered subproto-mismatch subproto-multiple \
        subproto-required ext-unoffered ext-params ext-not-implemented h2-extended-connect \
        realtime-beta-rejected realtime-beta-only realtime-event-shape realtime-azure socketio-eio
        """
    ),
]

@Suite("The catalogue of causes")
struct CatalogueTests {
    @Test("holds exactly the known causes, each in its class")
    func idsAreComplete() {
        for (causeClass, prefix, names) in known {
            let expected = Set(names.split(separator: " ").map { prefix + $0 })
            let found = Catalogue.causes.filter { $0.causeClass == causeClass }.map(\.id)
            #expect(Set(found) == expected)
            #expect(found.count == expected.count, "an id of class \(causeClass) occurs twice")
        }
        #expect(Catalogue.causes.count == 117)
    }

    @Test("finds a cause by its id")
    func lookup() {
        #expect(Catalogue.cause("ver-subproto-none")?.causeClass == .version)
        #expect(Catalogue.cause("ver-subproto") == nil)
    }

    @Test("has every text in both languages, the Chinese one in Chinese", arguments: Catalogue.causes)
    func textsAreComplete(cause: Cause) {
        let texts =
            [cause.title, cause.explanation] + cause.fixes.map(\.text) + [cause.whatWouldDecide].compactMap(\.self)
        for text in texts {
            #expect(!text.en.isEmpty && text.en != text.zh)
            #expect(!text.en.unicodeScalars.contains(where: Self.isHan), "\(text.en)")
            #expect(text.zh.unicodeScalars.contains(where: Self.isHan), "\(text.zh)")
            for words in [text.en, text.zh] {
                #expect(!words.contains("  ") && !words.contains("\n"), "\(words)")
            }
        }
        #expect(!cause.title.en.hasSuffix("."))
        #expect((150...700).contains(cause.explanation.en.count), "two to four sentences")
    }

    @Test("gives every cause a fix for everybody first, and a source", arguments: Catalogue.causes)
    func fixesAreThere(cause: Cause) {
        #expect(cause.fixes.first != nil && cause.fixes.first?.software == nil)
        let softwareBegins = cause.fixes.firstIndex { $0.software != nil } ?? cause.fixes.endIndex
        #expect(cause.fixes[softwareBegins...].allSatisfy { $0.software != nil })
        #expect(!cause.sources.isEmpty && !cause.symptoms.isEmpty)
    }

    @Test("says what would decide whatever one probe does not prove", arguments: Catalogue.causes)
    func openCausesSayWhatDecides(cause: Cause) {
        #expect(cause.proof == .wire || cause.whatWouldDecide != nil)
    }

    @Test("has snippets that can be pasted: balanced, without blank edges", arguments: Catalogue.causes)
    func snippetsAreSound(cause: Cause) {
        for snippet in cause.fixes.compactMap(\.snippet) {
            #expect(!snippet.isEmpty && snippet.first?.isWhitespace == false && snippet.last?.isWhitespace == false)
            #expect(!snippet.contains("\t"))
            for (opening, closing) in [("(", ")"), ("[", "]"), ("{", "}")] as [(Character, Character)] {
                let depth = snippet.count { $0 == opening } - snippet.count { $0 == closing }
                #expect(depth == 0, "\(snippet)")
            }
        }
    }

    @Test("never proposes to switch verification off", arguments: Catalogue.causes)
    func verificationStaysOn(cause: Cause) {
        let forbidden = [
            "rejectunauthorized", "insecureskipverify", "verify=false", "cert_none", "tls_reject_unauthorized",
            "check_hostname", "danger_accept", "--insecure", "curl -k", "_create_unverified", "--no-check",
        ]
        for fix in cause.fixes {
            let words = (fix.text.en + fix.text.zh + (fix.snippet ?? "")).lowercased()
            for word in forbidden { #expect(!words.contains(word), "\(cause.id): \(word)") }
        }
    }

    @Test("knows every server and middle box by at least one fix", arguments: ServerSoftware.allCases)
    func everySoftwareHasAFix(software: ServerSoftware) {
        #expect(Catalogue.causes.contains { $0.fixes.contains { $0.software == software } })
    }

    @Test("knows every cause that a fault of a request names", arguments: UpgradeFault.allCases)
    func faultsAreKnown(fault: UpgradeFault) {
        guard let id = fault.row.cause else { return }
        #expect(Catalogue.cause(id) != nil, "\(id)")
    }

    @Test("knows every cause that the server's refusals name")
    func refusalsAreKnown() throws {
        let prefixes = known.map { "\"" + $0.prefix }
        let source = try Repository.text("Sources/ParleyHandshake/Decision/Objection.swift")
        let literals = source.split(separator: "\n")
            .flatMap { line in
                prefixes.compactMap { prefix in line.firstRange(of: prefix).map { line[$0.lowerBound...] } }
            }
        let ids = literals.map { literal in String(literal.dropFirst().prefix { $0 != "\"" }) }
        #expect(ids.contains("srv-auth-required"))
        for id in ids { #expect(Catalogue.cause(id) != nil, "\(id)") }
    }

    private static func isHan(_ scalar: Unicode.Scalar) -> Bool { (0x4E00...0x9FFF).contains(scalar.value) }
}
