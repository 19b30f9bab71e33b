// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes frames, header and payload in one buffer.
enum FrameWriter {
    /// Leaves room for the largest header in front of what is going to be written.
    ///
    /// - Parameter buffer: An empty buffer; one that holds something is left alone.
    static func reserveHeader(in buffer: inout ByteBuffer) {
        guard buffer.readableBytes == 0 else { return }
        buffer.writeRepeatingByte(0, count: FrameHeader.maxBytes)
        buffer.moveReaderIndex(forwardBy: FrameHeader.maxBytes)
    }

    /// Makes the readable bytes of `buffer` the payload of an unfragmented frame.
    ///
    /// The header goes into the room right before the payload. Without that room (a buffer that was not
    /// prepared by ``reserveHeader(in:)``), or if somebody else can see the bytes, the payload is copied once.
    static func seal(_ buffer: inout ByteBuffer, opcode: Opcode, maskingKey: UInt32?) {
        let count = buffer.readableBytes
        let lengthBytes = count <= 125 ? 0 : count <= 0xFFFF ? 2 : 8
        let headerBytes = 2 + lengthBytes + (maskingKey == nil ? 0 : 4)
        if buffer.readerIndex < headerBytes || buffer.modifyIfUniquelyOwned({ _ in }) == nil {
            var roomy = ByteBuffer()
            roomy.reserveCapacity(FrameHeader.maxBytes + count)
            reserveHeader(in: &roomy)
            roomy.writeBuffer(&buffer)
            buffer = roomy
        }
        if let maskingKey { buffer.mask(with: maskingKey) }

        let start = buffer.readerIndex - headerBytes
        let maskBit: UInt16 = maskingKey == nil ? 0 : 0x80
        let head = UInt16(0x80 | opcode.rawValue) << 8 | maskBit
        switch lengthBytes {
        case 0:
            buffer.setInteger(head | UInt16(count), at: start)
        case 2:
            buffer.setInteger(UInt32(head | 126) << 16 | UInt32(count), at: start)
        default:
            buffer.setInteger(head | 127, at: start)
            buffer.setInteger(UInt64(count), at: start + 2)
        }
        if let maskingKey { buffer.setInteger(maskingKey, at: start + 2 + lengthBytes) }
        buffer.moveReaderIndex(to: start)
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
