// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing

@testable import ParleyHandshake

@Suite("Credential search")
struct CredentialSearchTests {
    private func found(_ target: String = "/", _ fields: [(String, String)] = []) -> [String] {
        ClientOffer(.upgrade(target, more: fields)).credentials.map { "\($0.source.rawValue) \($0.text)" }
    }

    @Test(
        "Authorization holds a Bearer key in any case, or a key by itself",
        arguments: [
            ("Bearer K", "K"), ("bearer K", "K"), ("BEARER   K  ", "K"), ("Bearer\tK", "K"), ("K", "K"),
            ("Bearer K+/=", "K+/="),
            ("Bearer a b", "a b"), ("Bearerless", "Bearerless"), ("Bearer null", nil), ("Bearer undefined", nil),
            ("Bearer None", nil),
            ("Bearer", nil), ("Bearer ", nil), ("", nil), ("null", nil), ("Basic dXNlcjpw", nil),
            ("Digest a=b, c=d", nil),
        ] as [(String, String?)]
    )
    func authorization(value: String, key: String?) {
        #expect(found("/", [("Authorization", value)]) == (key.map { ["authorization \($0)"] } ?? []))
    }

    @Test(
        "api-key holds a key",
        arguments: [("K", "K"), (" K ", "K"), ("", nil), ("null", nil)] as [(String, String?)]
    )
    func apiKey(value: String, key: String?) {
        #expect(found("/", [("API-Key", value)]) == (key.map { ["api-key-header \($0)"] } ?? []))
    }

    @Test(
        "a subprotocol holds a key behind its prefix",
        arguments: [
            ("realtime, openai-insecure-api-key.K", "K"), ("openai-insecure-api-key.K,realtime", "K"),
            ("realtime, openai-insecure-api-key.null", nil), ("openai-insecure-api-key.", nil),
            ("openai-insecure-api-key", nil), ("K", nil),
        ] as [(String, String?)]
    )
    func subprotocol(value: String, key: String?) {
        #expect(found("/", [("Sec-WebSocket-Protocol", value)]) == (key.map { ["subprotocol \($0)"] } ?? []))
    }

    @Test(
        "the query holds a key, decoded, with + left as it is",
        arguments: [
            ("/?api-key=K", ["query-key K"]), ("/?api_key=K", ["query-key K"]), ("/?API-KEY=K", ["query-key K"]),
            ("/?api%2Dkey=K", ["query-key K"]), ("/?api-key=a%2Bb%2Fc%3D", ["query-key a+b/c="]),
            ("/?api-key=a+b", ["query-key a+b"]),
            ("/?api-key=first&api-key=second", ["query-key first"]), ("/?api-key=&api-key=second", []),
            ("/?api-key=null", []),
            ("/?api-key=A&api_key=B", ["query-key A", "query-key B"]),
            ("/?Authorization=Bearer%20K", ["query-authorization K"]),
            ("/?Authorization=Bearer+K", ["query-authorization K"]),
            ("/?authorization=bearer%20a+b", ["query-authorization a+b"]),
            ("/?Authorization=K", ["query-authorization K"]),
            ("/?Authorization=Bearer%20null", []), ("/?Authorization=Basic%20x", []), ("/?key=K&token=K", []),
            ("/?apikey", []),
        ]
    )
    func query(target: String, expected: [String]) {
        #expect(found(target) == expected)
    }

    @Test("they are tried in the order of how explicit they are")
    func order() {
        let fields = [
            ("Sec-WebSocket-Protocol", "openai-insecure-api-key.C"), ("api-key", "B"), ("Authorization", "Bearer A"),
        ]
        #expect(
            found("/?Authorization=Bearer%20F&api_key=E&api-key=D", fields)
                == [
                    "authorization A", "api-key-header B", "subprotocol C", "query-key D", "query-key E",
                    "query-authorization F",
                ]
        )
    }

    @Test("no head makes the server hash more than a few keys")
    func limit() {
        let many = (0..<500).map { "openai-insecure-api-key.k\($0)" }.joined(separator: ",")
        #expect(found("/", [("Sec-WebSocket-Protocol", many)]).count == CredentialSearch.limit)
    }
}
