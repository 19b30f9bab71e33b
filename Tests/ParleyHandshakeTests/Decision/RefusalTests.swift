// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Refusal")
struct RefusalTests {
    static let objections: [Objection] =
        UpgradeFault.allCases.map { .fault($0) }
        + OriginVerdict.allCases.filter { !$0.passes }.map { .origin("https://evil.example", $0) }
        + [
            .host("evil.example"), .remotePeer, .path("/v1/realtim", suggestion: "/v1/realtime"),
            .path("/ws", suggestion: nil), .echoDisabled,
            .overloaded(retryAfterSeconds: 5), .rateLimited(retryAfterSeconds: 5), .draining, .keyMissing,
            .keyIncorrect(masked: "sk-…9w"), .call,
            .subprotocols("chat"), .plainRequest(url: "ws://localhost/v1/realtime"),
            .plainMethod(isSessionDescription: true),
            .plainMethod(isSessionDescription: false),
        ]

    struct Body: Decodable {
        struct Details: Decodable {
            let type: String
            let code: String
            let message: String
            let param: String?
            let cause: String?
        }
        let error: Details
    }

    struct Event: Decodable {
        struct Details: Decodable {
            let type: String
            let code: String
            let message: String
            let param: String?
        }
        let type: String
        let event_id: String
        let error: Details
    }

    @Test("comes as JSON with every member", arguments: objections)
    func body(objection: Objection) throws {
        let refusal = objection.refusal(isInBand: false)
        let data = Data(refusal.body.utf8)
        let body = try JSONDecoder().decode(Body.self, from: data)
        #expect(body.error.type == refusal.type)
        #expect(body.error.code == refusal.code)
        #expect(body.error.message == refusal.message)
        #expect(body.error.param == refusal.param)
        #expect(body.error.cause == refusal.cause)
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: [String: Any]])
        #expect(object.keys.sorted() == ["error"])
        #expect(object["error"]?.keys.sorted() == ["cause", "code", "message", "param", "type"])
        #expect(refusal.headers[.contentType] == "application/json")
    }

    @Test("comes as an error event of the protocol", arguments: objections)
    func event(objection: Objection) throws {
        let refusal = objection.refusal(isInBand: true)
        let data = Data(refusal.event(eventID: "event_1\"").utf8)
        let event = try JSONDecoder().decode(Event.self, from: data)
        #expect(event.type == "error")
        #expect(event.event_id == "event_1\"")
        #expect(event.error.type == refusal.type)
        #expect(event.error.code == refusal.code)
        #expect(event.error.message == refusal.message)
        #expect(event.error.param == refusal.param)
        let object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        let details = try #require(object["error"] as? [String: Any])
        #expect(details.keys.sorted() == ["code", "event_id", "message", "param", "type"])
        #expect(details["event_id"] is NSNull)
    }

    @Test("says what is wrong and what to do, in whole sentences", arguments: objections)
    func messages(objection: Objection) {
        let refusal = objection.refusal(isInBand: false)
        #expect(refusal.message == "\(objection.sentence) \(objection.advice)")
        #expect(objection.sentence.hasSuffix(".") && objection.advice.hasSuffix("."))
        #expect(!refusal.message.contains("  ") && !refusal.message.contains("\n"))
    }

    @Test("closes with a code an application may use and a reason that fits", arguments: objections)
    func closing(objection: Objection) {
        let refusal = objection.refusal(isInBand: true)
        #expect([1008, 1013, 3000, 4000].contains(refusal.closeCode))
        #expect(refusal.closeReason == "\(refusal.type).\(refusal.code)")
        #expect(refusal.closeReason.utf8.count <= 123)
    }

    @Test("has an error status, and the fields that status calls for", arguments: objections)
    func status(objection: Objection) {
        let refusal = objection.refusal(isInBand: false)
        switch refusal.status.code {
        case 401: #expect(refusal.headers[.wwwAuthenticate] == "Bearer")
        case 405: #expect(refusal.headers[.allow] == "GET")
        case 426: #expect(refusal.headers[.upgrade] == "websocket")
        case 429: #expect(refusal.headers[.retryAfter] == "5")
        case 400, 403, 404, 503, 505: #expect(refusal.headers[.wwwAuthenticate] == nil)
        default: Issue.record("unexpected status \(refusal.status)")
        }
    }

    @Test("has a cause the doctor knows, where it has one")
    func causes() {
        let causes = Set(Self.objections.compactMap { $0.refusal(isInBand: false).cause })
        #expect(
            causes == [
                "code-bad-key", "code-client-http10", "org-mismatch", "org-null", "org-rejected", "srv-auth-required",
                "srv-host-check",
                "srv-overloaded", "srv-path-not-websocket", "srv-proxy-drops-upgrade", "srv-rate-limited", "ver-hixie",
                "ver-subproto-mismatch", "ver-ws-version",
            ]
        )
        #expect(Objection.keyMissing.refusal(isInBand: true).cause == "srv-auth-in-band")
    }

    @Test("never invites a storm", arguments: [(-5, "1"), (0, "1"), (1, "1"), (30, "30")])
    func retry(seconds: Int, field: String) {
        for objection in [Objection.overloaded(retryAfterSeconds: seconds), .rateLimited(retryAfterSeconds: seconds)] {
            #expect(objection.refusal(isInBand: false).headers[.retryAfter] == field)
        }
    }

    @Test("a hostile origin cannot break out of the JSON")
    func injection() throws {
        let origin = "https://\"}],\\\u{1}\n.example"
        let decision = decide(
            .upgrade(more: [("Sec-WebSocket-Protocol", "realtime"), ("Origin", origin)]),
            policy: HandshakePolicy(),
            capacity: .available
        )
        let refusal = try #require(decision.admission.refusal)
        #expect(refusal.code == "origin_not_allowed")
        #expect(try JSONDecoder().decode(Body.self, from: Data(refusal.body.utf8)).error.message == refusal.message)
        #expect(
            try JSONDecoder().decode(Event.self, from: Data(refusal.event(eventID: "e").utf8)).error.message
                == refusal.message
        )
    }
}
