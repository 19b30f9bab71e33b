// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

private let lengths = [0, 1, 125, 126, 127, 65535, 65536, 70000]

private func machine(_ role: Role) -> ConnectionMachine {
    ConnectionMachine(role: role, limits: ConnectionLimits(), now: .uptimeNanoseconds(1), maskingKey: { 0x1122_3344 })
}

@Suite("Writing messages")
struct FrameWriterTests {
    private static func key(_ role: Role) -> [UInt8]? { role == .client ? [0x11, 0x22, 0x33, 0x44] : nil }

    @Test(
        "writes the shortest header, unmasked for a server and masked for a client",
        arguments: lengths,
        Role.allCases
    )
    func header(count: Int, role: Role) {
        var generator = SeededGenerator(seed: UInt64(count))
        let payload = generator.bytes(count)
        var frames = ByteBuffer()
        var machine = machine(role)
        machine.append(.binary, to: &frames) { $0.writeBytes(payload) }
        #expect(Array(frames.readableBytesView) == WireFrame(opcode: 2, payload: payload, key: Self.key(role)).bytes)
    }

    @Test("goes behind what is there, wherever in the buffer that is", arguments: lengths, Role.allCases)
    func behind(count: Int, role: Role) {
        let payload = Array(repeating: UInt8(0x42), count: count)
        var frames = ByteBuffer(string: "gone, kept")
        frames.moveReaderIndex(forwardBy: 6)
        var machine = machine(role)
        machine.append(.text, to: &frames) { $0.writeBytes(payload) }
        machine.append(.text, to: &frames) { $0.writeString("!") }
        let expected =
            Array("kept".utf8) + WireFrame(opcode: 1, payload: payload, key: Self.key(role)).bytes
            + WireFrame(opcode: 1, payload: Array("!".utf8), key: Self.key(role)).bytes
        #expect(Array(frames.readableBytesView) == expected)
    }

    @Test("writes the same header alone, where the payload goes out as it is", arguments: lengths)
    func headerAlone(count: Int) {
        let payload = Array(repeating: UInt8(0x42), count: count)
        for kind in [Message.Kind.text, .binary] {
            var machine = machine(.server)
            var whole = ByteBuffer()
            machine.append(kind, to: &whole) { $0.writeBytes(payload) }
            var header = ByteBuffer()
            let isAppended = machine.appendHeader(kind, count: count, to: &header)
            #expect(isAppended)
            #expect(Array(header.readableBytesView) + payload == Array(whole.readableBytesView))
        }
    }

    @Test("writes no header where the payload cannot go out as it is")
    func noHeaderAlone() {
        var client = machine(.client)
        var frames = ByteBuffer()
        let isMasked = client.appendHeader(.text, count: 1, to: &frames)
        #expect(!isMasked)
        var closing = machine(.server)
        closing.close(.normalClosure, reason: "", at: .uptimeNanoseconds(2))
        let isClosing = closing.appendHeader(.text, count: 1, to: &frames)
        #expect(!isClosing)
        #expect(frames.readableBytes == 0)
    }

    @Test("comes back as the same messages on the other side", arguments: lengths, Role.allCases)
    func roundTrip(count: Int, role: Role) {
        let text = String(repeating: "x", count: count)
        var frames = ByteBuffer()
        var machine = machine(role)
        machine.append(.text, to: &frames) { $0.writeString(text) }
        machine.append(.text, to: &frames) { $0.writeString("end") }
        var other = Endpoint(role.peer)
        other.received(Array(frames.readableBytesView))
        #expect(other.log == [.text(text), .text("end")])
    }

    @Test("marks fragments and compressed messages", arguments: [true, false], [true, false])
    func marks(isFinal: Bool, isCompressed: Bool) {
        for opcode in [Opcode.continuation, .text, .binary, .ping] {
            var frames = ByteBuffer()
            FrameWriter.append(
                opcode,
                isFinal: isFinal,
                isCompressed: isCompressed,
                maskingKey: 0x1122_3344,
                to: &frames
            ) {
                $0.writeString("part")
            }
            let expected = WireFrame(
                opcode: opcode.rawValue,
                payload: Array("part".utf8),
                fin: isFinal,
                reserved: isCompressed ? 4 : 0,
                key: Self.key(.client)
            )
            #expect(Array(frames.readableBytesView) == expected.bytes)
        }
    }

    @Test("of the usual size stays where it was written", arguments: [126, 6_000, 65_535])
    func inPlace(count: Int) {
        var frames = ByteBuffer()
        frames.reserveCapacity(100_000)
        let address = frames.addresses.lowerBound
        var machine = machine(.server)
        machine.append(.text, to: &frames) { $0.writeRepeatingByte(0x41, count: count) }
        #expect(frames.addresses == address..<(address + UInt(count + 4)))
    }

    @Test("does not change bytes that somebody else can see", arguments: Role.allCases)
    func shared(role: Role) {
        var frames = ByteBuffer(string: "shared")
        let other = frames
        var machine = machine(role)
        machine.append(.text, to: &frames) { $0.writeString("more") }
        #expect(other == ByteBuffer(string: "shared"))
    }

    @Test("adds nothing once a close frame went out", arguments: Role.allCases)
    func afterClose(role: Role) {
        var machine = machine(role)
        machine.close(.normalClosure, reason: "", at: .uptimeNanoseconds(2))
        var frames = ByteBuffer()
        machine.append(.text, to: &frames) { $0.writeString("late") }
        #expect(frames.readableBytes == 0)
    }
}
