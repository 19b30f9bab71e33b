// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

private func parse(
    _ bytes: [UInt8],
    role: Role = .server,
    maxFrameBytes: Int = 1 << 24,
    allowed: UInt8 = 0,
    insideMessage: Bool = false
) throws(Violation) -> FrameHeader? {
    try ByteBuffer(bytes: bytes)
        .frameHeader(
            rules: HeaderRules(role: role, maxFrameBytes: maxFrameBytes, allowedReservedBits: allowed),
            insideMessage: insideMessage
        )
}

@Suite("Frame headers")
struct HeaderParserTests {
    @Test("give kind, key and lengths", arguments: [0, 1, 125, 126, 127, 65535, 65536, 70000], Role.allCases)
    func lengths(count: Int, role: Role) throws {
        let frame = Peer(of: role).frame(2, Array(repeating: 0, count: count))
        let extended = count < 126 ? 0 : count < 65536 ? 2 : 8
        let header = try #require(try parse(frame, role: role))
        #expect(
            header
                == FrameHeader(
                    opcode: .binary,
                    isFinal: true,
                    headerBytes: 2 + extended + (role == .server ? 4 : 0),
                    payloadBytes: count,
                    maskingKey: role == .server ? 0x37FA_213D : 0
                )
        )
        #expect(header.frameBytes == frame.count)
    }

    @Test("know all six opcodes", arguments: Opcode.allCases)
    func opcodes(opcode: Opcode) throws {
        let header = try parse(Peer(of: .server).frame(opcode.rawValue), insideMessage: opcode == .continuation)
        #expect(header?.opcode == opcode)
        #expect(opcode.isControl == [.close, .ping, .pong].contains(opcode))
    }

    @Test("are incomplete up to their last byte", arguments: [0, 126, 70000], Role.allCases)
    func incomplete(count: Int, role: Role) throws {
        let frame = Peer(of: role).frame(1, Array(repeating: 0x41, count: count))
        let size = frame.count - count
        for there in 0..<size { #expect(try parse(Array(frame.prefix(there)), role: role) == nil) }
        #expect(try parse(Array(frame.prefix(size)), role: role) != nil)
    }

    @Test("may set the reserved bits that an extension took", arguments: [4, 2, 1] as [UInt8])
    func allowedReservedBits(bit: UInt8) throws {
        let frame = Peer(of: .server).frame(1, reserved: bit)
        #expect(try parse(frame, allowed: bit << 4)?.reservedBits == bit << 4)
        #expect(throws: Violation.reservedBits) { try parse(frame, allowed: ~(bit << 4)) }
    }

    @Test("may set them on the first frame of a data message alone", arguments: Opcode.allCases)
    func placeOfReservedBits(opcode: Opcode) throws {
        let frame = Peer(of: .server).frame(opcode.rawValue, reserved: 4)
        let isInside = opcode == .continuation
        if opcode == .text || opcode == .binary {
            #expect(try parse(frame, allowed: 0x40)?.reservedBits == 0x40)
        } else {
            #expect(throws: Violation.reservedBits) { try parse(frame, allowed: 0x40, insideMessage: isInside) }
        }
        #expect(throws: Violation.reservedOpcode) { try parse([0xC3], allowed: 0x40) }
    }

    @Test("are judged by what comes first")
    func order() {
        // Reserved bit, reserved opcode, no FIN, no mask and a length of two bytes for one: the bit is first.
        #expect(throws: Violation.reservedBits) { try parse([0x4B, 0x7E, 0, 1]) }
        #expect(throws: Violation.reservedOpcode) { try parse([0x0B, 0x7E, 0, 1]) }
        #expect(throws: Violation.fragmentedControlFrame) { try parse([0x09, 0x7E, 0, 1]) }
        #expect(throws: Violation.unmaskedClientFrame) { try parse([0x89, 0x7E, 0, 1]) }
        #expect(throws: Violation.oversizedControlFrame) { try parse([0x89, 0xFE, 0, 1]) }
        #expect(throws: Violation.nonMinimalLength) { try parse([0x82, 0xFE, 0, 1], maxFrameBytes: 0) }
    }

    @Test("are refused as soon as the byte in question is there")
    func early() {
        #expect(throws: Violation.reservedOpcode) { try parse([0x83]) }
        #expect(throws: Violation.unexpectedContinuation) { try parse([0x80]) }
        #expect(throws: Violation.expectedContinuation) { try parse([0x81], insideMessage: true) }
        #expect(throws: Violation.unmaskedClientFrame) { try parse([0x81, 0x00]) }
        #expect(throws: Violation.maskedServerFrame) { try parse([0x81, 0x80], role: .client) }
        #expect(throws: Violation.frameTooBig) { try parse([0x82, 0xFE, 0x01, 0x00], maxFrameBytes: 255) }
    }

    @Test("of the greatest length are a matter of the limit")
    func greatestLength() {
        let frame = [0x82, 0xFF, 0x7F] + Array(repeating: UInt8(0xFF), count: 7)
        #expect(throws: Violation.frameTooBig) { try parse(frame, maxFrameBytes: Int(Int32.max)) }
    }
}
