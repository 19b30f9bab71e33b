// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

/// Requests and outcomes, one rule after the other.
@Suite("Decision rules")
struct DecisionRulesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let request: HandshakeRequest
        var policy = HandshakePolicy()
        var capacity = Capacity.available
        let outcome: String
        var testDescription: String { name }
    }

    private static let page = [("Origin", "http://localhost:5173")]
    private static let key = [("Authorization", "Bearer \(rightKey)")]

    private static func policy(_ base: HandshakePolicy = HandshakePolicy(), _ change: (inout HandshakePolicy) -> Void)
        -> HandshakePolicy
    {
        var policy = base
        change(&policy)
        return policy
    }

    static let hosts = [
        Case(name: "loopback names reach an open server", request: .upgrade(host: "localhost"), outcome: "accepted"),
        Case(
            name: "a rebound name does not",
            request: .upgrade(host: "evil.example:8080"),
            outcome: "http 403 host_not_allowed"
        ),
        Case(
            name: "a page under a rebound name is told in-band, though its origin agrees",
            request: .upgrade(host: "evil.example:8080", more: [("Origin", "http://evil.example:8080")]),
            outcome: "in-band 1008 host_not_allowed"
        ),
        Case(
            name: "a listed name reaches it",
            request: .upgrade(host: "parley.test"),
            policy: policy { $0.hosts = .loopback(and: ["parley.test"].compactMap { try? HostPattern($0) }) },
            outcome: "accepted"
        ),
        Case(
            name: "with keys any name will do",
            request: .upgrade(host: "voice.example.com", more: key),
            policy: .keyed,
            outcome: "accepted"
        ),
    ]

    static let origins = [
        Case(name: "a page of this machine", request: .upgrade(more: page), outcome: "accepted"),
        Case(
            name: "a page from elsewhere",
            request: .upgrade(more: [("Origin", "https://evil.example")]),
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a page from elsewhere with the right key",
            request: .upgrade(more: key + [("Origin", "https://evil.example")]),
            policy: .keyed,
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a listed page from elsewhere",
            request: .upgrade(more: key + [("Origin", "https://app.example.com")]),
            policy: policy(.keyed) {
                $0.origins.allowed = ["https://*.example.com"].compactMap { try? OriginPattern($0) }
            },
            outcome: "accepted"
        ),
        Case(
            name: "a page without an address",
            request: .upgrade(more: [("Origin", "null")]),
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a page without an address, by flag",
            request: .upgrade(more: [("Origin", "null")]),
            policy: policy { $0.origins.allowsNull = true },
            outcome: "accepted"
        ),
        Case(
            name: "a page on disk",
            request: .upgrade(more: [("Origin", "file://")]),
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a page on disk with a key",
            request: .upgrade(more: key + [("Origin", "file://")]),
            policy: .keyed,
            outcome: "accepted"
        ),
        Case(
            name: "a page on disk at the echo, which asks for no key",
            request: .upgrade("/echo", more: [("Origin", "file://")]),
            policy: policy(.keyed) { $0.isEchoEnabled = true },
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a page from elsewhere on a wrong path, which learns nothing of paths",
            request: .upgrade("/nowhere", more: [("Origin", "https://evil.example")]),
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "two origins, one of them allowed",
            request: .upgrade(more: page + [("Origin", "https://evil.example")]),
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a page from elsewhere, when nothing is told in-band",
            request: .upgrade(more: [("Origin", "https://evil.example")]),
            policy: policy { $0.refusesInBand = false },
            outcome: "http 403 origin_not_allowed"
        ),
    ]

    static let peers = [
        Case(
            name: "a remote peer of an open server",
            request: .upgrade(peerIsLoopback: false),
            outcome: "http 403 loopback_only"
        ),
        Case(
            name: "a remote page of an open server",
            request: .upgrade(more: page, peerIsLoopback: false),
            outcome: "in-band 1008 loopback_only"
        ),
        Case(
            name: "a remote peer of a server opened to all",
            request: .upgrade(peerIsLoopback: false),
            policy: policy { $0.opensToRemotePeers = true },
            outcome: "accepted"
        ),
        Case(
            name: "a remote peer with a key",
            request: .upgrade(more: key, peerIsLoopback: false),
            policy: .keyed,
            outcome: "accepted"
        ),
    ]

    static let calls = [
        Case(
            name: "a call to join",
            request: .upgrade("/v1/realtime?call_id=rtc_1"),
            outcome: "http 404 call_id_not_found"
        ),
        Case(
            name: "a call to join from a page",
            request: .upgrade("/v1/realtime?call_id=rtc_1", more: page),
            outcome: "in-band 4000 call_id_not_found"
        ),
        Case(name: "an empty call", request: .upgrade("/v1/realtime?call_id="), outcome: "accepted"),
        Case(
            name: "a call to join without a key",
            request: .upgrade("/v1/realtime?call_id=rtc_1"),
            policy: .keyed,
            outcome: "http 401 invalid_api_key"
        ),
    ]

    static let echoes = [
        Case(name: "the echo when it is off", request: .upgrade("/echo"), outcome: "http 404 echo_disabled"),
        Case(
            name: "the echo when it is off, from a page",
            request: .upgrade("/echo", more: page),
            outcome: "in-band 4000 echo_disabled"
        ),
        Case(
            name: "the echo, without a key, with a slash and any subprotocol",
            request: .upgrade("/echo/?x", more: [("Sec-WebSocket-Protocol", "chat")]),
            policy: policy(.keyed) {
                $0.isEchoEnabled = true
                $0.subprotocols = .strict
            },
            outcome: "accepted"
        ),
        Case(
            name: "the echo from a page elsewhere",
            request: .upgrade("/echo", more: [("Origin", "https://evil.example")]),
            policy: policy { $0.isEchoEnabled = true },
            outcome: "in-band 1008 origin_not_allowed"
        ),
    ]

    static let strictness = [
        Case(
            name: "an unknown subprotocol under the strict policy",
            request: .upgrade(more: [("Sec-WebSocket-Protocol", "chat, superchat")]),
            policy: policy { $0.subprotocols = .strict },
            outcome: "in-band 4000 subprotocol_not_supported"
        ),
        Case(
            name: "the same over HTTP",
            request: .upgrade(more: [("Sec-WebSocket-Protocol", "chat, superchat")]),
            policy: policy {
                $0.subprotocols = .strict
                $0.refusesInBand = false
            },
            outcome: "http 400 subprotocol_not_supported"
        ),
        Case(
            name: "no subprotocol under the strict policy",
            request: .upgrade(),
            policy: policy { $0.subprotocols = .strict },
            outcome: "accepted"
        ),
    ]

    static let loads = [
        Case(
            name: "overload",
            request: .upgrade(),
            capacity: .overloaded(retryAfterSeconds: 7),
            outcome: "http 503 server_overloaded"
        ),
        Case(
            name: "overload, a page",
            request: .upgrade(more: page),
            capacity: .overloaded(retryAfterSeconds: 7),
            outcome: "in-band 1013 server_overloaded"
        ),
        Case(
            name: "too many connections",
            request: .upgrade(),
            capacity: .connectionsFull(retryAfterSeconds: 7),
            outcome: "http 503 server_overloaded"
        ),
        Case(
            name: "too many connections of one address",
            request: .upgrade(),
            capacity: .addressFull(retryAfterSeconds: 7),
            outcome: "http 429 too_many_connections"
        ),
        Case(
            name: "too many connections of one address, a page",
            request: .upgrade(more: page),
            capacity: .addressFull(retryAfterSeconds: 7),
            outcome: "in-band 1013 too_many_connections"
        ),
        Case(
            name: "too many tries",
            request: .upgrade(),
            capacity: .rateLimited(retryAfterSeconds: 7),
            outcome: "http 429 rate_limit_exceeded"
        ),
        Case(
            name: "too many tries, a page",
            request: .upgrade(more: page),
            capacity: .rateLimited(retryAfterSeconds: 7),
            outcome: "in-band 1013 rate_limit_exceeded"
        ),
        Case(name: "shutdown", request: .upgrade(), capacity: .draining, outcome: "http 503 server_shutting_down"),
        Case(
            name: "shutdown, a page",
            request: .upgrade(more: page),
            capacity: .draining,
            outcome: "in-band 1013 server_shutting_down"
        ),
        Case(
            name: "a limited peer cannot try keys out",
            request: .upgrade(more: [("Authorization", "Bearer \(wrongKey)")]),
            policy: .keyed,
            capacity: .rateLimited(retryAfterSeconds: 7),
            outcome: "http 429 rate_limit_exceeded"
        ),
        Case(
            name: "a page that may not connect does not learn the load",
            request: .upgrade(more: [("Origin", "https://evil.example")]),
            capacity: .draining,
            outcome: "in-band 1008 origin_not_allowed"
        ),
        Case(
            name: "a wrong path is one under any load",
            request: .upgrade("/nowhere"),
            capacity: .draining,
            outcome: "http 404 path_not_found"
        ),
    ]

    @Test("give the outcome", arguments: hosts + origins + peers + calls + echoes + strictness + loads)
    func outcomes(example: Case) {
        let decision = decide(example.request, policy: example.policy, capacity: example.capacity)
        #expect(decision.outcome == example.outcome)
        let isEcho = example.request.target.hasPrefix("/echo") && example.policy.isEchoEnabled
        if let accepted = decision.accepted { #expect(accepted.route == (isEcho ? .echo : .realtime)) }
    }

    @Test("a fault of the upgrade gets its status, since no WebSocket can be opened", arguments: [true, false])
    func faults(isBlind: Bool) throws {
        let more = isBlind ? [("Origin", "http://localhost"), ("Sec-WebSocket-Protocol", "realtime")] : []
        var version = HandshakeRequest.upgrade(more: more)
        version.headers[.secWebSocketVersion] = "8"
        let refusal = try #require(decide(version, policy: HandshakePolicy(), capacity: .available).admission.refusal)
        #expect(refusal.headers[.secWebSocketVersion] == "13")
        #expect(
            decide(version, policy: HandshakePolicy(), capacity: .available).outcome
                == "http 426 websocket_version_unsupported"
        )
        var key = HandshakeRequest.upgrade(more: more)
        key.headers[.secWebSocketKey] = "short"
        #expect(decide(key, policy: .keyed, capacity: .draining).outcome == "http 400 websocket_key_malformed")
        var method = HandshakeRequest.upgrade("/nowhere", more: more)
        method.method = .post
        #expect(decide(method, policy: .keyed, capacity: .available).outcome == "http 405 method_not_get")
        var old = HandshakeRequest.upgrade(more: more)
        old.isHTTP10 = true
        #expect(decide(old, policy: HandshakePolicy(), capacity: .available).outcome == "http 505 http_version_too_old")
        let hostless = HandshakeRequest.upgrade(host: nil, more: more)
        #expect(decide(hostless, policy: HandshakePolicy(), capacity: .available).outcome == "http 400 host_missing")
        var dropped = HandshakeRequest.upgrade(more: more)
        dropped.headers[.upgrade] = nil
        let proxied = decide(dropped, policy: HandshakePolicy(), capacity: .available)
        #expect(proxied.outcome == "http 426 upgrade_header_missing")
        #expect(proxied.admission.refusal?.cause == "srv-proxy-drops-upgrade")
    }

    @Test(
        "every place of a key counts, and any right one among wrong ones does",
        arguments: [
            ("/", [("Authorization", "Bearer \(rightKey)")]), ("/", [("api-key", rightKey)]),
            ("/", [("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(rightKey)")]),
            ("/", [("Sec-WebSocket-Protocol", "openai-insecure-api-key.\(rightKey)")]), ("/?api-key=\(rightKey)", []),
            ("/?api_key=\(rightKey)", []), ("/?Authorization=Bearer%20\(rightKey)", []),
            ("/?Authorization=Bearer+\(rightKey)", []),
            ("/?api-key=\(rightKey)", [("Authorization", "Bearer null"), ("api-key", wrongKey)]),
        ] as [(String, [(String, String)])]
    )
    func keyPlaces(target: String, fields: [(String, String)]) {
        #expect(decide(.upgrade(target, more: fields), policy: .keyed, capacity: .available).outcome == "accepted")
    }

    @Test("a transcription without a model is left to the session, a conversation gets the default")
    func defaultModel() {
        var policy = HandshakePolicy(defaultModel: "default")
        let model = { (query: String) in
            decide(.upgrade("/" + query), policy: policy, capacity: .available).accepted?.model
        }
        #expect(model("") == "default")
        #expect(model("?model=") == "default")
        #expect(model("?model=m") == "m")
        #expect(model("?intent=transcription") == nil)
        #expect(model("?intent=transcription&model=m") == "m")
        policy.defaultModel = nil
        #expect(decide(.upgrade("/"), policy: policy, capacity: .available).accepted?.model == nil)
    }
}
