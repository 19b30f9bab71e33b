// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyEvents
import Testing

@testable import ParleyHandshake

@Suite("Dialect")
struct DialectSignalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var target = "/v1/realtime"
        var fields: [(String, String)] = []
        let signals: [DialectSignal]
        var testDescription: String { "\(target) \(fields)" }
    }

    static let cases = [
        Case(signals: []),
        Case(fields: [("OpenAI-Beta", "realtime=v1")], signals: [.betaHeader]),
        Case(fields: [("openai-beta", "realtime=v1")], signals: [.betaHeader]),
        Case(fields: [("OpenAI-Beta", "assistants=v2, realtime=v1")], signals: [.betaHeader]),
        Case(fields: [("OpenAI-Beta", "assistants=v2"), ("OpenAI-Beta", "realtime=v1")], signals: [.betaHeader]),
        Case(fields: [("OpenAI-Beta", "realtime=v2")], signals: []),
        Case(fields: [("OpenAI-Beta", "realtime")], signals: []),
        Case(fields: [("OpenAI-Beta", "")], signals: []),
        Case(fields: [("OpenAI-Beta", "xrealtime=v1")], signals: []),
        Case(fields: [("Sec-WebSocket-Protocol", "realtime, openai-beta.realtime-v1")], signals: [.betaSubprotocol]),
        Case(fields: [("Sec-WebSocket-Protocol", "realtime, OpenAI-Beta.realtime-v1")], signals: []),
        Case(fields: [("Sec-WebSocket-Protocol", "realtime, openai-beta.realtime-v2")], signals: []),
        Case(target: "/openai/realtime?api-version=2024-10-01-preview&deployment=d", signals: [.azurePreview]),
        Case(target: "/openai/realtime/?api-version=2025-04-01-preview", signals: [.azurePreview]),
        Case(target: "/openai/realtime?api-version=2025-08-28", signals: []),
        Case(target: "/openai/realtime?deployment=d", signals: []),
        Case(target: "/openai/v1/realtime?api-version=2024-10-01-preview", signals: []),
        Case(target: "/v1/realtime?api-version=2024-10-01-preview", signals: []),
        Case(
            target: "/openai/realtime?api-version=2024-10-01-preview",
            fields: [("OpenAI-Beta", "realtime=v1"), ("Sec-WebSocket-Protocol", "openai-beta.realtime-v1")],
            signals: [.betaHeader, .betaSubprotocol, .azurePreview]
        ),
    ]

    @Test("is beta by any of three signs, else GA", arguments: cases)
    func dialects(example: Case) {
        let request = HandshakeRequest.upgrade(example.target, more: example.fields)
        let offer = ClientOffer(request)
        #expect(offer.dialectSignals == example.signals)
        #expect(offer.dialect == (example.signals.isEmpty ? .ga : .beta))
        #expect(decide(request, policy: HandshakePolicy(), capacity: .available).accepted?.dialect == offer.dialect)
    }
}
