// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket
import Testing

/// Streams of frames, most of them lawful, from a seed.
struct FrameStream {
    private var generator: SeededGenerator
    private let role: Role

    init(for role: Role, seed: UInt64) {
        self.role = role
        generator = SeededGenerator(seed: seed)
    }

    /// A stream of up to `count` frames, of which one in `rarity` is spoiled.
    mutating func next(frames count: Int, spoiledOneIn rarity: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var isInside = false
        for _ in 0..<Int.random(in: 1...count, using: &generator) {
            var frame = lawfulFrame(isInside: &isInside)
            if Int.random(in: 1...rarity, using: &generator) == 1 { spoil(&frame) }
            bytes += frame
        }
        return bytes
    }

    private mutating func lawfulFrame(isInside: inout Bool) -> [UInt8] {
        let peer = Peer(of: role, key: generator.bytes(4))
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: return peer.frame(9, generator.bytes(Int.random(in: 0...20, using: &generator)))
        case 1: return peer.frame(10, generator.bytes(Int.random(in: 0...125, using: &generator)))
        case 2 where Int.random(in: 0..<4, using: &generator) == 0:
            return peer.close([1000, 1001, 3000, 4999].randomElement(using: &generator) ?? 1000, "bye")
        default:
            let isFinal = Bool.random(using: &generator)
            let opcode: UInt8 = isInside ? 0 : Bool.random(using: &generator) ? 1 : 2
            isInside = !isFinal
            return peer.frame(opcode, payload(), fin: isFinal)
        }
    }

    /// Mostly text, so that text messages survive; lengths around the borders of the length forms now and then.
    private mutating func payload() -> [UInt8] {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return []
        case 1: return Array("é你👋".utf8)
        case 2: return Array(repeating: 0x61, count: Int.random(in: 120...130, using: &generator))
        case 3: return generator.bytes(3)
        default: return generator.bytes(Int.random(in: 1...40, using: &generator)).map { $0 & 0x7F }
        }
    }

    private mutating func spoil(_ frame: inout [UInt8]) {
        let place = Int.random(in: 0..<frame.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: frame[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: frame.remove(at: place)
        default: frame[min(place, 1)] = UInt8.random(in: 0...255, using: &generator)
        }
    }

    /// Cuts bytes into pieces of random lengths.
    mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = bytes[...]
        let longest = [1, 4, 30, 400].randomElement(using: &generator) ?? 1
        while !rest.isEmpty {
            let count = min(rest.count, Int.random(in: 1...longest, using: &generator))
            pieces.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return pieces
    }
}

@Suite("Chunking")
struct ChunkingTests {
    private let limits = ConnectionLimits(maxFrameBytes: 128, maxMessageBytes: 200)

    @Test("at every single place does not change what happens", arguments: Role.allCases, Ownership.allCases)
    func everySplit(role: Role, ownership: Ownership) {
        let peer = Peer(of: role)
        let bytes =
            peer.text("Hello") + peer.frame(2, [1, 2, 3], fin: false) + peer.frame(9, [7]) + peer.frame(0, [4])
            + peer.text(String(repeating: "long é", count: 40)) + peer.frame(10) + peer.text("")
            + peer.close(3000, "bye")
        let expected = ReferenceEndpoint.log(role, bytes, limits: ConnectionLimits())
        #expect(expected.count == 8)
        for place in 0...bytes.count {
            var endpoint = Endpoint(role, ownership: ownership)
            endpoint.received(Array(bytes[..<place]))
            endpoint.received(Array(bytes[place...]))
            endpoint.inputEnded()
            #expect(endpoint.log == expected, "split at \(place)")
        }
    }

    @Test(
        "at random agrees with the reference, for lawful and spoiled streams",
        arguments: Role.allCases,
        Ownership.allCases
    )
    func random(role: Role, ownership: Ownership) {
        var stream = FrameStream(for: role, seed: 0x5EED)
        for round in 0..<800 {
            let bytes = stream.next(frames: 12, spoiledOneIn: 15)
            let expected = ReferenceEndpoint.log(role, bytes, limits: limits)
            var endpoint = Endpoint(role, limits: limits, ownership: ownership)
            for piece in stream.cut(bytes) { endpoint.received(piece) }
            endpoint.inputEnded()
            #expect(endpoint.log == expected, "round \(round)")
        }
    }

    @Test("does not matter when reads come before the events of the last one were asked for", arguments: Role.allCases)
    func undrained(role: Role) {
        var stream = FrameStream(for: role, seed: 77)
        for round in 0..<300 {
            let bytes = stream.next(frames: 8, spoiledOneIn: 30)
            var endpoint = Endpoint(role, limits: limits)
            for (index, piece) in stream.cut(bytes).enumerated() {
                if index.isMultiple(of: 3) { endpoint.received(piece) } else { endpoint.heldBack(piece) }
            }
            endpoint.inputEnded()
            #expect(endpoint.log == ReferenceEndpoint.log(role, bytes, limits: limits), "round \(round)")
        }
    }

    @Test("has the same result for every way to hold the bytes, in one read of many frames")
    func oneRead() {
        let peer = Peer(of: .server)
        let texts = (0..<200).map { String(repeating: $0.isMultiple(of: 7) ? "ü" : "u", count: $0) }
        let bytes = texts.flatMap { peer.text($0) } + peer.text("unfinished").dropLast(4)
        for ownership in Ownership.allCases {
            #expect(log(.server, bytes, ownership: ownership).dropLast() == texts.map { .text($0) }[...])
        }
    }
}
