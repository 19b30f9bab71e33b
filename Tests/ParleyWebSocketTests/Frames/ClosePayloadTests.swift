// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

@Suite("Payload of close frames")
struct ClosePayloadTests {
    @Test(
        "is cut between characters",
        arguments: [
            (String(repeating: "a", count: 123), 123),
            (String(repeating: "a", count: 124), 123),
            (String(repeating: "a", count: 122) + "é", 122),
            (String(repeating: "a", count: 121) + "é", 123),
            (String(repeating: "你", count: 60), 123),
            (String(repeating: "👩‍👩‍👧‍👦", count: 10), 100),
            ("a" + String(repeating: "\u{301}", count: 200), 0),
            (String(repeating: "b", count: 100_000), 123),
        ]
    )
    func cut(reason: String, bytes: Int) {
        let payload = ClosePayload(code: .policyViolation, reason: reason)
        #expect(payload.reason.utf8.count == bytes)
        #expect(reason.hasPrefix(payload.reason))
        #expect(payload.bytes.readableBytes == bytes + 2)
    }

    @Test("is empty without a code")
    func empty() throws {
        for code in [nil, CloseCode.noStatusReceived] {
            let payload = ClosePayload(code: code, reason: "not sent")
            #expect(payload.code == nil && payload.reason.isEmpty)
            #expect(payload.bytes.readableBytes == 0)
        }
        let parsed = try ClosePayload(parsing: ByteBuffer())
        #expect(parsed.code == nil && parsed.reason.isEmpty)
    }

    @Test("never carries a code that must not be sent", arguments: [0, 1004, 1006, 1015, 2999, 5000])
    func forbidden(code: UInt16) {
        #expect(ClosePayload(code: CloseCode(rawValue: code), reason: "").code == .internalError)
    }

    @Test("gives code and reason")
    func parse() throws {
        let bytes = ByteBuffer(bytes: [0x0B, 0xB8] + Array("Schlüssel fehlt".utf8))
        let payload = try ClosePayload(parsing: bytes)
        #expect(payload.code == .unauthorized)
        #expect(payload.reason == "Schlüssel fehlt")
        #expect(payload.bytes == bytes)
    }

    @Test(
        "is refused when malformed",
        arguments: [
            ([0x03], .truncatedCloseCode),
            ([0x03, 0xE7], .invalidCloseCode),
            ([0x03, 0xED, 0xFF], .invalidCloseCode),
            ([0x03, 0xE8, 0xFF], .invalidCloseReason),
            ([0x03, 0xE8, 0x61, 0xE4, 0xBD], .invalidCloseReason),
        ] as [([UInt8], Violation)]
    )
    func malformed(bytes: [UInt8], violation: Violation) {
        #expect(throws: violation) { try ClosePayload(parsing: ByteBuffer(bytes: bytes)) }
    }
}
