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

@Suite("Sealing messages")
struct FrameWriterTests {
    @Test(
        "writes the shortest header, unmasked for a server and masked for a client",
        arguments: lengths,
        Role.allCases
    )
    func seal(count: Int, role: Role) {
        var generator = SeededGenerator(seed: UInt64(count))
        let payload = generator.bytes(count)
        var buffer = ByteBuffer()
        ConnectionMachine.reserveHeader(in: &buffer)
        #expect(buffer.readableBytes == 0)
        buffer.writeBytes(payload)
        var machine = machine(role)
        machine.seal(&buffer, kind: .binary, maskingKey: 0x0A0B_0C0D)
        let key: [UInt8]? = role == .client ? [0x0A, 0x0B, 0x0C, 0x0D] : nil
        #expect(Array(buffer.readableBytesView) == WireFrame(opcode: 2, payload: payload, key: key).bytes)
    }

    @Test("comes back as the same message on the other side", arguments: lengths, Role.allCases)
    func roundTrip(count: Int, role: Role) {
        let text = String(repeating: "x", count: count)
        var buffer = ByteBuffer()
        ConnectionMachine.reserveHeader(in: &buffer)
        buffer.writeString(text)
        var machine = machine(role)
        machine.seal(&buffer, kind: .text, maskingKey: 0xFEDC_BA98)
        var other = Endpoint(role.peer)
        other.received(Array(buffer.readableBytesView))
        #expect(other.log == [.text(text)])
    }

    @Test("uses the reserved room and the same memory", arguments: Role.allCases)
    func inPlace(role: Role) {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(1024)
        ConnectionMachine.reserveHeader(in: &buffer)
        buffer.writeString("payload")
        let address = buffer.addresses.upperBound
        var machine = machine(role)
        machine.seal(&buffer, kind: .text, maskingKey: 1)
        #expect(buffer.addresses.upperBound == address)
    }

    @Test("copies a payload without room", arguments: [0, 5, 200, 70000])
    func withoutRoom(count: Int) {
        let payload = Array(repeating: UInt8(0x42), count: count)
        var buffer = ByteBuffer(bytes: payload)
        var machine = machine(.client)
        machine.seal(&buffer, kind: .text, maskingKey: 0x0102_0304)
        #expect(Array(buffer.readableBytesView) == WireFrame(opcode: 1, payload: payload, key: [1, 2, 3, 4]).bytes)
    }

    @Test("does not change bytes that somebody else can see", arguments: Role.allCases)
    func shared(role: Role) {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(65536)
        ConnectionMachine.reserveHeader(in: &buffer)
        buffer.writeString("shared")
        var other = buffer
        var machine = machine(role)
        machine.seal(&buffer, kind: .text, maskingKey: 0x0102_0304)
        let key: [UInt8]? = role == .client ? [1, 2, 3, 4] : nil
        #expect(Array(buffer.readableBytesView) == WireFrame(opcode: 1, payload: Array("shared".utf8), key: key).bytes)
        #expect(buffer.capacity < 100, "more than the payload was copied")
        other.moveReaderIndex(to: 0)
        #expect(Array(other.readableBytesView) == Array(repeating: 0, count: 14) + Array("shared".utf8))
    }

    @Test("can send a received message back")
    func echo() {
        var machine = machine(.server)
        machine.received(ByteBuffer(bytes: Peer(of: .server).text("echo")), at: .uptimeNanoseconds(2))
        guard case .message(var message) = machine.next() else {
            Issue.record("no message")
            return
        }
        machine.seal(&message.payload, kind: message.kind, maskingKey: nil)
        #expect(Array(message.payload.readableBytesView) == Peer(of: .client).text("echo"))
    }

    @Test("takes a client's key from its source if none is given")
    func keySource() {
        var buffer = ByteBuffer(string: "abc")
        var machine = machine(.client)
        machine.seal(&buffer, kind: .text, maskingKey: nil)
        let expected = WireFrame(opcode: 1, payload: Array("abc".utf8), key: [0x11, 0x22, 0x33, 0x44])
        #expect(Array(buffer.readableBytesView) == expected.bytes)
    }

    @Test("leaves nothing to send once a close frame went out", arguments: Role.allCases)
    func afterClose(role: Role) {
        var machine = machine(role)
        machine.close(.normalClosure, reason: "", at: .uptimeNanoseconds(2))
        var buffer = ByteBuffer(string: "late")
        machine.seal(&buffer, kind: .text, maskingKey: 1)
        #expect(buffer.readableBytes == 0)
    }

    @Test("leaves a buffer that holds something alone when asked for room")
    func reserveTwice() {
        var buffer = ByteBuffer(string: "here")
        ConnectionMachine.reserveHeader(in: &buffer)
        #expect(buffer == ByteBuffer(string: "here"))
    }
}
