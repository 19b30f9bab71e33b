// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Writes frames, header and payload in one buffer.
package enum FrameWriter {
    /// Appends a frame whose payload `write` appends.
    ///
    /// The payload's length is known only when it is there: a header of the usual length is held free for it, and the
    /// payload moved where that guess was wrong.
    ///
    /// - Parameters:
    ///   - opcode: Its kind.
    ///   - isFinal: Whether it ends its message.
    ///   - isCompressed: Whether RSV1 says that the message is compressed (RFC 7692 section 6).
    ///   - maskingKey: For the client role.
    ///   - frames: Where it goes.
    ///   - write: Appends the payload to the buffer given and leaves what is there alone.
    package static func append(
        _ opcode: Opcode,
        isFinal: Bool = true,
        isCompressed: Bool = false,
        maskingKey: UInt32?,
        to frames: inout ByteBuffer,
        _ write: (inout ByteBuffer) -> Void
    ) {
        let start = frames.writerIndex
        let maskBytes = maskingKey == nil ? 0 : 4
        // Of a frame of 126 to 65,535 bytes.
        frames.writeInteger(UInt32(0))
        if maskingKey != nil { frames.writeInteger(UInt32(0)) }
        let payload = frames.writerIndex
        write(&frames)
        let count = frames.writerIndex - payload
        let headerBytes = (count <= 125 ? 2 : count <= 0xFFFF ? 4 : 10) + maskBytes
        if headerBytes != payload - start { frames.movePayload(from: payload, count: count, to: start + headerBytes) }
        if let maskingKey { frames.mask(last: count, with: maskingKey) }
        let first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue
        frames.setHeader(first, count: count, maskingKey: maskingKey, at: start)
    }

    /// Appends a close, ping or pong frame, its payload at most 125 bytes, to `output`.
    static func append(
        _ opcode: Opcode,
        payload: ByteBuffer,
        maskingKey: UInt32?,
        to output: inout ByteBuffer
    ) {
        output.reserveCapacity(minimumWritableBytes: 6 + payload.readableBytes)
        let head = UInt16(0x80 | opcode.rawValue) << 8 | UInt16(payload.readableBytes)
        guard let maskingKey else {
            output.writeInteger(head)
            output.writeImmutableBuffer(payload)
            return
        }
        output.writeInteger(head | 0x80)
        output.writeInteger(maskingKey)
        _ = output.append(payload, count: payload.readableBytes, xoredWith: maskingKey)
    }
}

extension ByteBuffer {
    /// Writes the header of a frame of `count` bytes over the bytes at `start`.
    fileprivate mutating func setHeader(_ first: UInt8, count: Int, maskingKey: UInt32?, at start: Int) {
        let maskBit: UInt16 = maskingKey == nil ? 0 : 0x80
        let head = UInt16(first) << 8 | maskBit
        var end = start
        switch count {
        case ...125: end += setInteger(head | UInt16(count), at: end)
        case ...0xFFFF: end += setInteger(UInt32(head | 126) << 16 | UInt32(count), at: end)
        default:
            end += setInteger(head | 127, at: end)
            end += setInteger(UInt64(count), at: end)
        }
        if let maskingKey { setInteger(maskingKey, at: end) }
    }

    /// Moves the last `count` bytes from one place to another, and the end with them.
    fileprivate mutating func movePayload(from source: Int, count: Int, to destination: Int) {
        if destination > source { writeRepeatingByte(0, count: destination - source) }
        let base = readerIndex
        withUnsafeMutableReadableBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            (start + destination - base).copyMemory(from: start + source - base, byteCount: count)
        }
        moveWriterIndex(to: destination + count)
    }
}
