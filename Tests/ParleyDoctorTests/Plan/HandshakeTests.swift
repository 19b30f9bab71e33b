// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@testable import ParleyDoctor

@Suite("Handshakes that the doctor sends")
struct HandshakeTests {
    private let address = TargetAddress("ws://voice.example:8080/ws?model=m")

    @Test("The reference is the plainest there is")
    func reference() {
        let request = Handshake.reference(address, key: "k")
        #expect(request.target == "/ws?model=m")
        #expect(
            request.headers == [
                Header("Host", "voice.example:8080"), Header("Upgrade", "websocket"), Header("Connection", "Upgrade"),
                Header("Sec-WebSocket-Key", "k"), Header("Sec-WebSocket-Version", "13"),
            ]
        )
    }

    @Test("As asked is the reference and what the user said")
    func asAsked() {
        var question = Question(url: "ws://voice.example:8080/ws")
        #expect(Handshake.asAsked(question, address).asksTheSame(as: Handshake.reference(address)))
        question.page = "https://page.example:444/app"
        question.subprotocols = ["a", "b"]
        question.headers = [Header("host", "other"), Header("X", "1")]
        let headers = Handshake.asAsked(question, address).headers
        #expect(headers.first == Header("host", "other"))
        #expect(
            headers.suffix(3) == [
                Header("Origin", "https://page.example:444"), Header("Sec-WebSocket-Protocol", "a, b"),
                Header("X", "1"),
            ]
        )
    }

    @Test(
        "The origin of a page",
        arguments: [
            ("https://a.example/x?y", "https://a.example"), ("http://a.example:80/", "http://a.example"),
            ("file:///home/x.html", "null"), ("data://text", "null"),
        ]
    )
    func origins(page: String, origin: String) {
        #expect(Handshake.origin(ofPage: page) == origin)
    }

    @Test("Every variation differs from the reference in one thing, or does not apply")
    func variations() {
        let question = Question(url: "ws://voice.example:8080/ws?model=m")
        let reference = Handshake.reference(address)
        for variation in Variation.allCases {
            for (variant, request) in variation.requests(question, address) {
                let isChanged = !request.asksTheSame(as: reference)
                #expect(isChanged == (variation != .secondKey), "\(variant)")
                let changed = zip(request.headers, reference.headers)
                    .count { $0 != $1 && $1.name != "Sec-WebSocket-Key" }
                let added = request.headers.count - reference.headers.count
                let moved = request.target == reference.target ? 0 : 1
                if variation != .lowerCaseNames, variation != .secondKey {
                    #expect(changed + added + moved == 1, "\(variant)")
                }
            }
        }
    }

    @Test("Paths keep the query where a Realtime server wants it")
    func paths() {
        let variants = Variation.path.requests(Question(url: "ws://x/"), address)
        #expect(variants.map(\.variant).contains("path:/v1/realtime"))
        #expect(!variants.map(\.variant).contains("path:/ws"))
        #expect(variants.first { $0.variant == "path:/v1/realtime" }?.request.target == "/v1/realtime?model=m")
        #expect(
            variants.first { $0.variant == "path:/socket.io/" }?.request.target
                == "/socket.io/?EIO=4&transport=websocket"
        )
    }

    @Test("Without authorization nothing else is left out")
    func withoutAuthorization() throws {
        var question = Question(url: "ws://voice.example:8080/ws?model=m")
        #expect(Variation.withoutAuthorization.requests(question, address).isEmpty)
        question.headers = [Header("Authorization", "Bearer sk-x"), Header("X", "1")]
        question.subprotocols = ["realtime", "openai-insecure-api-key.sk-x"]
        let request = try #require(Variation.withoutAuthorization.requests(question, address).first?.request)
        #expect(request.headers.first("Authorization") == nil)
        #expect(request.headers.first("X") == "1")
        #expect(request.headers.first("Sec-WebSocket-Protocol") == "realtime")
    }

    @Test(
        "Where a redirect leads",
        arguments: [
            ("https://b.example/x", "https://b.example/x"), ("//b.example/x", "ws://b.example/x"),
            ("/x", "ws://voice.example:8080/x"), (" y ", "ws://voice.example:8080/y"),
        ]
    )
    func redirects(location: String, url: String) {
        #expect(Redirect.resolve(location, from: address) == url)
    }
}
