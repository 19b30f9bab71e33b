// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Deciding on compression")
struct CompressionTests {
    private static let offer = [("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")]

    private static func accepted(
        _ target: String = "/v1/realtime?model=m",
        _ fields: [(String, String)] = offer,
        _ compression: DeflateSettings? = DeflateSettings(peerWindowBits: 12)
    ) -> Decision {
        let policy = HandshakePolicy(compression: compression, isEchoEnabled: true)
        return decide(.upgrade(target, more: fields), policy: policy, capacity: .available)
    }

    @Test("It is agreed on where the policy and the client want it, also for the echo", arguments: ["/", "/echo"])
    func agreed(target: String) {
        let decision = Self.accepted(target)
        let answer = "permessage-deflate; client_max_window_bits=12"
        #expect(decision.accepted?.compression?.answer.text == answer)
        #expect(decision.accepted?.responseHeaders[.secWebSocketExtensions] == answer)
        #expect(decision.explanation.line.contains(answer))
    }

    @Test("It is not, where the client or the policy does not want it, or no offer can be kept")
    func notAgreed() {
        for decision in [
            Self.accepted("/", []), Self.accepted("/", Self.offer, nil),
            Self.accepted("/", [("Sec-WebSocket-Extensions", "permessage-deflate; server_max_window_bits=8")]),
        ] {
            #expect(decision.outcome == "accepted")
            #expect(decision.accepted?.compression == nil)
            #expect(decision.accepted?.responseHeaders[.secWebSocketExtensions] == nil)
        }
    }

    @Test("A connection that is opened to carry a refusal is not compressed")
    func refusal() {
        var policy = HandshakePolicy.keyed
        policy.compression = DeflateSettings()
        let page = [
            ("Origin", "http://localhost:5173"),
            ("Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key.\(wrongKey)"),
        ]
        let decision = decide(.upgrade(more: page + Self.offer), policy: policy, capacity: .available)
        #expect(decision.outcome.hasPrefix("in-band"))
        #expect(decision.accepted?.responseHeaders[.secWebSocketExtensions] == nil)
    }
}
