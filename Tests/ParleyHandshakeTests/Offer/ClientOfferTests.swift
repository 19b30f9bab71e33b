// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Client offer")
struct ClientOfferTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let query: String
        var model: String?
        var intent = Intent.conversation
        var callID: String?
        var testDescription: String { query }
    }

    static let cases = [
        Case(query: ""),
        Case(query: "?"),
        Case(query: "?model=gpt-realtime", model: "gpt-realtime"),
        Case(query: "?model=", model: nil),
        Case(query: "?deployment=my-deployment", model: "my-deployment"),
        Case(query: "?model=&deployment=d", model: "d"),
        Case(query: "?deployment=d&model=m", model: "m"),
        Case(query: "?model=first&model=second", model: "first"),
        Case(query: "?model=&model=second", model: nil),
        Case(query: "?Model=m", model: nil),
        Case(query: "?model=a%20b%2Fc", model: "a b/c"),
        Case(query: "?model=a+b", model: "a+b"),
        Case(query: "?mod%65l=m", model: "m"),
        Case(query: "?model=m#fragment", model: "m"),
        Case(query: "?intent=transcription", intent: .transcription),
        Case(query: "?intent=transcription&model=whisper", model: "whisper", intent: .transcription),
        Case(query: "?intent=realtime&model=m", model: "m"),
        Case(query: "?intent=&model=m", model: "m"),
        Case(query: "?intent=anything-else"),
        Case(query: "?intent=conversation&intent=transcription"),
        Case(query: "?call_id=rtc_123", callID: "rtc_123"),
        Case(query: "?call_id="),
        Case(query: "?x-ms-client-request-id=1&foo=bar&&=&model=m", model: "m"),
    ]

    @Test("reads model, intent and call from the query", arguments: cases)
    func query(example: Case) {
        let offer = ClientOffer(.upgrade("/v1/realtime\(example.query)"))
        #expect(offer.model == example.model)
        #expect(offer.intent == example.intent)
        #expect(offer.callID == example.callID)
    }

    @Test(
        "an empty field is an absent one",
        arguments: [("Sec-WebSocket-Protocol", ""), ("Sec-WebSocket-Protocol", " , "), ("Origin", ""), ("Origin", " ")]
    )
    func emptyFields(name: String, value: String) {
        let offer = ClientOffer(.upgrade(more: [(name, value)]))
        #expect(offer.subprotocols.isEmpty)
        #expect(offer.origin == nil)
        #expect(!offer.isBlindToHTTP)
    }

    @Test("whoever offers a subprotocol or sends an origin may be page code")
    func blindness() {
        #expect(ClientOffer(.upgrade(more: [("Origin", "http://localhost")])).isBlindToHTTP)
        #expect(ClientOffer(.upgrade(more: [("Sec-WebSocket-Protocol", "x")])).isBlindToHTTP)
        #expect(!ClientOffer(.upgrade(more: [("Authorization", "Bearer x")])).isBlindToHTTP)
    }

    @Test("two origins are one that no rule allows")
    func twoOrigins() {
        let offer = ClientOffer(.upgrade(more: [("Origin", "http://localhost"), ("Origin", "http://localhost")]))
        #expect(offer.origin == "http://localhost, http://localhost")
    }

    @Test("keeps the extensions for a later agreement")
    func extensions() {
        let offer = ClientOffer(
            .upgrade(more: [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits, x")])
        )
        #expect(offer.extensions == ["permessage-deflate; client_max_window_bits", "x"])
    }
}
