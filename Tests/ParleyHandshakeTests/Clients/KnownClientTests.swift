// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Known clients")
struct KnownClientTests {
    private static var open: HandshakePolicy { HandshakePolicy(defaultModel: "default-model") }

    private static var keyed: HandshakePolicy {
        var policy = HandshakePolicy.keyed
        policy.defaultModel = "default-model"
        return policy
    }

    private func expectTerms(of client: KnownClient, in decision: Decision) throws {
        let accepted = try #require(decision.accepted)
        #expect(accepted.route == .realtime)
        #expect(accepted.subprotocol == client.selected)
        #expect(accepted.dialect == client.dialect)
        #expect(accepted.model == client.model ?? (client.intent == .conversation ? "default-model" : nil))
        #expect(accepted.intent == client.intent)
        #expect(decision.offer.family == client.family)
        let selected = client.selected.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []
        #expect(
            accepted.responseHeaders.map { "\($0.name.rawName): \($0.value)" }
                == ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: On1VJKgRm4Zb/ZEH8R0rTNxBZdk="]
                + selected
        )
    }

    @Test("a server without keys on this machine serves them", arguments: KnownClient.all)
    func open(client: KnownClient) throws {
        let decision = decide(client.request(), policy: Self.open, capacity: .available)
        #expect(decision.outcome == client.openOutcome)
        try expectTerms(of: client, in: decision)
        if client.openOutcome == "accepted" { #expect(decision.accepted?.credential?.source == client.source) }
    }

    @Test("a server with keys serves those that present one", arguments: KnownClient.all.filter { $0.source != nil })
    func rightKey(client: KnownClient) throws {
        let decision = decide(client.request(), policy: Self.keyed, capacity: .available)
        #expect(decision.outcome == "accepted")
        #expect(decision.explanation.rule == "key_accepted")
        try expectTerms(of: client, in: decision)
        let credential = try #require(decision.accepted?.credential)
        #expect(credential == CredentialFound(source: try #require(client.source), masked: "sk-…9w", label: "test"))
    }

    @Test("a wrong key is told where the client can read it", arguments: KnownClient.all.filter { $0.source != nil })
    func wrongKey(client: KnownClient) throws {
        let decision = decide(
            client.request(key: ParleyHandshakeTests.wrongKey),
            policy: Self.keyed,
            capacity: .available
        )
        let isBlind = decision.offer.isBlindToHTTP
        #expect(decision.outcome == (isBlind ? "in-band 3000 invalid_api_key" : "http 401 invalid_api_key"))
        let refusal = try #require(decision.admission.refusal)
        #expect(refusal.message.hasPrefix("Incorrect API key provided: sk-…5r. "))
        #expect(refusal.closeReason == "invalid_request_error.invalid_api_key")
        #expect(refusal.headers[.wwwAuthenticate] == "Bearer")
        #expect(refusal.cause == (isBlind ? "srv-auth-in-band" : "srv-auth-required"))
        #expect(decision.accepted?.credential == nil)
        if isBlind { #expect(decision.accepted?.subprotocol == client.selected) }
    }

    @Test("a missing key is told with what to send", arguments: KnownClient.all.filter { $0.source == nil })
    func missingKey(client: KnownClient) throws {
        let decision = decide(client.request(), policy: Self.keyed, capacity: .available)
        let isBlind = decision.offer.isBlindToHTTP
        #expect(decision.outcome == (isBlind ? "in-band 3000 invalid_api_key" : "http 401 invalid_api_key"))
        let refusal = try #require(decision.admission.refusal)
        #expect(refusal.message.hasPrefix("You didn't provide an API key. Send \"Authorization: Bearer KEY\""))
    }

    @Test("each is served on every path, with and without a final slash", arguments: KnownClient.all)
    func paths(client: KnownClient) {
        for path in RealtimePath.all {
            for slash in path == "/" ? [""] : ["", "/"] {
                var request = client.request()
                let query = request.target.drop { $0 != "?" }
                request.target = path + slash + query
                let decision = decide(request, policy: Self.keyed, capacity: .available)
                #expect((decision.outcome == "accepted") == (client.source != nil))
            }
        }
    }

    @Test("none is met by silence on a wrong path", arguments: KnownClient.all)
    func wrongPath(client: KnownClient) throws {
        var request = client.request()
        request.target = "/v1/realtim" + request.target.drop { $0 != "?" }
        let decision = decide(request, policy: Self.keyed, capacity: .available)
        #expect(
            decision.outcome
                == (decision.offer.isBlindToHTTP ? "in-band 4000 path_not_found" : "http 404 path_not_found")
        )
        #expect(try #require(decision.admission.refusal).message.contains("Did you mean /v1/realtime?"))
    }

    @Test("no line about any of them shows the key", arguments: KnownClient.all)
    func secrecy(client: KnownClient) {
        for policy in [Self.open, Self.keyed] {
            let decision = decide(client.request(), policy: policy, capacity: .available)
            #expect(!decision.explanation.line.contains("4Qm7"))
            #expect(!decision.explanation.line.contains("\n"))
        }
    }
}
