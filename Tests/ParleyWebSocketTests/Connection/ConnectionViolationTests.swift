// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

/// Bytes that break one rule, as the peer of an endpoint sends them.
private struct Offence: Sendable, CustomTestStringConvertible {
    var violation: Violation
    var name: String
    var bytes: [UInt8]

    var testDescription: String { "\(violation): \(name)" }

    init(_ violation: Violation, _ name: String, _ bytes: [UInt8]) {
        self.violation = violation
        self.name = name
        self.bytes = bytes
    }
}

private func offences(against role: Role) -> [Offence] {
    let peer = Peer(of: role)
    let start = peer.text("a", fin: false)
    let payload = Array(repeating: UInt8(0x41), count: 200)
    var offences: [Offence] = [
        Offence(.reservedBits, "RSV1", peer.frame(1, reserved: 4)),
        Offence(.reservedBits, "RSV2", peer.frame(2, reserved: 2)),
        Offence(.reservedBits, "RSV3 of a ping", peer.frame(9, reserved: 1)),
        Offence(.reservedBits, "all three", peer.frame(1, Array("x".utf8), reserved: 7)),
        Offence(.reservedBits, "in a continuation", start + peer.frame(0, reserved: 4)),
        Offence(.unexpectedContinuation, "first frame", peer.more("a")),
        Offence(.unexpectedContinuation, "not the last fragment", peer.more("a", fin: false)),
        Offence(.unexpectedContinuation, "after a whole message", start + peer.more("a") + peer.more("b")),
        Offence(.expectedContinuation, "text in text", start + peer.text("b")),
        Offence(.expectedContinuation, "binary in text", start + peer.frame(2, [1], fin: false)),
        Offence(.expectedContinuation, "text after a ping", start + peer.frame(9) + peer.text("b")),
        Offence(.fragmentedControlFrame, "ping", peer.frame(9, fin: false)),
        Offence(.fragmentedControlFrame, "pong", peer.frame(10, [1], fin: false)),
        Offence(.fragmentedControlFrame, "close", peer.frame(8, [3, 0xE8], fin: false)),
        Offence(.oversizedControlFrame, "ping of 126", peer.frame(9, Array(payload.prefix(126)))),
        Offence(.oversizedControlFrame, "close of 126", peer.frame(8, [3, 0xE8] + payload.prefix(124))),
        Offence(.oversizedControlFrame, "pong with eight bytes of length", peer.frame(10, [1], length: .eight)),
        Offence(.nonMinimalLength, "0 in two bytes", peer.frame(1, length: .two)),
        Offence(.nonMinimalLength, "125 in two bytes", peer.frame(2, Array(payload.prefix(125)), length: .two)),
        Offence(.nonMinimalLength, "200 in eight bytes", peer.frame(2, payload, length: .eight)),
        Offence(.nonMinimalLength, "65535 in eight bytes", peer.frame(2, length: .announced(65535))),
        Offence(.negativeLength, "2^63", peer.frame(2, length: .announced(1 << 63))),
        Offence(.negativeLength, "2^64 - 1", peer.frame(1, length: .announced(.max))),
        Offence(.invalidUTF8, "lone surrogate", peer.frame(1, [0xED, 0xA0, 0x80])),
        Offence(.invalidUTF8, "in the second fragment", start + peer.frame(0, [0xC0])),
        Offence(.truncatedCloseCode, "one byte", peer.frame(8, [3])),
        Offence(.invalidCloseReason, "overlong", peer.frame(8, [3, 0xE8, 0xC0, 0xAF])),
        Offence(.frameTooBig, "one byte over 16 MiB", peer.frame(2, length: .announced(16_777_217))),
        Offence(.frameTooBig, "2^63 - 1", peer.frame(2, length: .announced(1 << 63 - 1))),
        Offence(.messageTooBig, "fragments", start + peer.frame(0, length: .announced(16_777_216))),
    ]
    offences += [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]
        .map {
            Offence(.reservedOpcode, "\($0)", peer.frame($0, [1, 2]))
        }
    offences += [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
        .map {
            Offence(.invalidCloseCode, "\($0)", peer.close($0))
        }
    let wrong = Peer(of: role.peer)
    let maskRule = role == .server ? Violation.unmaskedClientFrame : .maskedServerFrame
    offences += [
        Offence(maskRule, "text", wrong.text("a")),
        Offence(maskRule, "ping", wrong.frame(9)),
        Offence(maskRule, "close", wrong.close(1000)),
        Offence(maskRule, "continuation", start + wrong.more("b")),
    ]
    return offences
}

@Suite("Violations")
struct ConnectionViolationTests {
    @Test("of every kind that needs no compression are covered here")
    func complete() {
        let covered = Role.allCases.flatMap { offences(against: $0).map(\.violation) }
        let compressed: Set<Violation> = [.corruptCompression, .inflationRatio]
        #expect(Set(covered) == Set(Violation.allCases).subtracting(compressed))
    }

    @Test("end a server's connection, however the bytes come", arguments: offences(against: .server))
    private func server(offence: Offence) {
        check(.server, offence)
    }

    @Test("end a client's connection, however the bytes come", arguments: offences(against: .client))
    private func client(offence: Offence) {
        check(.client, offence)
    }

    private func check(_ role: Role, _ offence: Offence) {
        let peer = Peer(of: role)
        let violation = offence.violation
        let summary = CloseSummary(
            code: violation.closeCode,
            reason: violation.entry.sentence,
            initiator: .us,
            violation: violation,
            wasClean: false
        )
        let bytes = peer.text("before") + offence.bytes + peer.text("after") + peer.close(1000)
        for size in [1, 2, 3, 5, 8, 13, 1000] {
            let entries = log(role, bytes, inPiecesOf: size).filter { $0 != .wrote(role, 10) }
            let texts = entries.dropLast(2)
            #expect(texts.first == .text("before"))
            #expect(texts.dropFirst().allSatisfy { $0 == .text("aa") })
            #expect(
                entries.suffix(2) == [
                    .wroteClose(role, violation.closeCode.rawValue, violation.entry.sentence), .closed(summary),
                ]
            )
        }
    }
}
