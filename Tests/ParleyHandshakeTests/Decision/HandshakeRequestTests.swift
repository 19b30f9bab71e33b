// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

@Suite("Handshake request")
struct HandshakeRequestTests {
    @Test("takes a head as the HTTP layer gives it")
    func head() {
        let head = HTTPRequest(
            method: .get,
            scheme: "https",
            authority: "voice.example.com",
            path: "/v1/realtime?model=m",
            headerFields: [.upgrade: "websocket"]
        )
        let request = HandshakeRequest(head, isHTTP10: true, isSecure: true, peerIsLoopback: false)
        #expect(request.method == .get)
        #expect(request.target == "/v1/realtime?model=m")
        #expect(request.authority == "voice.example.com")
        #expect(request.headers == [.upgrade: "websocket"])
        #expect(request.isHTTP10 && request.isSecure && !request.peerIsLoopback)
        #expect(request.upgrade.faults.contains(.httpVersionTooOld))
        #expect(request.upgrade.host == HostPort("voice.example.com"))
    }

    @Test("a head without a path asks for the root")
    func pathless() {
        let head = HTTPRequest(method: .get, scheme: nil, authority: nil, path: nil)
        #expect(HandshakeRequest(head, isHTTP10: false, isSecure: false, peerIsLoopback: true).target == "/")
    }

    @Test("is printed without its secrets, and with what helps")
    func printing() {
        let request = HandshakeRequest.upgrade("/v1/realtime?model=m&api-key=\(rightKey)", more: [("Cookie", "s=1")])
        #expect("\(request)" == "GET /v1/realtime?model=m&api-key=***")
        #expect(String(reflecting: request) == "\(request)")
    }
}
