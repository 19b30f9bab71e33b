// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

private let plain = DeflateAgreement(DeflateOffer())

/// A connection of that role on which both sides compress.
private func endpoint(
    _ role: Role,
    limits: ConnectionLimits = ConnectionLimits(),
    _ agreement: DeflateAgreement = plain,
    settings: DeflateSettings = DeflateSettings(),
    ownership: Ownership = .given
) -> Endpoint {
    Endpoint(role, limits: limits, compression: Compression(agreement, settings: settings), ownership: ownership)
}

/// A compressed message in one frame, or in several of `size` bytes.
private func frames(_ peer: Peer, _ opcode: UInt8, _ payload: [UInt8], inFramesOf size: Int = .max) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = payload[...]
    var isFirst = true
    repeat {
        let part = Array(rest.prefix(size))
        rest = rest.dropFirst(size)
        bytes += peer.frame(isFirst ? opcode : 0, part, fin: rest.isEmpty, reserved: isFirst ? 4 : 0)
        isFirst = false
    } while !rest.isEmpty
    return bytes
}

@Suite("A connection that compresses")
struct CompressedConnectionTests {
    private static let text = "Grüße aus Köln 👋 " + String(repeating: "und noch einmal ", count: 20)

    @Test(
        "joins and inflates messages, wherever frames and reads are cut",
        arguments: Role.allCases,
        Ownership.allCases
    )
    func everyCut(role: Role, ownership: Ownership) throws {
        let peer = Peer(of: role)
        let payloads = try deflated([Array(Self.text.utf8), Array(Self.text.utf8), [1, 2, 3]])
        for size in 1...payloads[0].count {
            let bytes =
                frames(peer, 1, payloads[0], inFramesOf: size) + peer.text("plain")
                + frames(peer, 1, payloads[1], inFramesOf: size) + frames(peer, 2, payloads[2])
            var whole = endpoint(role, ownership: ownership)
            whole.received(bytes)
            let expected: [Entry] = [.text(Self.text), .text("plain"), .text(Self.text), .binary([1, 2, 3])]
            #expect(whole.log == expected)
            var pieces = endpoint(role, ownership: ownership)
            pieces.received(bytes, inPiecesOf: size)
            #expect(pieces.log == expected)
        }
    }

    @Test("answers pings between the fragments of a compressed message", arguments: Role.allCases)
    func interleaved(role: Role) throws {
        let peer = Peer(of: role)
        let payload = try #require(try deflated([Array(Self.text.utf8)]).first)
        var endpoint = endpoint(role)
        endpoint.received(peer.frame(1, Array(payload.prefix(9)), fin: false, reserved: 4))
        endpoint.received(peer.frame(9, [7]) + peer.frame(0, [], fin: false) + peer.frame(10, [8]))
        endpoint.received(peer.frame(0, Array(payload.dropFirst(9))))
        #expect(endpoint.log == [.wrote(role, 10, [7]), .pong([8]), .text(Self.text)])
    }

    @Test("takes the mark on the first frame of a data message alone", arguments: Role.allCases)
    func mark(role: Role) throws {
        let peer = Peer(of: role)
        for frame in [
            peer.frame(8, reserved: 4), peer.frame(9, reserved: 4), peer.frame(10, reserved: 4),
            peer.frame(1, [0], fin: false, reserved: 4) + peer.frame(0, [0], reserved: 4),
            peer.frame(1, [0x41], fin: false) + peer.frame(0, [0], reserved: 4),
            peer.frame(1, [0], reserved: 2), peer.frame(1, [0], reserved: 1), peer.frame(1, [0], reserved: 6),
        ] {
            var endpoint = endpoint(role)
            endpoint.received(frame)
            #expect(endpoint.summary?.violation == .reservedBits)
        }
        #expect(log(role, peer.frame(1, [0], reserved: 4)).last != .text(""), "nothing was agreed on")
    }

    @Test("takes empty messages in both forms", arguments: Role.allCases)
    func empty(role: Role) {
        let peer = Peer(of: role)
        var endpoint = endpoint(role)
        endpoint.received(peer.frame(1, [0], reserved: 4) + peer.frame(1) + peer.frame(2, [0], reserved: 4))
        endpoint.received(peer.frame(1, [], fin: false, reserved: 4) + peer.frame(0, [0]))
        #expect(endpoint.log == [.text(""), .text(""), .binary([]), .text("")])
    }

