// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// The bytes in front of a payload (RFC 6455 section 5.2), taken as they are.
struct LenientHeader: Sendable, Equatable {
    var opcode: UInt8
    var isFinal: Bool
    /// RSV1, RSV2, RSV3 as 4, 2, 1.
    var reservedBits: UInt8
    var maskingKey: [UInt8]?
    var payloadBytes: Int
    var headerBytes: Int
    /// What is wrong with them.
    var violations: [Violation]

    /// Whether they can be a header at all: text and other protocols break several rules at once.
    var isPlausible: Bool { violations.count < 2 && !violations.contains(.negativeLength) }

    var isControl: Bool { opcode & 8 != 0 }

    /// Reads a header; nil if more bytes are needed.
    ///
    /// - Parameters:
    ///   - bytes: From its first byte on.
    ///   - isFromClient: Who sent it.
    ///   - isInsideMessage: Whether the last data frame lacked FIN.
    ///   - compresses: Whether RSV1 has a meaning.
    init?(_ bytes: ArraySlice<UInt8>, isFromClient: Bool, isInsideMessage: Bool, compresses: Bool) {
        guard bytes.count >= 2 else { return nil }
        let start = bytes.startIndex
        let (first, second) = (bytes[start], bytes[start + 1])
        opcode = first & 0x0F
        isFinal = first & 0x80 != 0
        reservedBits = first >> 4 & 7
        violations = []
        let isControl = opcode & 8 != 0
        if reservedBits & (compresses && (opcode == 1 || opcode == 2) ? 3 : 7) != 0 {
            violations.append(.reservedBits)
            // Only a message in fragments begins so, and it would be compressed.
            if !isFinal { violations.append(.reservedBits) }
        }
        if Opcode(rawValue: opcode) == nil { violations.append(.reservedOpcode) }
        if isControl, !isFinal { violations.append(.fragmentedControlFrame) }
        if !isControl, Opcode(rawValue: opcode) != nil, isInsideMessage != (opcode == 0) {
            violations.append(isInsideMessage ? .expectedContinuation : .unexpectedContinuation)
        }
        let isMasked = second & 0x80 != 0
        if isMasked != isFromClient { violations.append(isMasked ? .maskedServerFrame : .unmaskedClientFrame) }
        let short = Int(second & 0x7F)
        let lengthBytes = short == 126 ? 2 : short == 127 ? 8 : 0
        headerBytes = 2 + lengthBytes + (isMasked ? 4 : 0)
        guard bytes.count >= headerBytes else { return nil }
        let number = bytes[(start + 2)..<(start + 2 + lengthBytes)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        if number > UInt64(Int64.max) { violations.append(.negativeLength) }
        payloadBytes = lengthBytes == 0 ? short : Int(clamping: number)
        if isControl, payloadBytes > 125 { violations.append(.oversizedControlFrame) }
        if lengthBytes == 2 && payloadBytes < 126 || lengthBytes == 8 && payloadBytes < 65536 {
            violations.append(.nonMinimalLength)
        }
        maskingKey = isMasked ? Array(bytes[(start + headerBytes - 4)..<(start + headerBytes)]) : nil
    }
}
