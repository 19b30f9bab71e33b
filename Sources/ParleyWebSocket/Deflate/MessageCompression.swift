// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Both directions of `permessage-deflate` on one connection.
///
/// Memory for either is asked for when the first message is compressed or comes compressed.
final class MessageCompression {
    private let compression: Compression
    private let role: Role
    private var deflater: Deflater?
    private var assembler: InflatingAssembler

    init(_ compression: Compression, role: Role, limits: ConnectionLimits) {
        self.compression = compression
        self.role = role
        let peer: Role = role == .server ? .client : .server
        assembler = InflatingAssembler(
            limits: limits,
            // Told to keep to 8 bits, zlib before 1.2.9 took 9.
            windowBits: max(compression.agreement.windowBits(peer), Deflater.windowBits.lowerBound),
            forgetsContext: compression.agreement.forgetsContext(peer)
        )
    }

    /// Whether this piece, not of a control frame, belongs to a compressed message.
    func takes(_ piece: FramePiece) -> Bool { assembler.takes(piece) }

    /// A piece of a frame came that ``takes(_:)`` took; see ``InflatingAssembler/received(_:in:)``.
    func received(_ piece: FramePiece, in reader: inout FrameReader) throws(Violation) -> Message? {
        try assembler.received(piece, in: &reader)
    }

    /// Forgets the message that has begun to come.
    func drop() { assembler.drop() }

    /// Appends an unfragmented message as the policy wants it.
    ///
    /// - Parameters:
    ///   - opcode: Its kind.
    ///   - carriesAudio: Whether the message is mostly audio.
    ///   - maskingKey: For the client role.
    ///   - frames: Where it goes.
    ///   - write: Appends the payload.
    func append(
        _ opcode: Opcode,
        carriesAudio: Bool,
        maskingKey: UInt32?,
        to frames: inout ByteBuffer,
        _ write: (inout ByteBuffer) -> Void
    ) {
        let policy = compression.settings.policy
        guard !carriesAudio || policy.compressesAudio, hasDeflater() else {
            return FrameWriter.append(opcode, maskingKey: maskingKey, to: &frames, write)
        }
        var message = ByteBuffer()
        write(&message)
        guard message.readableBytes >= policy.minBytes else {
            return FrameWriter.append(opcode, maskingKey: maskingKey, to: &frames) { $0.writeImmutableBuffer(message) }
        }
        FrameWriter.append(opcode, isCompressed: true, maskingKey: maskingKey, to: &frames) { output in
            deflater?.compress(message, to: &output)
        }
    }

    /// Whether there is something to compress with.
    ///
    /// There is not where the other side can only read a window that zlib cannot keep, or where there is no memory.
    /// Messages may always be sent as they are (RFC 7692 section 6).
    private func hasDeflater() -> Bool {
        if deflater != nil { return true }
        let bits = min(compression.agreement.windowBits(role), compression.settings.windowBits)
        guard Deflater.windowBits.contains(bits) else { return false }
        deflater = Deflater(
            windowBits: bits,
            settings: compression.settings,
            forgetsContext: compression.agreement.forgetsContext(role) || compression.settings.forgetsContext
        )
        return deflater != nil
    }
}
