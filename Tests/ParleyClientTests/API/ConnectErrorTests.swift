// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import NIOCore
import ParleyDiagnosis
import Testing

@testable import ParleyClient
@testable import ParleyTransport

@Suite("Why a connection was not opened")
struct ConnectErrorTests {
    private static let causes: [ConnectFailure.Cause] =
        [
            .dns("x"), .refused, .unreachable("x"), .timedOut, .proxyRefused(status: 407, headers: [:], body: []),
            .proxyRefused(status: 403, headers: [:], body: []), .notTLS(firstBytes: []), .certificateNameMismatch("x"),
            .closedBeforeAnswer(received: []), .reset(received: []), .notHTTP([]), .upgradeMissing, .upgradeOther("x"),
            .connectionMissing, .connectionOther("x"), .acceptMissing, .acceptWrong("x"), .extensionNotOffered("x"),
            .subprotocolNotOffered("x"), .subprotocolNotOffered("a, b"), .subprotocolRepeated([]), .subprotocolMissing,
            .subprotocolInvalid("x"),
        ] + [200, 301, 401, 404, 405, 407, 429, 431, 500, 502, 503].map { .status(code: $0, headers: [:], body: []) }

    @Test("is named as the doctor names it", arguments: causes, [true, false])
    func causeIDs(cause: ConnectFailure.Cause, offersSubprotocols: Bool) throws {
        let failure = ConnectFailure(
            phase: .connect,
            cause: cause,
            furtherCauses: [],
            url: try WebSocketURL("ws://a"),
            proxy: nil,
            timeline: ConnectTimeline(startedAt: .now())
        )
        let id = try #require(failure.causeID(offersSubprotocols: offersSubprotocols))
        #expect(Catalogue.cause(id) != nil, "the doctor knows no cause '\(id)'")
    }
}
