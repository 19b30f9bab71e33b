// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

/// What the known clients of `KnownClient.all` do not cover.
@Suite("Client family")
struct ClientFamilyTests {
    private func family(_ fields: [(String, String)]) -> ClientFamily {
        ClientOffer(.upgrade(more: fields)).family
    }

    @Test(
        "is told by User-Agent",
        arguments: [
            ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15", .browser),
            ("Mozilla/5.0 Chrome/156.0.0.0 Safari/537.36", .chromium),
            ("Mozilla/5.0 Gecko/20100101 Firefox/153.0", .firefox),
            ("OpenAI/Python 3.54.0", .openAIPython), ("AsyncOpenAI/JS 7.5.0", .openAINode),
            ("Agents/Python 1", .agentsPython), ("curl/8.5.0", .curl),
            ("node", .nodeWebSocket), ("node-fetch", .unknown), ("websockets/17", .unknown), ("", .unknown),
        ] as [(String, ClientFamily)]
    )
    func agents(agent: String, expected: ClientFamily) {
        #expect(family([("User-Agent", agent)]) == expected)
    }

    @Test(
        "is told by fields of its own",
        arguments: [
            ([("x-stainless-lang", "js")], .openAINode), ([("X-Stainless-Lang", "python")], .openAIPython),
            ([("X-Stainless-Lang", "ruby")], .unknown),
            ([("x-ms-client-request-id", "1")], .azureRTClient),
            ([("Sec-WebSocket-Protocol", "openai-agents-sdk.1")], .agentsJavaScript),
            ([("Origin", "http://127.0.0.1:8080")], .websocketClient),
            ([("Origin", "http://127.0.0.1:8081")], .unknown),
            ([("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")], .nodeWS),
            ([("Sec-WebSocket-Extensions", "permessage-deflate")], .unknown),
            (
                [("User-Agent", "my-app"), ("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits")],
                .unknown
            ),
        ] as [([(String, String)], ClientFamily)]
    )
    func fields(fields: [(String, String)], expected: ClientFamily) {
        #expect(family(fields) == expected)
    }

    @Test("decides nothing")
    func informsOnly() {
        let outcomes = Set(
            ["", "curl/8.5.0", "Mozilla/5.0 Chrome/156.0.0.0", "AsyncOpenAI/Python 3.54.0"]
                .map { agent in
                    decide(.upgrade(more: [("User-Agent", agent)]), policy: .keyed, capacity: .available).outcome
                }
        )
        #expect(outcomes == ["http 401 invalid_api_key"])
    }
}
