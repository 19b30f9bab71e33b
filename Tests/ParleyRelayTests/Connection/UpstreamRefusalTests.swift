// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyDiagnosis
import ParleyEvents
import ParleyWebSocket
import Testing

@testable import ParleyRelay
@testable import ParleyTransport

@Suite("What the client is told when the upstream cannot be opened")
struct UpstreamRefusalTests {
    private static func refusal(_ cause: ConnectFailure.Cause) throws -> UpstreamRefusal {
        let failure = ConnectFailure(
            phase: .answer,
            cause: cause,
            furtherCauses: [],
            url: try WebSocketURL("wss://voice.example/v1/realtime"),
            proxy: nil,
            timeline: ConnectTimeline(startedAt: .now())
        )
        return UpstreamRefusal(failure, hiding: "my-own-key")
    }

    private static func status(_ code: Int, _ body: String = "") -> ConnectFailure.Cause {
        .status(code: code, headers: [:], body: Array(body.utf8))
    }

    @Test(
        "the cause is one that the doctor knows",
        arguments: [
            .dns(""), .refused, .unreachable(""), .notTLS(firstBytes: []), .certificateNameMismatch(""),
            .proxyRefused(status: 407, headers: [:], body: []), .proxyRefused(status: 403, headers: [:], body: []),
            .closedBeforeAnswer(received: []), .reset(received: []), .upgradeMissing, .connectionMissing,
            .acceptWrong(""),
            .acceptMissing, .extensionNotOffered(""), .subprotocolNotOffered(""), status(200), status(301), status(401),
            status(404), status(429), status(502), status(503), status(504),
        ] as [ConnectFailure.Cause]
    )
    func causes(cause: ConnectFailure.Cause) throws {
        let id = try #require(Self.refusal(cause).cause)
        #expect(Catalogue.cause(id) != nil, "\(id)")
    }

    @Test("the status and the body are repeated without keys, with the cause that another Parley gives")
    func body() throws {
        let body = #"{"error":{"message":"No: my-own-key","cause":"srv-host-check"}}"#
        let refusal = try Self.refusal(Self.status(403, body))
        #expect(refusal.error.message.contains("answered 403"))
        #expect(refusal.error.message.contains("No: ***"))
        #expect(!refusal.error.message.contains("my-own-key"))
        #expect(refusal.cause == "srv-host-check")
    }

    @Test("a cause that is no id is not repeated")
    func foreignCause() throws {
        #expect(try Self.refusal(Self.status(403, #"{"error":{"cause":"<b>"}}"#)).cause == nil)
    }

    @Test("what is worth another try is closed with 1013, a mistake in the settings with 1011, the rest with 1014")
    func closeCodes() throws {
        #expect(try Self.refusal(Self.status(503)).closeCode == .tryAgainLater)
        #expect(try Self.refusal(Self.status(429)).closeCode == .tryAgainLater)
        #expect(try Self.refusal(.tlsUnusable("x")).closeCode == .internalError)
        #expect(try Self.refusal(.timedOut).closeCode == .badGateway)
        #expect(try Self.refusal(Self.status(500)).closeReason == "server_error.upstream_refused")
    }
}
