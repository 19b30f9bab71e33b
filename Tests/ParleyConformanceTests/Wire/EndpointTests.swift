// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Addresses of servers")
struct EndpointTests {
    @Test(
        "Schemes of HTTP are taken, and a missing path is completed",
        arguments: [
            ("ws://127.0.0.1:8080", "ws://127.0.0.1:8080", "/v1/realtime"),
            ("http://voice.example/", "ws://voice.example", "/v1/realtime"),
            ("HTTPS://voice.example/openai/v1/realtime", "wss://voice.example", "/openai/v1/realtime"),
            ("wss://[::1]:9/rt?model=m#part", "wss://[::1]:9", "/rt"),
        ]
    )
    func addresses(text: String, origin: String, path: String) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.origin == origin)
        #expect(endpoint.path == path)
        #expect(endpoint.isSecure == origin.hasPrefix("wss"))
    }

    @Test("The model is taken out of the query, other parameters go into every request")
    func query() throws {
        let endpoint = try Endpoint("ws://host/rt?api-version=2025&model=a%20b&intent=transcription&flag")
        #expect(endpoint.model == "a b")
        let url = endpoint.webSocketURL([QueryItem("model", "gpt ü/1")])
        #expect(url == "ws://host/rt?model=gpt%20%C3%BC%2F1&api-version=2025&flag=")
        #expect(endpoint.httpTarget("/client_secrets") == "/rt/client_secrets?api-version=2025&flag=")
        #expect(try Endpoint("ws://host").webSocketURL([]) == "ws://host/v1/realtime")
        #expect(try Endpoint("ws://host").model == nil)
    }

    @Test("A percent sign without digits stays as it is")
    func loosePercent() throws {
        #expect(try Endpoint("ws://host/?model=100%").model == "100%")
    }

    @Test(
        "What is no address is refused with a hint",
        arguments: [
            ("127.0.0.1:8080", EndpointError.schemeMissing), ("ftp://host", .schemeUnknown("ftp")),
            ("ws:///path", .hostMissing),
            ("ws://user:key@host", .hostMissing),
        ]
    )
    func refusals(text: String, error: EndpointError) {
        #expect(throws: error) { try Endpoint(text) }
        #expect(error.description.contains("ws://"))
        #expect(!error.description.contains("user:key"))
    }

    @Test("A request carries key and dialect in headers or in subprotocols")
    func carriers() {
        var request = WireRequest(dialect: .beta, query: [], key: "sk-1")
        #expect(
            request.headers.map { "\($0.name): \($0.value)" } == [
                "Authorization: Bearer sk-1", "OpenAI-Beta: realtime=v1",
            ]
        )
        #expect(request.subprotocols == [])
        request.carrier = .subprotocols
        request.furtherSubprotocols = ["x.1"]
        #expect(request.headers.isEmpty)
        #expect(request.subprotocols == ["realtime", "openai-insecure-api-key.sk-1", "openai-beta.realtime-v1", "x.1"])
        request.dialect = .ga
        request.key = nil
        #expect(request.subprotocols == ["realtime", "openai-insecure-api-key.null", "x.1"])
        request.carrier = .headers
        #expect(request.headers.isEmpty)
    }

    @Test("Ends and failures are told in words")
    func words() {
        #expect(WireClose(code: nil, reason: "").description == "closed without a code")
        #expect(WireClose(code: 1000, reason: "").description == "close 1000")
        #expect(WireClose(code: 4000, reason: "no").description == "close 4000 'no'")
        #expect(
            WireFailure.refused(status: 401, detail: "").description
                == "the server answered the handshake with HTTP 401"
        )
        #expect(WireFailure.handshake("why").description == "the handshake failed: why")
        #expect(WireFailure.ended("why").description == "the connection has ended: why")
    }
}
