// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

/// `#require` takes no values that cannot be copied.
private struct NoMemory: Error {}

/// What a sender with these parameters makes of messages, one payload each.
func deflated(_ messages: [[UInt8]], bits: Int = 15, forgets: Bool = false, level: Int = 1) throws -> [[UInt8]] {
    let settings = DeflateSettings(level: level)
    guard var deflater = Deflater(windowBits: bits, settings: settings, forgetsContext: forgets) else {
        throw NoMemory()
    }
    return messages.map { message in
        var output = ByteBuffer()
        deflater.compress(ByteBuffer(bytes: message), to: &output)
        return Array(output.readableBytesView)
    }
}

/// What a receiver makes of payloads, taken `size` bytes at a time and given out `room` at a time; nil when it cannot.
func inflated(
    _ payloads: [[UInt8]],
    bits: Int = 15,
    forgets: Bool = false,
    inPiecesOf size: Int = .max,
    room: Int = 1 << 20
) throws -> [[UInt8]]? {
    guard var inflater = Inflater(windowBits: bits, forgetsContext: forgets) else { throw NoMemory() }
    var messages: [[UInt8]] = []
    for payload in payloads {
        var rest = (payload + Inflater.tail)[...]
        var output = ByteBuffer()
        while !rest.isEmpty {
            var input = ByteBuffer(bytes: rest.prefix(size))
            rest = rest.dropFirst(size)
            var progress = Inflater.Progress.unfinished
            while progress == .unfinished { progress = inflater.step(&input, to: &output, atMost: room) }
            if progress == .corrupt { return nil }
        }
        guard inflater.isBetweenBlocks else { return nil }
        inflater.messageEnded()
        messages.append(Array(output.readableBytesView))
    }
    return messages
}

@Suite("Deflating and inflating")
struct DeflateStreamTests {
    /// Short, long, empty, repeated, without any pattern, and longer than every window.
    static let messages: [[UInt8]] = {
        var generator = SeededGenerator(seed: 7692)
        let event = Array(#"{"type":"response.output_text.delta","event_id":"event_1","delta":"Good morning"}"#.utf8)
        return [
            [], event, event, [0x41], generator.bytes(2000), [], Array(repeating: 0x20, count: 70_000), event,
            (0..<100_000).map { UInt8(truncatingIfNeeded: $0 / 300 ^ $0 % 251) }, generator.bytes(40_000) + event,
        ]
    }()

    @Test("gives back every message, for every window, with and without context", arguments: 9...15, [false, true])
    func roundTrip(bits: Int, forgets: Bool) throws {
        for level in [1, 6, 9] {
            let payloads = try deflated(Self.messages, bits: bits, forgets: forgets, level: level)
            #expect(try inflated(payloads, bits: bits, forgets: forgets) == Self.messages)
            // A receiver may keep more than it has to.
            #expect(try inflated(payloads) == Self.messages)
        }
    }

    @Test("does not depend on how the bytes are cut or how much room there is", arguments: [1, 2, 3, 7, 100, 5000])
    func cuts(size: Int) throws {
        let payloads = try deflated(Self.messages)
        #expect(try inflated(payloads, inPiecesOf: size) == Self.messages)
        #expect(try inflated(payloads, inPiecesOf: size, room: size) == Self.messages)
    }

    @Test("makes the second of two equal messages shorter only where context is kept")
    func context() throws {
        let twice = [Self.messages[1], Self.messages[1]]
        let kept = try deflated(twice)
        #expect(kept[1].count < kept[0].count / 3)
        let forgotten = try deflated(twice, forgets: true)
        #expect(forgotten[0] == forgotten[1])
        #expect(try inflated(kept, forgets: true) == nil)
    }

    @Test("reads what RFC 7692 section 7.2.3 writes: fixed, by reference, stored, a last block, two blocks")
    func examples() throws {
        let hello = Array("Hello".utf8)
        let fixed: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let reference: [UInt8] = [0xF2, 0x00, 0x11, 0x00, 0x00]
        let stored: [UInt8] = [0x00, 0x05, 0x00, 0xFA, 0xFF] + hello + [0x00]
        let last: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
        let two: [UInt8] = [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]
        for size in [Int.max, 1, 2, 3] {
            let payloads = [fixed, reference, stored, last, reference, two, [0x00], fixed]
            let expected = [hello, hello, hello, hello, hello, hello, [], hello]
            #expect(try inflated(payloads, inPiecesOf: size) == expected)
        }
    }

    @Test("refuses what is no DEFLATE, refers too far back or ends inside of a block")
    func corrupt() throws {
        for payload: [UInt8] in [
            [0x07],  // A kind of block that there is not.
            [0x00, 0x05, 0x00, 0xFA, 0xFE, 0x00],  // A stored block whose length does not fit its complement.
            [0xF2, 0x00, 0x11, 0x00, 0x00],  // A reference to nothing.
            [0xF2, 0x48, 0xCD],  // Cut off.
            [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00, 0x00, 0xFF, 0xFF],  // The tail is still there.
            [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],  // A last block without the empty one behind.
        ] {
            for size in [Int.max, 1] { #expect(try inflated([payload], inPiecesOf: size) == nil, "\(payload)") }
        }
    }

    @Test("gives no more than it is asked for, however much is in there")
    func bomb() throws {
        let payload = try #require(try deflated([Array(repeating: 0, count: 5_000_000)], level: 9).first)
        #expect(payload.count < 6000)
        guard var inflater = Inflater(windowBits: 15, forgetsContext: false) else { throw NoMemory() }
        var input = ByteBuffer(bytes: payload)
        var output = ByteBuffer()
        #expect(inflater.step(&input, to: &output, atMost: 1000) == .unfinished)
        #expect(output.readableBytes == 1000)
        #expect(output.capacity < 100_000)
    }
}
