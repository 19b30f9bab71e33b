// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Joins the frames of compressed messages, inflating and judging the bytes as they come.
///
/// Of what is compressed nothing is kept. The limits hold for what comes out; the ratio is looked at after every 64 KiB of
/// it and at the end, so that the verdict does not depend on how the bytes came.
struct InflatingAssembler: ~Copyable {
    private static let stepBytes = 64 * 1024

    private let maxMessageBytes: Int
    private let maxRatio: Int
    private let freeBytes: Int
    private let windowBits: Int
    private let forgetsContext: Bool
    /// Made for the first message that is compressed.
    private var inflater: Inflater?
    /// The kind of the message that has begun, `nil` between messages.
    private var kind: Message.Kind?
    private var payload = ByteBuffer()
    /// Bytes that were taken for ``payload``.
    private var compressedBytes = 0
    private var validator = UTF8Validator()

    init(limits: ConnectionLimits, windowBits: Int, forgetsContext: Bool) {
        maxMessageBytes = limits.maxMessageBytes
        maxRatio = max(limits.maxInflationRatio, 1)
        freeBytes = limits.freeInflationBytes
        self.windowBits = windowBits
        self.forgetsContext = forgetsContext
    }

    /// Whether this piece, not of a control frame, belongs to a compressed message.
    func takes(_ piece: FramePiece) -> Bool { kind != nil || piece.header.reservedBits != 0 }

    /// A piece of a frame came that ``takes(_:)`` took.
    ///
    /// - Parameters:
    ///   - piece: The piece.
    ///   - reader: Where its bytes lie.
    /// - Returns: The message that ends with this piece, if one does.
    /// - Throws: What is wrong with it, or which limit it breaks.
    mutating func received(_ piece: FramePiece, in reader: inout FrameReader) throws(Violation) -> Message? {
        let header = piece.header
        if kind == nil {
            kind = header.opcode == .text ? .text : .binary
            if inflater == nil { inflater = Inflater(windowBits: windowBits, forgetsContext: forgetsContext) }
        }
        guard let kind else { return nil }
        var input = ByteBuffer()
        if header.maskingKey == 0 {
            input = reader.takePayload()
        } else {
            _ = reader.movePayload(to: &input, unmaskingWith: header.maskingKey)
        }
        try inflate(&input, kind)
        guard piece.isLast && header.isFinal else { return nil }
        try end(kind)
        let message = Message(kind: kind, payload: payload)
        drop()
        return message
    }

    /// Forgets the message that has begun.
    mutating func drop() {
        kind = nil
        payload = ByteBuffer()
        compressedBytes = 0
        validator = UTF8Validator()
    }

    private mutating func end(_ kind: Message.Kind) throws(Violation) {
        var tail = ByteBuffer(bytes: Inflater.tail)
        try inflate(&tail, kind)
        guard inflater?.isBetweenBlocks == true else { throw .corruptCompression }
        try judgeRatio()
        inflater?.messageEnded()
        guard kind == .binary || validator.isBetweenCharacters else { throw .invalidUTF8 }
    }

    private func judgeRatio() throws(Violation) {
        let count = payload.readableBytes
        if count > freeBytes, count / maxRatio > compressedBytes { throw .inflationRatio }
    }

    private mutating func inflate(_ input: inout ByteBuffer, _ kind: Message.Kind) throws(Violation) {
        var progress = Inflater.Progress.unfinished
        while progress == .unfinished {
            let before = payload.readableBytes
            // One byte more than is allowed shows that there is one.
            let room = min(Self.stepBytes - before % Self.stepBytes, maxMessageBytes - before + 1)
            let there = input.readableBytes
            progress = inflater?.step(&input, to: &payload, atMost: room) ?? .corrupt
            compressedBytes += there - input.readableBytes
            guard payload.readableBytes <= maxMessageBytes else { throw .messageTooBig }
            let count = payload.readableBytes - before
            if count > 0, payload.readableBytes.isMultiple(of: Self.stepBytes) { try judgeRatio() }
            guard kind == .binary || validator.received(last: count, of: payload) else { throw .invalidUTF8 }
        }
        if progress == .corrupt { throw .corruptCompression }
    }
}
