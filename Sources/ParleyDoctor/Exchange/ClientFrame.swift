// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis
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
        var bytes: [UInt8] = [(isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcode.rawValue]
        let count = payload.count
        switch count {
        case ...125: bytes.append(0x80 | UInt8(count))
        case ...0xFFFF: bytes += [0x80 | 126] + bigEndian(UInt64(count), 2)
        default: bytes += [0x80 | 127] + bigEndian(UInt64(count), 8)
        }
        let mask = bigEndian(UInt64(key), 4)
        bytes += mask
        bytes.reserveCapacity(bytes.count + count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index & 3]) }
        return bytes
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

    private static func bigEndian(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (count - 1 - $0))) }
    }
}
