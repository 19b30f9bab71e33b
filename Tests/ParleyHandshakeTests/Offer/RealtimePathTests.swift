// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyHandshake

@Suite("Realtime paths")
struct RealtimePathTests {
    @Test(
        "five paths lead to a session",
        arguments: ["/", "/v1/realtime", "/realtime", "/openai/realtime", "/openai/v1/realtime"]
    )
    func realtime(path: String) {
        #expect(RealtimePath.route(of: path, echoEnabled: false) == .realtime)
        #expect(RealtimePath.route(of: path, echoEnabled: true) == .realtime)
    }

    @Test("the echo is there when it is enabled")
    func echo() {
        #expect(RealtimePath.route(of: "/echo", echoEnabled: true) == .echo)
        #expect(RealtimePath.route(of: "/echo", echoEnabled: false) == nil)
    }

    @Test(
        "nothing else leads anywhere",
        arguments: [
            "", "/v1", "/v1/realtime/", "/V1/realtime", "/v1/realtime/sessions", "//", "/v1/%72ealtime", "realtime",
            "/ws", "/v1//realtime",
        ]
    )
    func unknown(path: String) {
        #expect(RealtimePath.route(of: path, echoEnabled: true) == nil)
    }

    @Test(
        "a close path is recognised",
        arguments: [
            ("/v1", "/v1/realtime"), ("/openai", "/openai/realtime"), ("/openai/v1", "/openai/v1/realtime"),
            ("/v1/realtim", "/v1/realtime"), ("/v1/real-time", "/v1/realtime"), ("/v1/Realtime", "/v1/realtime"),
            ("v1/realtime", "/v1/realtime"),
            ("/v2/realtime", "/v1/realtime"), ("/realtime/", "/realtime"), ("/v1/realtime/sessions", "/v1/realtime"),
            ("/v1/realtime/translations", "/v1/realtime"), ("/api/v1/realtime", "/v1/realtime"),
            ("/openai/v1/realtim", "/openai/v1/realtime"),
            ("/relatime", "/realtime"), ("//v1/realtime", "/v1/realtime"), ("/proxy/eu/realtime", "/v1/realtime"),
        ]
    )
    func suggestions(path: String, expected: String) {
        #expect(RealtimePath.suggestion(for: path) == expected)
    }

    @Test(
        "a distant one is not",
        arguments: [
            "/", "/ws", "/chat", "/socket.io/", "/v1/chat/completions", "/favicon.ico",
            "/" + String(repeating: "a", count: 5000),
        ]
    )
    func noSuggestion(path: String) {
        #expect(RealtimePath.suggestion(for: path) == nil)
    }
}
