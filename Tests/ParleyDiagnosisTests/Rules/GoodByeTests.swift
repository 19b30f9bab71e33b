// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("Who said good-bye first")
struct GoodByeTests {
    /// A client that got its first event, and a connection in which both sides closed within one millisecond.
    private static func report(code: Int?, serverClosedFirst: Bool, firstEvent: String) -> Report {
        var record = ClientRecord()
        record.request = Exchange.Request(
            target: "/v1/realtime?model=m",
            headers: [
                Header("Host", "127.0.0.1:8080"), Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="), Header("Sec-WebSocket-Version", "13"),
            ]
        )
        record.response = Exchange.Response(
            status: 101,
            reason: "Switching Protocols",
            headers: [
                Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
            ]
        )
        var conversation = Conversation()
        conversation.firstEvent = Conversation.FirstEvent(type: firstEvent, dialect: "ga")
        conversation.close = Conversation.Close(atMS: 39, code: code)
        conversation.clientClose = Conversation.Close(atMS: 39, code: code)
        record.conversation = conversation
        record.keyIsValid = true
        record.serverClosedFirst = serverClosedFirst
        record.serverEnd = Exchange.End(.closed, atMS: 39)
        return Diagnosis.report(
            Question(url: "ws://127.0.0.1:8080/v1/realtime?model=m"),
            [Evidence(id: "c1", probe: .mirror, data: .client(record))],
            startedAt: 0,
            durationMS: 40
        )
    }

    @Test("a client that closes first and is answered has connected", arguments: [nil, 1000, 1001])
    func client(code: Int?) {
        let report = Self.report(code: code, serverClosedFirst: false, firstEvent: "session.created")
        #expect(report.cause == nil)
        #expect(report.verdict == .connects)
    }

    @Test("a server that closes first, with no code, has ended it")
    func server() {
        let report = Self.report(code: nil, serverClosedFirst: true, firstEvent: "session.created")
        #expect(report.cause?.causeID == "code-abrupt-close")
    }
}
