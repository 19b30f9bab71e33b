// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Subprotocol")
struct SubprotocolTests {
    @Test(
        "selects realtime, else the first without a secret, else the first",
        arguments: [
            ([], nil, nil),
            (["realtime"], "realtime", "realtime"),
            (["openai-insecure-api-key.K", "realtime", "openai-beta.realtime-v1"], "realtime", "realtime"),
            (
                ["openai-beta.realtime-v1", "openai-insecure-api-key.K"], "openai-beta.realtime-v1",
                "openai-beta.realtime-v1"
            ),
            (["openai-insecure-api-key.K", "openai-agents-sdk.1"], "openai-agents-sdk.1", "openai-agents-sdk.1"),
            (["openai-insecure-api-key.K"], "openai-insecure-api-key.K", "openai-insecure-api-key.K"),
            (
                ["openai-insecure-api-key.K", "openai-insecure-api-key.L"], "openai-insecure-api-key.K",
                "openai-insecure-api-key.K"
            ),
            (["OpenAI-Insecure-API-Key.K", "chat"], "chat", nil),
            (["sk-raw-key", "chat"], "chat", nil),
            (["ek_raw-key", "openai-project.P"], "openai-project.P", "openai-project.P"),
            (["sk-raw-key"], "sk-raw-key", nil),
            (["arduino"], "arduino", nil),
            (["arduino", "openai-insecure-api-key.K"], "arduino", "openai-insecure-api-key.K"),
            (["Realtime"], "Realtime", nil),
            (["chat", "Realtime", "realtime"], "realtime", "realtime"),
            (["real time", "\"realtime\""], nil, nil),
            (["real time", "chat"], "chat", nil),
            (["openai-insecure-api-key.a/b"], nil, nil),
        ] as [([String], String?, String?)]
    )
    func selection(offered: [String], lenient: String?, strict: String?) {
        #expect(Subprotocol.selected(from: offered) == lenient)
        #expect(Subprotocol.selected(from: offered, policy: .strict) == strict)
    }

    @Test(
        "finds the key in a key token, in this case only",
        arguments: [
            ("openai-insecure-api-key.K", "K"), ("openai-insecure-api-key.", ""),
            ("openai-insecure-api-key.a.b", "a.b"),
            ("openai-insecure-api-key", nil), ("OpenAI-insecure-api-key.K", nil), ("realtime", nil),
        ] as [(String, String?)]
    )
    func keys(token: String, key: String?) {
        #expect(Subprotocol.key(in: token) == key)
    }
}
