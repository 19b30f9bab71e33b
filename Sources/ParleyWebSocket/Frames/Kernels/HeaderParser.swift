// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension FrameHeader {
    /// Reads the header at the start of `bytes` and judges it in the order of its bytes.
    ///
    /// The order makes the verdict independent of how many bytes have arrived: what a longer prefix
    /// would be refused for, the shortest sufficient prefix is refused for.
    ///
    /// - Parameters:
    ///   - bytes: Whatever has arrived, from the first byte of the header on.
    ///   - rules: What this connection allows.
    ///   - insideMessage: Whether the last data frame lacked FIN.
    /// - Returns: `nil` if more bytes are needed to tell.
    /// - Throws: The first rule that the bytes break.
    @inline(__always)
    static func parse(
        _ bytes: UnsafeRawBufferPointer,
        rules: HeaderRules,
        insideMessage: Bool
    ) throws(Violation) -> FrameHeader? {
        guard let base = bytes.baseAddress, bytes.count >= 1 else { return nil }
        let first = base.load(as: UInt8.self)
        let isFinal = first & 0x80 != 0
        let reservedBits = first & 0x70
        guard reservedBits == 0 || rules.allow(reservedBits, beside: first & 0x0F) else { throw .reservedBits }
        guard let opcode = Opcode(rawValue: first & 0x0F) else { throw .reservedOpcode }
        if opcode.isControl {
            guard isFinal else { throw .fragmentedControlFrame }
        } else if insideMessage != (opcode == .continuation) {
            throw insideMessage ? .expectedContinuation : .unexpectedContinuation
        }

        guard bytes.count >= 2 else { return nil }
        let second = base.load(fromByteOffset: 1, as: UInt8.self)
        let isMasked = second & 0x80 != 0
        guard isMasked == (rules.role == .server) else {
            throw isMasked ? .maskedServerFrame : .unmaskedClientFrame
        }
        var payloadBytes = Int(second & 0x7F)
        var headerBytes = 2
        if opcode.isControl {
            guard payloadBytes <= maxControlPayload else { throw .oversizedControlFrame }
        } else if payloadBytes == 126 {
            headerBytes = 4
            guard bytes.count >= headerBytes else { return nil }
            payloadBytes = Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard payloadBytes > 125 else { throw .nonMinimalLength }
        } else if payloadBytes == 127 {
            headerBytes = 10
            guard bytes.count >= headerBytes else { return nil }
            let length = UInt64(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            guard let positive = Int64(exactly: length) else { throw .negativeLength }
            guard positive > 0xFFFF else { throw .nonMinimalLength }
            payloadBytes = Int(clamping: positive)
        }
        guard payloadBytes <= rules.maxFrameBytes || opcode.isControl else { throw .frameTooBig }

        var maskingKey: UInt32 = 0
        if isMasked {
            guard bytes.count >= headerBytes + 4 else { return nil }
            maskingKey = UInt32(bigEndian: base.loadUnaligned(fromByteOffset: headerBytes, as: UInt32.self))
            headerBytes += 4
        }
        return FrameHeader(
            opcode: opcode,
            isFinal: isFinal,
            reservedBits: reservedBits,
            headerBytes: headerBytes,
            payloadBytes: payloadBytes,
            maskingKey: maskingKey
        )
    }
}

/// The start of a header whose rest is still on its way, kept without an allocation.
struct HeldHeader: Sendable {
    private var storage: (UInt64, UInt64) = (0, 0)
    private var count = 0

    var isEmpty: Bool { count == 0 }

    /// Takes from `buffer` what the header still lacks, and parses it.
    ///
    /// - Returns: The header, or `nil` when `buffer` is used up and more is needed.
    /// - Throws: The first rule that the bytes break.
    mutating func complete(
        from buffer: inout ByteBuffer,
        rules: HeaderRules,
        insideMessage: Bool
    ) throws(Violation) -> FrameHeader? {
        let added = min(FrameHeader.maxBytes - count, buffer.readableBytes)
        let filled = count + added
        let held = count
        let header = try withUnsafeMutableBytes(of: &storage) { storage throws(Violation) in
            buffer.withUnsafeReadableBytes { bytes in
                storage[held..<filled].copyBytes(from: bytes[..<added])
            }
            return try FrameHeader.parse(
                UnsafeRawBufferPointer(rebasing: storage[..<filled]),
                rules: rules,
                insideMessage: insideMessage
            )
        }
        guard let header else {
            count = filled
            buffer.moveReaderIndex(forwardBy: added)
            return nil
        }
        count = 0
        buffer.moveReaderIndex(forwardBy: header.headerBytes - held)
        return header
    }
}

extension ByteBuffer {
    /// The header at the reader index, which stays where it is; see ``FrameHeader/parse(_:rules:insideMessage:)``.
    @inline(__always)
    func frameHeader(rules: HeaderRules, insideMessage: Bool) throws(Violation) -> FrameHeader? {
        try withUnsafeReadableBytes { bytes throws(Violation) in
            try FrameHeader.parse(bytes, rules: rules, insideMessage: insideMessage)
        }
    }
}