    @Test("judges text behind the inflater, as soon as a byte is wrong")
    func text() throws {
        let peer = Peer(of: .server)
        let right = try #require(try deflated([Array("é你👋".utf8)]).first)
        let wrong = try #require(try deflated([[0x41, 0xC3, 0x28] + Array(repeating: 0x42, count: 500)]).first)
        let cut = try #require(try deflated([Array("é你👋".utf8.dropLast())]).first)
        for size in [1, 2, .max] {
            var endpoint = endpoint(.server)
            endpoint.received(frames(peer, 1, right, inFramesOf: size))
            #expect(endpoint.takeLog() == [.text("é你👋")])
            endpoint.received(frames(peer, 1, cut, inFramesOf: size))
            #expect(endpoint.summary?.violation == .invalidUTF8)
        }
        var endpoint = endpoint(.server)
        endpoint.received(peer.frame(1, wrong, fin: false, reserved: 4))
        #expect(endpoint.summary?.violation == .invalidUTF8, "without waiting for the end of the message")
        #expect(endpoint.summary?.code == .invalidPayload)
    }

    @Test("ends with 1007 when a message cannot be inflated", arguments: Role.allCases)
    func corrupt(role: Role) {
        for payload: [UInt8] in [[0x07], [0xF2, 0x48, 0xCD], [0xF2, 0x00, 0x11, 0x00, 0x00], []] {
            var endpoint = endpoint(role)
            endpoint.received(Peer(of: role).frame(2, payload, reserved: 4))
            #expect(endpoint.summary?.violation == .corruptCompression)
            #expect(endpoint.summary?.code == .invalidPayload)
        }
    }

    @Test("holds messages to the limit by what comes out of them")
    func size() throws {
        let limits = ConnectionLimits(maxMessageBytes: 1000)
        let payloads = try deflated([Array(repeating: 0x41, count: 1000), Array(repeating: 0x41, count: 1001)])
        for size in [1, 3, .max] {
            var endpoint = endpoint(.server, limits: limits)
            endpoint.received(frames(Peer(of: .server), 1, payloads[0], inFramesOf: size))
            #expect(endpoint.takeLog() == [.text(String(repeating: "A", count: 1000))])
            endpoint.received(frames(Peer(of: .server), 1, payloads[1], inFramesOf: size))
            #expect(endpoint.summary?.violation == .messageTooBig)
            #expect(endpoint.summary?.code == .messageTooBig)
        }
    }

    @Test("refuses a message that grows too much, and only where it is long")
    func ratio() throws {
        let limits = ConnectionLimits(maxMessageBytes: 1 << 24, maxInflationRatio: 100, freeInflationBytes: 50_000)
        let payloads = try deflated([Array(repeating: 0x20, count: 50_000), Array(repeating: 0x20, count: 200_000)])
        var endpoint = endpoint(.server, limits: limits)
        endpoint.received(frames(Peer(of: .server), 1, payloads[0]))
        #expect(endpoint.takeLog().count == 1)
        endpoint.received(frames(Peer(of: .server), 1, payloads[1]))
        #expect(endpoint.summary?.violation == .inflationRatio)
        #expect(endpoint.summary?.code == .messageTooBig)
        for size in [1, 7, 50] {
            var cut = Endpoint(.server, limits: limits, compression: Compression(plain, settings: DeflateSettings()))
            cut.received(frames(Peer(of: .server), 1, payloads[0], inFramesOf: size), inPiecesOf: size)
            #expect(cut.takeLog().count == 1)
            // Before its last frame.
            cut.received(
                Array(frames(Peer(of: .server), 1, payloads[1], inFramesOf: size).dropLast(20)),
                inPiecesOf: size
            )
            #expect(cut.summary?.violation == .inflationRatio)
        }

        var generator = SeededGenerator(seed: 1)
        let dense = generator.bytes(300_000).map { $0 & 0x0F | 0x40 }
        var other = Endpoint(.server, limits: limits, compression: Compression(plain, settings: DeflateSettings()))
        other.received(frames(Peer(of: .server), 2, try #require(try deflated([dense]).first), inFramesOf: 5000))
        #expect(other.log == [.binary(dense)])
    }

    @Test("knows nothing of a compressed message once it is closing")
    func closing() throws {
        let peer = Peer(of: .server)
        let payload = try #require(try deflated([Array(Self.text.utf8)]).first)
        var endpoint = endpoint(.server)
        endpoint.received(peer.frame(1, Array(payload.prefix(9)), fin: false, reserved: 4))
        endpoint.close(.normalClosure)
        endpoint.received(peer.frame(0, Array(payload.dropFirst(9))) + peer.close(1000))
        #expect(endpoint.summary?.wasClean == true)
        #expect(endpoint.log.count == 2)
    }
}
