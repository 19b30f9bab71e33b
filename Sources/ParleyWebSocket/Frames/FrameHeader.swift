// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The bytes in front of a payload (RFC 6455 section 5.2), already found lawful.
struct FrameHeader: Equatable, Sendable {
    /// Most bytes a header can take: 2, 8 of length, 4 of masking key.
    static let maxBytes = 14
    /// Most payload bytes of a close, ping or pong frame.
    static let maxControlPayload = 125

    var opcode: Opcode
    /// Whether the frame ends its message (FIN).
    var isFinal: Bool
    /// RSV1, RSV2 and RSV3 as 0x40, 0x20 and 0x10; only bits that ``HeaderRules`` allow can be set.
    var reservedBits: UInt8
    private let headerSize: UInt8
    private let payloadSize: UInt32
    /// Masking key with its first byte on the wire as the most significant; 0 also when there is none.
    var maskingKey: UInt32

    init(
        opcode: Opcode,
        isFinal: Bool,
        reservedBits: UInt8 = 0,
        headerBytes: Int,
        payloadBytes: Int,
        maskingKey: UInt32
    ) {
        self.opcode = opcode
        self.isFinal = isFinal
        self.reservedBits = reservedBits
        self.headerSize = UInt8(truncatingIfNeeded: headerBytes)
        self.payloadSize = UInt32(truncatingIfNeeded: payloadBytes)
        self.maskingKey = maskingKey
    }

    /// Bytes of the header itself, 2 to 14.
    var headerBytes: Int { Int(headerSize) }
    /// Bytes that follow the header, at most ``HeaderRules/maxFrameBytes``.
    var payloadBytes: Int { Int(payloadSize) }
    /// Bytes of header and payload together.
    var frameBytes: Int { headerBytes &+ payloadBytes }
}

/// What a header has to fulfil on this connection.
struct HeaderRules: Sendable {
    /// This endpoint: a server demands masks, a client refuses them.
    var role: Role
    /// Longest payload taken, in bytes; below 2 GiB.
    var maxFrameBytes: Int
    /// RSV bits to which an extension gave a meaning (0x40, 0x20, 0x10).
    var allowedReservedBits: UInt8 = 0

    /// Whether reserved bits may stand beside an opcode: those of extensions mark the first frame of a data message, and
    /// neither its other frames nor control frames (RFC 7692 section 6.1).
    func allow(_ reservedBits: UInt8, beside opcode: UInt8) -> Bool {
        reservedBits & ~allowedReservedBits == 0 && opcode != Opcode.continuation.rawValue && opcode & 0x8 == 0
    }
}
