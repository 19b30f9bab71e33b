// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTypes
import ParleyWebSocket
import Testing

@testable import ParleyHandshake

/// Heads of random bytes, and real heads with random damage: every one gets a decision that holds together.
@Suite("Fuzz")
struct FuzzTests {
    private static let names = [
        "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol",
        "Sec-WebSocket-Extensions", "Origin",
        "Authorization", "api-key", "OpenAI-Beta", "User-Agent", "Host", "Content-Length", "Transfer-Encoding",
        "Referer", "Cookie", "X-Stainless-Lang",
    ]

    private static let pieces = [
        "realtime", "openai-insecure-api-key.", "sk-", "ek_", "Bearer ", "Basic ", "null", ",", ", ", "\"", "\\", " ",
        "\t", "%", "%2", "%20", "%C3",
        "+", "=", "&", "?", "#", "/", ":", "://", "[", "]", "[::1]", "http://", "file://", "localhost", "127.0.0.1",
        ":8080", "@", ".", "..", "*", "é",
        "\u{301}", "\u{0}", "\r\n", "😀", "websocket", "upgrade", "13", "0", "api-key=", "Authorization=", "model=",
        "/v1/realtime", "/openai",
    ]

    private func damaged(_ text: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
            let position = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, position + Int.random(in: 0...4, using: &generator))
            bytes.replaceSubrange(
                position..<end,
                with: generator.bytes(count: Int.random(in: 0...4, using: &generator))
            )
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func assembled(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...12, using: &generator))
            .map { _ in
                Self.pieces[Int.random(in: 0..<Self.pieces.count, using: &generator)]
            }
            .joined()
    }

    private func check(_ request: HandshakeRequest, _ generator: inout SeededGenerator) throws {
        let policies = [HandshakePolicy(), .keyed, HandshakePolicy(subprotocols: .strict, isEchoEnabled: true)]
        let policy = policies[Int.random(in: 0..<policies.count, using: &generator)]
        let decision = decide(request, policy: policy, capacity: .available)
        let line = decision.explanation.line
        #expect(!line.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "no control character in \(line)")
        if let refusal = decision.admission.refusal {
            let object = try JSONSerialization.jsonObject(with: Data(refusal.body.utf8)) as? [String: [String: Any]]
            #expect(object?["error"]?["message"] as? String == refusal.message)
        }
        if let accepted = decision.accepted {
            #expect(request.upgrade.faults.isEmpty)
            #expect(accepted.responseHeaders[values: .secWebSocketProtocol].count <= 1)
            if let selected = accepted.subprotocol {
                #expect(decision.offer.subprotocols.contains(selected))
                #expect(HeaderText.isToken(selected))
            }
        }
        // Masking what is masked already must find nothing more.
        let target = Redaction.target(request.target)
        #expect(Redaction.target(target) == target)
        for field in Redaction.fields(request.headers) where field.name == .secWebSocketProtocol {
            #expect(Redaction.value(field.value, of: field.name) == field.value)
        }
    }

    @Test("random fields and targets", arguments: UInt64(1)...4)
    func assembledHeads(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<250 {
            var pairs: [(String, String)] = []
            for _ in 0..<Int.random(in: 0...8, using: &generator) {
                let name = Self.names[Int.random(in: 0..<Self.names.count, using: &generator)]
                pairs.append((name, assembled(&generator)))
            }
            let request = HandshakeRequest.upgrade(assembled(&generator), host: assembled(&generator), more: pairs)
            try check(request, &generator)
        }
    }

    @Test("random bytes as target and values", arguments: UInt64(1)...4)
    func randomBytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed &+ 100)
        for _ in 0..<250 {
            let bytes = { (generator: inout SeededGenerator) in
                String(decoding: generator.bytes(count: Int.random(in: 0...64, using: &generator)), as: UTF8.self)
            }
            let pairs = Self.names.prefix(10).map { ($0, bytes(&generator)) }
            let request = HandshakeRequest(
                target: bytes(&generator),
                authority: bytes(&generator),
                headers: HTTPFields(pairs: pairs)
            )
            try check(request, &generator)
        }
    }

    @Test("damaged heads of known clients", arguments: KnownClient.all)
    func damagedHeads(client: KnownClient) throws {
        var generator = SeededGenerator(seed: UInt64(client.name.utf8.count))
        for _ in 0..<40 {
            var request = client.request()
            request.target = damaged(request.target, &generator)
            request.authority = request.authority.map { damaged($0, &generator) }
            let damagedField = Int.random(in: 0..<request.headers.count, using: &generator)
            request.headers = HTTPFields(
                request.headers.enumerated()
                    .map { index, field in
                        index == damagedField
                            ? HTTPField(name: field.name, value: damaged(field.value, &generator)) : field
                    }
            )
            try check(request, &generator)
        }
    }

    @Test("very long heads are decided without delay or depth")
    func longHeads() throws {
        var generator = SeededGenerator(seed: 7)
        for piece in ["a,", "\"", "%25", "&a=", "sk-", "/", "api-key=&", "openai-insecure-api-key.x,"] {
            let long = String(repeating: piece, count: 1000)
            try check(
                .upgrade(
                    "/v1/realtime?" + long,
                    more: [("Sec-WebSocket-Protocol", long), ("User-Agent", long), ("Origin", long)]
                ),
                &generator
            )
        }
    }
}
