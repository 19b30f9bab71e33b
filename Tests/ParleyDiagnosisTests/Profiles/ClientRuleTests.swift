// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("What clients refuse by themselves") struct ClientRuleTests {
    private func outcome(_ id: String, _ url: String, _ tell: (inout Situation) -> Void = { _ in }) -> ClientOutcome? {
        var situation = Situation(url) {
            if $1.endpoint.isSecure { $1.tls(.init(.completed)) }
            $1.open(.echo)
        }
        tell(&situation)
        return ClientProfile.named(id)?.outcome(situation.facts)
    }

    private func certificate(_ fault: Exchange.CertificateFault) -> Situation {
        Situation("wss://localhost:9000/") {
            $1.tls(.init(.completed, faults: [fault]))
            $1.open()
        }
    }

    @Test(
        "Certificates that nobody takes",
        arguments: [
            .expired, .notYetValid, .selfSigned, .unknownAuthority, .missingIntermediate, .nameMismatch, .wrongPurpose,
            .weakSignature,
        ] as [Exchange.CertificateFault]
    )
    func certificates(_ fault: Exchange.CertificateFault) {
        let facts = certificate(fault).facts
        for profile in ClientProfile.all {
            #expect(profile.outcome(facts) == .fails(.certificate(fault)), "\(profile.id)")
        }
    }

    @Test("A common name without other names passes in Node and Python, not in browsers and Go")
    func commonName() {
        let situation = certificate(.commonNameOnly)
        #expect(
            situation.connects("chrome", "firefox", "node-ws", "undici", "python", "aiohttp", "websocket-client", "go")
                == [false, false, true, true, true, true, true, false]
        )
    }

    @Test("A short key passes where OpenSSL does not decide")
    func weakKey() {
        let situation = certificate(.weakKey)
        #expect(
            situation.connects("chrome", "firefox", "node-ws", "undici", "python", "aiohttp", "websocket-client", "go")
                == [true, true, true, true, false, false, false, true]
        )
    }

    @Test("Only browsers ask whether a certificate was revoked")
    func revoked() {
        #expect(certificate(.revoked).connects("chrome", "node-ws") == [false, true])
    }

    @Test(
        "Certificates in the words of each client",
        arguments: [
            (.expired, "net::ERR_CERT_DATE_INVALID", "[CERT_HAS_EXPIRED]", "certificate has expired", "has expired"),
            (
                .selfSigned, "net::ERR_CERT_AUTHORITY_INVALID", "[DEPTH_ZERO_SELF_SIGNED_CERT]",
                "self-signed certificate", "signed by unknown authority"
            ),
            (
                .nameMismatch, "net::ERR_CERT_COMMON_NAME_INVALID", "[ERR_TLS_CERT_ALTNAME_INVALID]",
                "Hostname mismatch, certificate is not valid for 'localhost'.", "not localhost"
            ),
            (
                .missingIntermediate, "net::ERR_CERT_AUTHORITY_INVALID", "[UNABLE_TO_VERIFY_LEAF_SIGNATURE]",
                "unable to get local issuer certificate", "signed by unknown authority"
            ),
        ] as [(Exchange.CertificateFault, String, String, String, String)]
    )
    func words(_ fault: Exchange.CertificateFault, _ chrome: String, _ node: String, _ python: String, _ go: String) {
        let situation = certificate(fault)
        #expect(situation.says("chrome")?.contains(chrome) == true)
        #expect(situation.says("node-ws")?.hasSuffix(node) == true)
        #expect(situation.says("python")?.hasSuffix(python) == true)
        #expect(situation.says("go")?.contains(go) == true)
        #expect(situation.says("firefox")?.contains("1015") == true)
    }

    @Test("A plain server on a wss: address fails everybody")
    func plainServer() {
        let situation = Situation("wss://127.0.0.1:9000/") { $1.tls(.init(.closed)) }
        #expect(situation.connects("chrome", "firefox", "node-ws", "python") == [false, false, false, false])
        #expect(situation.says("go") == "EOF")
        #expect(
            situation.says("node-ws")
                == "Error: Client network socket disconnected before secure TLS connection was established [ECONNRESET]"
        )
    }

    @Test("An https page may not open ws:, but for this machine, where only Safari minds")
    func mixedContent() {
        let page: (inout Situation) -> Void = { $0.question.page = "https://localhost:9443/" }
        let remote = "ws://realtime.example.test:9000/"
        #expect(outcome("chrome", remote, page) == .fails(.mixedContent))
        #expect(outcome("firefox", remote, page) == .fails(.mixedContent))
        #expect(outcome("node-ws", remote, page) == .connects)
        #expect(outcome("chrome", "ws://127.0.0.1:9000/", page) == .connects)
        #expect(outcome("safari", "ws://127.0.0.1:9000/", page) == .fails(.mixedContent))
        #expect(outcome("chrome", "wss://realtime.example.test:9000/", page) == .connects)
    }

    @Test(
        "A page's policy decides by connect-src, else default-src",
        arguments: [
            ("default-src 'self'", "default-src 'self'"), ("connect-src 'none'", "connect-src 'none'"),
            ("connect-src wss://other.example", "connect-src wss://other.example"),
            ("default-src 'none'; connect-src https:", "connect-src https:"),
            ("connect-src wss://*.example.com:9000/v2", "connect-src wss://*.example.com:9000/v2"),
            ("connect-src wss://api.example.com", "connect-src wss://api.example.com"), ("script-src 'none'", nil),
            ("connect-src *", nil), ("CONNECT-SRC ws:", nil), ("connect-src wss://*.example.com:9000", nil),
            ("connect-src wss://api.example.com:*", nil), ("connect-src api.example.com:9000/v1/", nil),
            ("default-src 'none'; connect-src 'self' wss://api.example.com:9000", nil),
        ] as [(String, String?)]
    )
    func contentPolicy(_ policy: String, _ blocked: String?) {
        let url = "wss://api.example.com:9000/v1/realtime"
        let expected = blocked.map { ClientOutcome.fails(.contentPolicy($0)) } ?? .connects
        let tell: (inout Situation) -> Void = {
            $0.question.page = "https://app.example.com/"
            let page = PageRecord(
                url: "https://app.example.com/",
                status: 200,
                headers: [Header("Content-Security-Policy", policy)]
            )
            $0.more = [Evidence(id: "p", probe: .page, data: .page(page))]
        }
        #expect(outcome("chrome", url, tell) == expected)
        #expect(outcome("node-ws", url, tell) == .connects)
    }

    @Test("The page's own host is 'self', if the socket is as secure as the page")
    func policySelf() {
        let page = TargetAddress("https://app.example.com:9000/")
        let policy = ContentPolicy("connect-src 'self'")
        #expect(policy.directiveBlocking(TargetAddress("wss://app.example.com:9000/x"), from: page) == nil)
        #expect(policy.directiveBlocking(TargetAddress("wss://app.example.com/x"), from: page) != nil)
        #expect(policy.directiveBlocking(TargetAddress("ws://app.example.com:9000/x"), from: page) != nil)
    }

    @Test("Chrome keeps public pages from the local network")
    func localNetwork() {
        let publicPage: (inout Situation) -> Void = { $0.question.page = "https://app.example.com/" }
        #expect(outcome("chrome", "wss://192.168.1.5:9000/", publicPage) == .fails(.localNetwork))
        #expect(outcome("firefox", "wss://192.168.1.5:9000/", publicPage) == .connects)
        #expect(outcome("chrome", "wss://192.168.1.5:9000/") { $0.question.page = "http://localhost/" } == .connects)
        #expect(
            outcome("chrome", "ws://127.0.0.1:9000/") { $0.question.page = "data:text/html,x" }
                == .fails(.localNetwork)
        )
    }

    @Test("Browsers and undici send nothing to a blocked port")
    func blockedPort() {
        for id in ["chrome", "firefox", "safari", "undici"] {
            #expect(outcome(id, "ws://127.0.0.1:6667/") == .fails(.blockedPort), "\(id)")
        }
        #expect(outcome("node-ws", "ws://127.0.0.1:6667/") == .connects)
    }

    @Test("Schemes, fragments and subprotocols that are none are refused before a packet leaves")
    func arguments() {
        #expect(outcome("python", "http://127.0.0.1:9000/") == .fails(.scheme("http")))
        #expect(outcome("chrome", "http://127.0.0.1:9000/") == .connects)
        #expect(outcome("chrome", "ws://127.0.0.1:9000/#a") == .fails(.fragment("a")))
        #expect(outcome("go", "ws://127.0.0.1:9000/#a") == .connects)
        let tell: (inout Situation) -> Void = {
            $0.question.subprotocols = ["openai-insecure-api-key.sk-verysecret/abcdefgh="]
        }
        #expect(
            outcome("chrome", "ws://127.0.0.1:9000/", tell)
                == .fails(.subprotocolToken("openai-insecure-api-key.sk-verysecret/abcdefgh="))
        )
        var situation = Situation("ws://127.0.0.1:9000/") { $1.open() }
        tell(&situation)
        #expect(situation.says("chrome")?.contains("verysecret") == false)
        #expect(
            outcome("chrome", "ws://127.0.0.1:9000/") { $0.question.subprotocols = ["a", "a"] }
                == .fails(.subprotocolToken("a"))
        )
    }

    @Test("The SDK for Node wants wss: on a Realtime server; nobody is told so who does not use it")
    func secureScheme() {
        let url = "ws://127.0.0.1:9000/v1/realtime"
        #expect(outcome("openai-node", url) == .unknown(.needsSecureScheme))
        #expect(outcome("openai-node", url) { $0.question.clients = ["openai-node"] } == .fails(.needsSecureScheme))
        #expect(outcome("openai-node", "ws://127.0.0.1:9000/echo") == .connects)
    }

    @Test("A key in the address is not repeated in a message")
    func masking() {
        let situation = Situation("ws://127.0.0.1:9000/openai/realtime?api-key=0123456789secret") {
            $1.response = .init(status: 404)
        }
        let user = Situation("ws://someone:secret@127.0.0.1:9000/") { $1.response = .init(status: 404) }
        let facts = [situation.facts, user.facts]
        for profile in ClientProfile.all {
            #expect(facts.allSatisfy { profile.result($0).failure?.contains("secret") == false }, "\(profile.id)")
        }
    }
}
