// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket

/// A frame spelled out byte by byte, lawful or not; knows nothing of the code under test.
struct WireFrame: Sendable {
    /// How the payload length is written.
    enum LengthForm: Sendable {
        case shortest, two, eight
        /// Eight bytes with this value, whatever the payload.
        case announced(UInt64)
    }

    var opcode: UInt8
    var payload: [UInt8] = []
    var fin = true
    /// RSV1, RSV2, RSV3 as 4, 2, 1.
    var reserved: UInt8 = 0
    var key: [UInt8]?
    var length = LengthForm.shortest

    var bytes: [UInt8] {
        var bytes = [(fin ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = key == nil ? 0 : 0x80
        let count = payload.count
        switch length {
        case .shortest where count < 126:
            bytes.append(mask | UInt8(count))
        case .shortest where count < 65536, .two:
            bytes += [mask | 126, UInt8(count / 256), UInt8(count % 256)]
        case .shortest, .eight:
            bytes += [mask | 127] + Self.bigEndian(UInt64(count))
        case .announced(let count):
            bytes += [mask | 127] + Self.bigEndian(count)
        }
        guard let key else { return bytes + payload }
        bytes += key
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index % 4]) }
        return bytes
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
    }
}

extension Role {
    var peer: Role { self == .server ? .client : .server }
}

/// Frames as the peer of an endpoint sends them: masked if that peer is the client.
struct Peer: Sendable {
    var of: Role
    var key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    func frame(
        _ opcode: UInt8,
        _ payload: [UInt8] = [],
        fin: Bool = true,
        reserved: UInt8 = 0,
        length: WireFrame.LengthForm = .shortest
    ) -> [UInt8] {
        WireFrame(
            opcode: opcode,
            payload: payload,
            fin: fin,
            reserved: reserved,
            key: of == .server ? key : nil,
            length: length
        )
        .bytes
    }

    func text(_ text: String, fin: Bool = true) -> [UInt8] { frame(1, Array(text.utf8), fin: fin) }
    func more(_ text: String, fin: Bool = true) -> [UInt8] { frame(0, Array(text.utf8), fin: fin) }

    func close(_ code: UInt16, _ reason: String = "") -> [UInt8] {
        frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }
}

/// A small generator whose run depends on its seed alone.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var mixed = state
        mixed ^= mixed >> 29
        mixed &*= 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 32
        return mixed
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 24) }
    }
}

extension ByteBuffer {
    /// Where the readable bytes lie, to tell a slice from a copy.
    var addresses: Range<UInt> {
        withUnsafeReadableBytes { bytes in
            let start = UInt(bitPattern: bytes.baseAddress)
            return start..<start + UInt(bytes.count)
        }
    }

    /// Whether nothing but this variable refers to the memory of the buffer.
    var isOurs: Bool {
        mutating get { modifyIfUniquelyOwned { _ in true } ?? false }
    }
}
