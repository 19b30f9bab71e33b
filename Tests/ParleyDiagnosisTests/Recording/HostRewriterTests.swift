// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis
import Testing

@Suite("The Host field, rewritten")
struct HostRewriterTests {
    private static func rewritten(_ bytes: [UInt8], size: Int = .max) -> [UInt8] {
        var rewriter = HostRewriter(host: "voice.example.com")
        var out: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            out += rewriter.rewriting(Array(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        return out + rewriter.ended()
    }

    @Test("Only the value changes, however the bytes are cut", arguments: [Int.max, 1, 3, 100])
    func onlyTheValue(size: Int) {
        let tail: [UInt8] = [0x81, 0x80, 1, 2, 3, 4] + Array("Host: other\r\n\r\n".utf8)
        let expected = String(decoding: Wires.request(), as: UTF8.self)
            .split(separator: "127.0.0.1:9001").joined(separator: "voice.example.com")
        #expect(Self.rewritten(Wires.request() + tail, size: size) == Array(expected.utf8) + tail)
    }

    @Test(
        "What has no such field, is no request or never ends passes unchanged",
        arguments: [
            Array("GET / HTTP/1.0\r\n\r\n".utf8), [0x16, 0x03, 0x01, 0, 200, 1],
            Array("GET / HTTP/1.1\r\nHost: x".utf8),
            Array(("GET / HTTP/1.1\r\nX: " + String(repeating: "x", count: 70_000)).utf8), [],
        ]
    )
    func unchanged(bytes: [UInt8]) {
        #expect(Self.rewritten(bytes) == bytes)
    }
}
