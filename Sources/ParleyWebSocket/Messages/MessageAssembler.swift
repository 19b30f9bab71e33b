// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Joins frames to messages, counts their bytes and judges text as it comes.
///
/// A message in one whole frame passes without a copy. Everything else is appended to one buffer, whose
/// growth by doubling keeps a message of many tiny fragments linear; text is judged up to the last byte
/// that is there, so that a bad one ends the connection without waiting for the frame to end.
struct MessageAssembler: Sendable {
    /// Room made at once for an announced frame: a peer that only announces must not cost much memory.
    private static let largestReservation = 64 * 1024

    private let maxMessageBytes: Int
    /// The kind of the message that has begun, `nil` between messages.
    private var kind: Message.Kind?
    private var payload = ByteBuffer()
    private var validator = UTF8Validator()

    init(maxMessageBytes: Int) {
        self.maxMessageBytes = maxMessageBytes
    }

    /// A piece of a text, binary or continuation frame came, in an order the frame reader has checked.
    ///
    /// - Parameters:
    ///   - piece: The piece.
    ///   - reader: Where its bytes lie.
    /// - Returns: The message that ends with this piece, if one does.
    /// - Throws: ``Violation/invalidUTF8`` or ``Violation/messageTooBig``.
    mutating func received(_ piece: FramePiece, in reader: inout FrameReader) throws(Violation) -> Message? {
        let header = piece.header
        let isNew = piece.isFirst && header.opcode != .continuation
        if isNew && piece.isReady && header.isFinal {
            return try message(of: piece, in: &reader)
        }
        if piece.isFirst {
            if isNew { kind = header.opcode == .text ? .text : .binary }
            guard header.payloadBytes <= maxMessageBytes - payload.readableBytes else { throw .messageTooBig }
            payload.reserveCapacity(minimumWritableBytes: min(header.payloadBytes, Self.largestReservation))
        }
        guard let kind else { return nil }
        let isASCII = reader.movePayload(to: &payload, unmaskingWith: header.maskingKey)
        if kind == .text && !(isASCII && validator.isBetweenCharacters) {
            guard validator.received(last: Int(piece.count), of: payload) else { throw .invalidUTF8 }
        }
        guard piece.isLast && header.isFinal else { return nil }
        guard kind == .binary || validator.isBetweenCharacters else { throw .invalidUTF8 }
        let message = Message(kind: kind, payload: payload)
        drop()
        return message
    }

    /// Forgets the message that has begun.
    mutating func drop() {
        kind = nil
        payload = ByteBuffer()
        validator = UTF8Validator()
    }

    /// Takes a message that is one whole frame as it lies in the read buffer.
    private func message(of piece: FramePiece, in reader: inout FrameReader) throws(Violation) -> Message {
        guard piece.header.payloadBytes <= maxMessageBytes else { throw .messageTooBig }
        let payload = reader.takePayload()
        guard piece.header.opcode == .text else { return Message(kind: .binary, payload: payload) }
        guard piece.isASCII || UTF8Validator.isValid(payload) else { throw .invalidUTF8 }
        return Message(kind: .text, payload: payload)
    }
}
