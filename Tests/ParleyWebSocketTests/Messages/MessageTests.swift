// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

private let ended = Entry.closed(CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false))

private func failed(_ role: Role, _ violation: Violation) -> [Entry] {
    [
        .wroteClose(role, violation.closeCode.rawValue, violation.entry.sentence),
        .closed(
            CloseSummary(
                code: violation.closeCode,
                reason: violation.entry.sentence,
                initiator: .us,
                violation: violation,
                wasClean: false
            )
        ),
    ]
}

@Suite("Messages")
struct MessageTests {
    @Test("of all lengths arrive", arguments: [0, 1, 125, 126, 127, 65535, 65536, 70000], Ownership.allCases)
    func lengths(count: Int, ownership: Ownership) {
        for role in Role.allCases {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(log(role, Peer(of: role).frame(2, payload), ownership: ownership) == [.binary(payload), ended])
        }
    }

    @Test("of many fragments are joined, with control frames in between", arguments: Role.allCases, Ownership.allCases)
    func fragments(role: Role, ownership: Ownership) {
        let peer = Peer(of: role)
        let bytes =
            peer.text("Hel", fin: false) + peer.frame(9, [1, 2]) + peer.more("", fin: false)
            + peer.more("lo, ", fin: false)
            + peer.frame(10, [3]) + peer.more("") + peer.frame(2, [9]) + peer.frame(1, fin: false) + peer.frame(0)
        let expected: [Entry] = [
            .wrote(role, 10, [1, 2]), .pong([3]), .text("Hello, "), .binary([9]), .text(""), ended,
        ]
        for size in 1...bytes.count {
            #expect(log(role, bytes, ownership: ownership, inPiecesOf: size) == expected, "pieces of \(size)")
        }
    }

    @Test("in one piece are slices of what was received")
    func noCopy() {
        var machine = ConnectionMachine(role: .server, limits: ConnectionLimits(), now: .uptimeNanoseconds(1))
        let input = ByteBuffer(bytes: Peer(of: .server).text("one") + Peer(of: .server).text("zwö"))
        let addresses = input.addresses
        machine.received(consume input, at: .uptimeNanoseconds(2))
        for text in ["one", "zwö"] {
            guard case .message(let message) = machine.next() else {
                Issue.record("no message")
                return
            }
            #expect(String(buffer: message.payload) == text)
            #expect(addresses.contains(message.payload.addresses.lowerBound))
        }
        let next = machine.next()
        #expect(next == nil)
    }

    @Test("of a hundred thousand tiny fragments are joined")
    func tinyFragments() {
        let peer = Peer(of: .server, key: [0, 0, 0, 0])
        let middle = peer.frame(0, [0x2E], fin: false)
        let bytes = peer.text(".", fin: false) + Array(repeating: middle, count: 100_000).joined() + peer.more(".")
        #expect(log(.server, bytes, inPiecesOf: 65536) == [.text(String(repeating: ".", count: 100_002)), ended])
    }

    @Test("of text are refused at the first bad byte of an unfinished frame", arguments: [0, 1, 5], Role.allCases)
    func failFast(fragmentsBefore: Int, role: Role) {
        let peer = Peer(of: role)
        let bad: [UInt8] = Array("κόσμε".utf8) + [0xF4, 0x90]
        var endpoint = Endpoint(role)
        if fragmentsBefore > 0 { endpoint.received(peer.text("é", fin: false)) }
        for _ in 1..<max(fragmentsBefore, 1) { endpoint.received(peer.more("é", fin: false)) }
        let frame = peer.frame(fragmentsBefore > 0 ? 0 : 1, bad + Array(repeating: 0x41, count: 300))
        let header = frame.count - bad.count - 300
        endpoint.received(Array(frame.prefix(header + bad.count - 1)))
        #expect(endpoint.log.isEmpty)
        endpoint.received([frame[header + bad.count - 1]])
        #expect(endpoint.log == failed(role, .invalidUTF8))
    }

    @Test("of text must not end within a character", arguments: Role.allCases)
    func truncated(role: Role) {
        let peer = Peer(of: role)
        for cut in [1, 2, 3] {
            let bytes = Array("ok👋".utf8.dropLast(cut))
            #expect(log(role, peer.frame(1, bytes)) == failed(role, .invalidUTF8))
            #expect(log(role, peer.frame(1, bytes, fin: false) + peer.frame(0)) == failed(role, .invalidUTF8))
            #expect(log(role, peer.frame(1, bytes), inPiecesOf: 1) == failed(role, .invalidUTF8))
        }
    }

