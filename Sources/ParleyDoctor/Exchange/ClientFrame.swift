// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// Frames as the doctor sends them.
enum ClientFrame {
    /// A whole frame, masked.
    static func bytes(
        _ opcode: Opcode,
        _ payload: [UInt8],
        isFinal: Bool = true,
        isCompressed: Bool = false,
        key: UInt32
    ) -> [UInt8] {
        var frame = ByteBuffer()
        FrameWriter.append(opcode, isFinal: isFinal, isCompressed: isCompressed, maskingKey: key, to: &frame) {
            $0.writeBytes(payload)
        }
        return Array(frame.readableBytesView)
    }

    /// A message in the form of permessage-deflate that needs no compressor: a stored block (RFC 7692 section 7.2.3.3).
    static func stored(_ payload: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = payload[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(block.count)
            let count = UInt16(block.count)
            bytes.append(0)
            for number in [count, ~count] {
                bytes += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
            }
            bytes += block
        } while !rest.isEmpty
        return bytes + [0]
    }
}
