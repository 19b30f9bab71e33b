// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

private func reader(_ role: Role = .server) -> FrameReader {
    FrameReader(rules: HeaderRules(role: role, maxFrameBytes: 1 << 24))
}

extension FrameReader {
    fileprivate mutating func next() throws(Violation) -> FramePiece? {
        var scratch = ByteBuffer()
        return try next(scratch: &scratch)
    }

    fileprivate mutating func nextPayload() throws(Violation) -> ByteBuffer? {
        try next() == nil ? nil : takePayload()
    }
}

@Suite("Frame reader")
struct FrameReaderTests {
    private let peer = Peer(of: .server)

    @Test("unmasks whole frames where they lie, and hands out slices")
    func inPlace() throws {
        let texts = ["first", "second", String(repeating: "third", count: 300)]
        let input = ByteBuffer(bytes: texts.flatMap { peer.text($0) })
        let addresses = input.addresses
        var reader = reader()
        reader.received(consume input)
        for text in texts {
            let payload = try #require(try reader.nextPayload())
            #expect(addresses.contains(payload.addresses.lowerBound))
            #expect(String(buffer: payload) == text)
        }
        #expect(try reader.next() == nil)
    }

    @Test("unmasks all frames of a read before the first is handed out, also those of fragmented messages")
    func onePass() throws {
        let frames = [
            peer.text("kept"), peer.text("frag", fin: false), peer.frame(9, [1]), peer.more("ment", fin: false),
            peer.more("s"), peer.frame(2, [2]),
        ]
        let input = ByteBuffer(bytes: frames.joined())
        let addresses = input.addresses
        var reader = reader()
        reader.received(consume input)
        var kept: [ByteBuffer] = []
        for _ in frames { kept.append(try #require(try reader.nextPayload())) }
        #expect(kept.allSatisfy { addresses.contains($0.addresses.lowerBound) })
        #expect(
            kept.map { Array($0.readableBytesView) }.joined()
                .elementsEqual(Array("keptfrag".utf8) + [1] + Array("ments".utf8) + [2])
        )
    }

    @Test("unmasks shared bytes into scratch memory, which is used again when nobody refers to it")
    func scratch() throws {
        let input = ByteBuffer(bytes: peer.text("one") + peer.text("two"))
        var reader = reader()
        var scratch = ByteBuffer(repeating: 0, count: 256)
        let addresses = scratch.addresses

        for _ in 0..<3 {
            reader.received(input)
            for text in ["one", "two"] {
                _ = try reader.next(scratch: &scratch)
                let payload = reader.takePayload()
                #expect(String(buffer: payload) == text)
                #expect(addresses.contains(payload.addresses.lowerBound))
            }
            #expect(try reader.next(scratch: &scratch) == nil)
        }

        reader.received(input)
        _ = try reader.next(scratch: &scratch)
        let kept = reader.takePayload()
        while try reader.next(scratch: &scratch) != nil {}
        reader.received(ByteBuffer(bytes: peer.text("new") + peer.text("new")))
        reader.received(input)
        while try reader.next(scratch: &scratch) != nil {}
        #expect(String(buffer: kept) == "one")
    }

    @Test("leaves shared bytes as they are, also behind an unfinished frame")
    func shared() throws {
        let bytes = peer.text("whole") + peer.text("unfinished").dropLast(3)
        let input = ByteBuffer(bytes: bytes)
        var reader = reader()
        reader.received(input)
        while try reader.next() != nil {}
        #expect(Array(input.readableBytesView) == bytes)
    }

    @Test("lets go of a read buffer once it is used up", arguments: [0, 1, 3, 5, 9])
    func release(missing: Int) throws {
        var input = ByteBuffer(bytes: (peer.text("whole") + peer.text("rest")).dropLast(missing))
        var reader = reader()
        reader.received(input)
        let isHeld = !input.isOurs
        #expect(isHeld)
        while try reader.next() != nil {}
        let isReleased = input.isOurs
        #expect(isReleased)
    }

    @Test("lets go of its memory with the last message", arguments: Ownership.allCases)
    func lastMessage(ownership: Ownership) throws {
        let bytes = peer.text("one") + peer.text("two")
        let input = ByteBuffer(bytes: bytes)
        let other = ownership == .given ? ByteBuffer() : input
        var reader = reader()
        reader.received(consume input)
        _ = try reader.nextPayload()
        var last = try #require(try reader.nextPayload())
        let isOurs = last.isOurs
        #expect(isOurs)
        #expect(Array(other.readableBytesView) == (ownership == .given ? [] : bytes))
    }

    @Test("yields pieces of an unfinished frame, with the key turned to their first byte")
    func pieces() throws {
        let bytes = peer.text("0123456789")
        var reader = reader()
        var seen = ByteBuffer()
        var pieces: [FramePiece] = []
        for range in [0..<3, 3..<6, 6..<9, 9..<10, 10..<16] {
            reader.received(ByteBuffer(bytes: bytes[range]))
            while let piece = try reader.next() {
                pieces.append(piece)
                let isASCII = reader.movePayload(to: &seen, unmaskingWith: piece.header.maskingKey)
                #expect(isASCII)
            }
        }
        #expect(pieces.map(\.count) == [0, 3, 1, 6])
        #expect(pieces.map(\.isFirst) == [true, false, false, false])
        #expect(pieces.map(\.isLast) == [false, false, false, true])
        #expect(pieces.map(\.header.maskingKey) == [0x37FA_213D, 0x37FA_213D, 0x3D37_FA21, 0x37FA_213D])
        #expect(String(buffer: seen) == "0123456789")
    }

    @Test("passes over what is not taken")
    func notTaken() throws {
        var reader = reader()
        reader.received(ByteBuffer(bytes: peer.text("one") + peer.text("two") + peer.text("three").dropLast(2)))
        #expect(try reader.next()?.count == 3)
        #expect(try reader.next()?.count == 3)
        #expect(try reader.next()?.count == 3)
        reader.received(ByteBuffer(bytes: peer.text("three").suffix(2) + peer.text("four")))
        #expect(try reader.next()?.isLast == true)
        #expect(try reader.nextPayload() == ByteBuffer(string: "four"))
    }

    @Test("knows ASCII from other text, also beyond the frames it takes notes on")
    func asciiNotes() throws {
        var reader = reader()
        let texts = (0..<130).map { $0.isMultiple(of: 3) ? "é" : "e" }
        reader.received(ByteBuffer(bytes: texts.flatMap { peer.text($0) }))
        for (index, text) in texts.enumerated() {
            let piece = try #require(try reader.next())
            #expect(piece.isReady)
            #expect(piece.isASCII == (text == "e" && index < 64), "frame \(index)")
            #expect(String(buffer: reader.takePayload()) == text)
        }
    }

    @Test("takes reads that come before the last one was used up", arguments: [1, 4, 7, 20])
    func manyReads(size: Int) throws {
        let texts = (0..<20).map { "message \($0)" }
        let bytes = texts.flatMap { peer.text($0) }
        var reader = reader()
        var seen: [String] = []
        var open = ByteBuffer()
        func collect(_ piece: FramePiece) {
            _ = reader.movePayload(to: &open, unmaskingWith: piece.header.maskingKey)
            guard piece.isLast else { return }
            seen.append(String(buffer: open))
            open.clear()
        }
        for (index, start) in stride(from: 0, to: bytes.count, by: size).enumerated() {
            reader.received(ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)]))
            if index.isMultiple(of: 3), let piece = try reader.next() { collect(piece) }
        }
        while let piece = try reader.next() { collect(piece) }
        #expect(seen == texts)
    }

    @Test("of a client hands out slices of the read buffer even if it is shared")
    func client() throws {
        let input = ByteBuffer(bytes: Peer(of: .client).text("plain"))
        var reader = reader(.client)
        reader.received(input)
        let payload = try #require(try reader.nextPayload())
        #expect(input.addresses.contains(payload.addresses.lowerBound))
    }

    @Test("forgets everything when told to")
    func drop() throws {
        var reader = reader()
        reader.received(ByteBuffer(bytes: peer.text("one") + peer.text("two")))
        _ = try reader.next()
        reader.drop()
        #expect(try reader.next() == nil)
    }
}