    @Test("of text may be split within a character", arguments: 1..<7)
    func splitCharacter(place: Int) {
        let bytes = Array("é👋a".utf8)
        let peer = Peer(of: .server)
        let frames = peer.frame(1, Array(bytes[..<place]), fin: false) + peer.frame(0, Array(bytes[place...]))
        #expect(log(.server, frames) == [.text("é👋a"), ended])
        #expect(log(.server, frames, inPiecesOf: 1) == [.text("é👋a"), ended])
    }

    @Test("of bytes may hold anything")
    func binary() {
        let peer = Peer(of: .server)
        let bytes: [UInt8] = [0xFF, 0xC0, 0x80]
        #expect(
            log(.server, peer.frame(2, bytes) + peer.frame(2, bytes, fin: false) + peer.frame(0, bytes)) == [
                .binary(bytes), .binary(bytes + bytes), ended,
            ]
        )
    }

    @Test("are checked for UTF-8 anew after a binary or a refused one")
    func noStateLeft() {
        let peer = Peer(of: .server)
        let bytes = peer.frame(2, [0xE4], fin: false) + peer.frame(0) + peer.text("é", fin: false) + peer.more("ü")
        #expect(log(.server, bytes, inPiecesOf: 3) == [.binary([0xE4]), .text("éü"), ended])
    }
}

@Suite("Limits")
struct LimitTests {
    private let limits = ConnectionLimits(maxFrameBytes: 200, maxMessageBytes: 300)

    @Test("admit what just fits", arguments: Role.allCases)
    func fits(role: Role) {
        let peer = Peer(of: role)
        let half = Array(repeating: UInt8(7), count: 150)
        let bytes =
            peer.frame(2, Array(repeating: 7, count: 200)) + peer.frame(2, half, fin: false) + peer.frame(0, half)
        #expect(
            log(role, bytes, limits: limits) == [
                .binary(Array(repeating: 7, count: 200)), .binary(half + half), ended,
            ]
        )
    }

    @Test("are judged by the header, before any payload", arguments: Role.allCases)
    func frame(role: Role) {
        let peer = Peer(of: role)
        let frame = peer.frame(2, Array(repeating: 7, count: 201))
        #expect(log(role, Array(frame.prefix(4)), limits: limits) == failed(role, .frameTooBig))
        let huge = peer.frame(1, length: .announced(1 << 62))
        #expect(log(role, huge, limits: ConnectionLimits()) == failed(role, .frameTooBig))
        #expect(
            log(role, huge, limits: ConnectionLimits(maxFrameBytes: .max, maxMessageBytes: .max))
                == failed(role, .frameTooBig)
        )
    }

    @Test("count all fragments of a message", arguments: Role.allCases)
    func message(role: Role) {
        let peer = Peer(of: role)
        let half = Array(repeating: UInt8(7), count: 150)
        let second = peer.frame(0, half + [8])
        let bytes = peer.frame(2, half, fin: false) + second.prefix(second.count - half.count - 1)
        #expect(log(role, bytes, limits: limits) == failed(role, .messageTooBig))
        #expect(log(role, bytes, limits: limits, inPiecesOf: 1) == failed(role, .messageTooBig))
    }

    @Test("hold for a message in one frame too", arguments: Role.allCases)
    func wholeMessage(role: Role) {
        let limits = ConnectionLimits(maxFrameBytes: 200, maxMessageBytes: 10)
        let frame = Peer(of: role).frame(2, Array(repeating: 7, count: 11))
        #expect(log(role, frame, limits: limits) == failed(role, .messageTooBig))
        #expect(log(role, frame, limits: limits, inPiecesOf: 5) == failed(role, .messageTooBig))
    }

    @Test("do not count control frames or earlier messages")
    func otherFrames() {
        let limits = ConnectionLimits(maxFrameBytes: 2, maxMessageBytes: 2)
        let peer = Peer(of: .server)
        let bytes = peer.text("ab") + peer.frame(9, [1, 2, 3]) + peer.text("cd")
        #expect(
            log(.server, bytes, limits: limits) == [
                .text("ab"), .wrote(.server, 10, [1, 2, 3]), .text("cd"), ended,
            ]
        )
    }

    @Test("below zero mean zero")
    func negative() {
        let limits = ConnectionLimits(maxFrameBytes: -1, maxMessageBytes: -1)
        #expect(log(.server, Peer(of: .server).text(""), limits: limits) == [.text(""), ended])
        #expect(log(.server, Peer(of: .server).text("a"), limits: limits) == failed(.server, .frameTooBig))
    }

    @Test("have the documented defaults")
    func defaults() {
        let limits = ConnectionLimits()
        #expect(limits.maxFrameBytes == 16_777_216 && limits.maxMessageBytes == 16_777_216)
        #expect(limits.pingInterval == .seconds(15) && limits.pongTimeout == .seconds(20))
        #expect(limits.closeTimeout == .seconds(2) && limits.idleTimeout == nil)
    }
}
