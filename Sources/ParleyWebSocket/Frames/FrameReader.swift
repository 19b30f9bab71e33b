// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Cuts a stream of bytes into frames.
///
/// Frames that are complete within one read come out as slices of it, already unmasked. Of a frame that
/// is not, every read yields a piece at once, so that text can be judged and nothing of a read has to be
/// kept: between reads this holds at most 13 bytes of an unfinished header, inline.
struct FrameReader: Sendable {
    private let rules: HeaderRules
    private var input = ByteBuffer()
    /// Comes after ``input``.
    private var rest: ByteBuffer?
    /// Bytes at the front of ``input`` that belong to the last piece and were not taken.
    private var untaken = 0
    /// Bytes after those that are whole frames without their mask.
    private var plainBytes = 0
    /// A bit for each of these frames, the next one lowest: its payload is ASCII.
    private var asciiNotes: UInt64 = 0
    private var held = HeldHeader()
    /// The frame whose payload is not complete, with the masking key turned to its next byte.
    private var unfinished: FrameHeader?
    /// Bytes that ``unfinished`` lacks.
    private var missing = 0
    private var insideMessage = false

    init(rules: HeaderRules) {
        self.rules = rules
    }

    /// Bytes came from the peer.
    mutating func received(_ bytes: consuming ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        if input.readableBytes == 0 {
            input = bytes
        } else if rest == nil {
            rest = bytes
        } else {
            rest?.writeBuffer(&bytes)
        }
    }

    /// Bytes came from the peer, lent for the time of the call.
    ///
    /// Whole frames are unmasked on the way into `scratch`; only what belongs to others is copied to be kept.
    mutating func received(lent bytes: UnsafeRawBufferPointer, scratch: inout ByteBuffer) {
        guard input.readableBytes == 0, held.isEmpty, unfinished == nil else {
            return received(ByteBuffer(bytes: bytes))
        }
        let whole = WholeFrames.unmask(bytes, into: &scratch, rules: rules, insideMessage: insideMessage)
        if whole.bytes > 0 {
            input = scratch
            plainBytes = whole.bytes
            asciiNotes = whole.asciiNotes
        }
        if whole.bytes < bytes.count { received(ByteBuffer(bytes: bytes[whole.bytes...])) }
    }

    /// Forgets all bytes that came and were not asked for.
    mutating func drop() {
        self = FrameReader(rules: rules)
    }

    /// The next frame or piece of one; what was not taken of the piece before is passed over.
    ///
    /// - Parameter scratch: Memory for unmasked frames when the read buffer is not ours alone. It is
    ///   overwritten if nothing refers to it any more, and replaced otherwise.
    /// - Returns: `nil` when more bytes are needed.
    /// - Throws: The rule that the next header breaks; the reader is then of no further use.
    mutating func next(scratch: inout ByteBuffer) throws(Violation) -> FramePiece? {
        if untaken > 0 { skip() }
        while input.readableBytes > 0 {
            if let unfinished { return piece(of: unfinished, isFirst: false) }
            if held.isEmpty, let header = try input.frameHeader(rules: rules, insideMessage: insideMessage) {
                if header.frameBytes <= input.readableBytes {
                    if plainBytes == 0 && rules.role == .server { unmaskWholeFrames(scratch: &scratch) }
                    return frame(header)
                }
                input.moveReaderIndex(forwardBy: header.headerBytes)
                return begin(header)
            }
            if let header = try held.complete(from: &input, rules: rules, insideMessage: insideMessage) {
                return begin(header)
            }
            refill()
        }
        return nil
    }

    /// The bytes of the last piece, as they lie in the read buffer.
    mutating func takePayload() -> ByteBuffer {
        let count = untaken
        untaken = 0
        guard count == input.readableBytes else { return input.readSlice(length: count) ?? ByteBuffer() }
        var payload = advance()
        swap(&payload, &input)
        return payload
    }

    /// Appends the bytes of the last piece to `buffer`, without their mask.
    ///
    /// - Parameters:
    ///   - buffer: Where the payload is collected.
    ///   - key: The masking key of the piece's header.
    /// - Returns: `true` if all of them are ASCII.
    mutating func movePayload(to buffer: inout ByteBuffer, unmaskingWith key: UInt32) -> Bool {
        let isASCII = buffer.append(input, count: untaken, xoredWith: key)
        skip()
        return isASCII
    }

    private mutating func skip() {
        input.moveReaderIndex(forwardBy: untaken)
        untaken = 0
        refill()
    }

    /// Takes the masks off all whole frames in ``input``, moving them to `scratch` if it is shared.
    private mutating func unmaskWholeFrames(scratch: inout ByteBuffer) {
        let whole: WholeFrames
        if let inPlace = WholeFrames.unmask(inside: &input, rules: rules, insideMessage: insideMessage) {
            whole = inPlace
        } else {
            whole = input.withUnsafeReadableBytes {
                WholeFrames.unmask($0, into: &scratch, rules: rules, insideMessage: insideMessage)
            }
            input.moveReaderIndex(forwardBy: whole.bytes)
            if var rest { input.writeBuffer(&rest) }
            rest = input.readableBytes > 0 ? input : nil
            input = scratch
        }
        plainBytes = whole.bytes
        asciiNotes = whole.asciiNotes
    }

    /// The frame at the front of ``input``, all of which is there and plain.
    private mutating func frame(_ header: FrameHeader) -> FramePiece {
        var header = header
        header.maskingKey = 0
        input.moveReaderIndex(forwardBy: header.headerBytes)
        untaken = header.payloadBytes
        let isASCII = asciiNotes & 1 == 1
        if plainBytes > 0 {
            plainBytes -= header.frameBytes
            asciiNotes >>= 1
        }
        passed(header)
        if untaken == 0 { refill() }
        return FramePiece(
            header: header,
            count: UInt32(truncatingIfNeeded: header.payloadBytes),
            isASCII: isASCII,
            isFirst: true,
            isLast: true
        )
    }

    /// The first piece of a frame of which only the header is surely there.
    private mutating func begin(_ header: FrameHeader) -> FramePiece {
        passed(header)
        missing = header.payloadBytes
        return piece(of: header, isFirst: true)
    }

    private mutating func piece(of header: FrameHeader, isFirst: Bool) -> FramePiece {
        let count = min(missing, input.readableBytes)
        missing -= count
        var next = header
        next.maskingKey = Masking.key(header.maskingKey, after: count)
        unfinished = missing > 0 ? next : nil
        untaken = count
        if count == 0 { refill() }
        return FramePiece(
            header: header,
            count: UInt32(truncatingIfNeeded: count),
            isASCII: false,
            isFirst: isFirst,
            isLast: missing == 0
        )
    }

    private mutating func passed(_ header: FrameHeader) {
        if !header.opcode.isControl { insideMessage = !header.isFinal }
    }

    /// Lets go of a read buffer as soon as it is used up.
    private mutating func refill() {
        if input.readableBytes == 0 { input = advance() }
    }

    /// What comes after ``input``.
    private mutating func advance() -> ByteBuffer {
        guard let next = rest.take() else { return ByteBuffer() }
        return next
    }
}
