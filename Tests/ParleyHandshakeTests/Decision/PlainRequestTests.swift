// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Plain requests")
struct PlainRequestTests {
    private func plain(
        _ target: String,
        method: HTTPRequest.Method = .get,
        fields: HTTPFields = [:],
        host: String? = "localhost:8080",
        isSecure: Bool = false
    ) -> HandshakeRequest {
        HandshakeRequest(method: method, target: target, authority: host, headers: fields, isSecure: isSecure)
    }

    @Test(
        "a GET on a Realtime path is told to upgrade",
        arguments: RealtimePath.all.flatMap { [$0, $0 == "/" ? "/?x" : $0 + "/?x"] }
    )
    func get(target: String) throws {
        for method in [HTTPRequest.Method.get, .head] {
            let decision = explainPlainRequest(plain(target, method: method), policy: HandshakePolicy())
            #expect(decision.outcome == "http 426 websocket_upgrade_required")
            let refusal = try #require(decision.admission.refusal)
            #expect(refusal.headers[.upgrade] == "websocket")
            #expect(refusal.headers[.connection] == "Upgrade")
            #expect(refusal.message.contains("ws://localhost:8080/"))
        }
    }

    @Test("a plain request without one Host is refused for that, whatever it asks for")
    func host() {
        for (host, fields, code) in [
            (nil, [:], "host_missing"), ("a", [.init("Host")!: "a"], "host_repeated"), ("a b", [:], "host_malformed"),
        ] as [(String?, HTTPFields, String)] {
            let request = plain("/healthz", fields: fields, host: host)
            let decision = decide(request, policy: HandshakePolicy(), capacity: .available)
            #expect(decision.outcome == "http 400 \(code)")
        }
    }

    @Test("the address named is the one asked, by the scheme that fits")
    func address() throws {
        let secure = explainPlainRequest(
            plain("/realtime?api-key=\(rightKey)", isSecure: true),
            policy: HandshakePolicy()
        )
        let message = try #require(secure.admission.refusal).message
        #expect(message.contains(" wss://localhost:8080/realtime "))
        let root = explainPlainRequest(plain("/"), policy: HandshakePolicy())
        #expect(try #require(root.admission.refusal).message.contains(" ws://localhost:8080/v1/realtime "))
        let hostless = explainPlainRequest(plain("/realtime", host: nil), policy: HandshakePolicy())
        #expect(try #require(hostless.admission.refusal).message.contains(" /realtime "))
    }

    @Test("other methods are told of GET", arguments: [HTTPRequest.Method.post, .put, .delete, .patch, .options])
    func methods(method: HTTPRequest.Method) throws {
        let decision = explainPlainRequest(plain("/v1/realtime", method: method), policy: HandshakePolicy())
        #expect(decision.outcome == "http 405 method_not_get")
        #expect(try #require(decision.admission.refusal).headers[.allow] == "GET")
    }

    @Test("a WebRTC offer is told that it is one")
    func webRTC() throws {
        let request = plain("/v1/realtime?model=m", method: .post, fields: [.contentType: "application/sdp"])
        let refusal = try #require(explainPlainRequest(request, policy: HandshakePolicy()).admission.refusal)
        #expect(refusal.message.hasPrefix("This server does not speak WebRTC."))
    }

    @Test(
        "elsewhere the right path is named",
        arguments: [
            ("/v1/realtim", "/v1/realtim", "/v1/realtime"), ("/v1", "/v1", "/v1/realtime"),
            ("/v1/realtime/sessions?x=1", "/v1/realtime/sessions", "/v1/realtime"),
            ("/openai", "/openai", "/openai/realtime"), ("/index.html", "/index.html", nil),
            ("/%00%0A", "/%00%0A", nil),
        ] as [(String, String, String?)]
    )
    func unknownPaths(target: String, shown: String, suggestion: String?) throws {
        for method in [HTTPRequest.Method.get, .post] {
            let decision = explainPlainRequest(plain(target, method: method), policy: HandshakePolicy())
            #expect(decision.outcome == "http 404 path_not_found")
            let message = try #require(decision.admission.refusal).message
            #expect(message.contains("\"\(shown)\""))
            #expect(
                message.contains(
                    "Connect to /v1/realtime; /realtime, /openai/realtime, /openai/v1/realtime, / do as well."
                )
            )
            #expect(message.contains("Did you mean") == (suggestion != nil))
            if let suggestion { #expect(message.contains("Did you mean \(suggestion)?")) }
        }
    }

    @Test("decide explains a plain request as well")
    func throughDecide() {
        let policy = HandshakePolicy(isEchoEnabled: true)
        #expect(
            decide(plain("/v1/realtime"), policy: policy, capacity: .available).outcome
                == "http 426 websocket_upgrade_required"
        )
        #expect(
            decide(plain("/echo"), policy: policy, capacity: .available).outcome
                == "http 426 websocket_upgrade_required"
        )
        #expect(decide(plain("/ws"), policy: policy, capacity: .draining).outcome == "http 404 path_not_found")
        let http2 = plain("/v1/realtime", fields: [.upgrade: "h2c", .connection: "Upgrade"])
        #expect(decide(http2, policy: policy, capacity: .available).outcome == "http 426 websocket_upgrade_required")
    }
}
