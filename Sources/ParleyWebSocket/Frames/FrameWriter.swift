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
        frames.reserveCapacity(minimumWritableBytes: 4 + maskBytes)
        frames.moveWriterIndex(forwardBy: 4 + maskBytes)
        let payload = frames.writerIndex
        write(&frames)
        let count = frames.writerIndex - payload
        let headerBytes = headerBytes(count) + maskBytes
        if headerBytes != payload - start { frames.movePayload(from: payload, count: count, to: start + headerBytes) }
        if let maskingKey { frames.mask(last: count, with: maskingKey) }
        let first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue
        frames.setHeader(first, count: count, maskingKey: maskingKey, at: start)
    }

    /// Appends the header of a whole message of a server, behind which its payload goes out as it is.
    static func appendHeader(_ opcode: Opcode, count: Int, to frames: inout ByteBuffer) {
        let start = frames.writerIndex
        frames.reserveCapacity(minimumWritableBytes: headerBytes(count))
        frames.moveWriterIndex(forwardBy: headerBytes(count))
        frames.setHeader(0x80 | opcode.rawValue, count: count, maskingKey: nil, at: start)
    }

    /// How long the header of a frame of `count` bytes is, without its key.
    private static func headerBytes(_ count: Int) -> Int { count <= 125 ? 2 : count <= 0xFFFF ? 4 : 10 }

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
        let maskBit: UInt8 = maskingKey == nil ? 0 : 0x80
        let place = start - readerIndex
        withUnsafeMutableReadableBytes { bytes in
            bytes[place] = first
            var end = place + 2
            switch count {
            case ...125: bytes[place + 1] = maskBit | UInt8(count)
            case ...0xFFFF:
                bytes[place + 1] = maskBit | 126
                bytes.storeBytes(of: UInt16(count).bigEndian, toByteOffset: end, as: UInt16.self)
                end += 2
            default:
                bytes[place + 1] = maskBit | 127
                bytes.storeBytes(of: UInt64(count).bigEndian, toByteOffset: end, as: UInt64.self)
                end += 8
            }
            if let maskingKey { bytes.storeBytes(of: maskingKey.bigEndian, toByteOffset: end, as: UInt32.self) }
        }
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
