// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyWebSocket

/// RFC 6455 read by someone in no hurry: all bytes at once, one at a time, ended by the end of the input.
///
/// The oracle for ``ConnectionMachine``, written from the RFC and sharing nothing with it but the table of
/// violations and the type of the summary.
struct ReferenceEndpoint {
    private let role: Role
    private let bytes: [UInt8]
    private let limits: ConnectionLimits
    private var position = 0
    private var log: [Entry] = []
    /// Kind (1 or 2) and bytes of the message that has begun.
    private var message: (opcode: UInt8, bytes: [UInt8])?

    static func log(_ role: Role, _ bytes: [UInt8], limits: ConnectionLimits) -> [Entry] {
        var endpoint = ReferenceEndpoint(role: role, bytes: bytes, limits: limits)
        endpoint.run()
        return endpoint.log
    }

    private init(role: Role, bytes: [UInt8], limits: ConnectionLimits) {
        self.role = role
        self.bytes = bytes
        self.limits = limits
    }

    private enum Stop: Error {
        case inputEnded
        case closed(code: UInt16?, reason: String)
        case violation(Violation)
    }

    private mutating func run() {
        do throws(Stop) {
            while true { try readFrame() }
        } catch {
            switch error {
            case .inputEnded:
                log.append(.closed(CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false)))
            case .closed(let code, let reason):
                log.append(code.map { .wroteClose(role, $0) } ?? .wrote(role, 8))
                log.append(
                    .closed(
                        CloseSummary(
                            code: code.map(CloseCode.init(rawValue:)),
                            reason: reason,
                            initiator: .peer,
                            wasClean: true
                        )
                    )
                )
            case .violation(let violation):
                log.append(.wroteClose(role, violation.closeCode.rawValue, violation.entry.sentence))
                log.append(
                    .closed(
                        CloseSummary(
                            code: violation.closeCode,
                            reason: violation.entry.sentence,
                            initiator: .us,
                            violation: violation,
                            wasClean: false
                        )
                    )
                )
            }
        }
    }

    private mutating func byte() throws(Stop) -> UInt8 {
        guard position < bytes.count else { throw .inputEnded }
        defer { position += 1 }
        return bytes[position]
    }

    private mutating func number(bytes count: Int) throws(Stop) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value * 256 + UInt64(try byte()) }
        return value
    }

    private mutating func readFrame() throws(Stop) {
        let first = try byte()
        let fin = first >= 128
        let opcode = first % 16
        if first / 16 % 8 != 0 { throw .violation(.reservedBits) }
        if ![0, 1, 2, 8, 9, 10].contains(opcode) { throw .violation(.reservedOpcode) }
        if opcode >= 8 && !fin { throw .violation(.fragmentedControlFrame) }
        if opcode == 0 && message == nil { throw .violation(.unexpectedContinuation) }
        if (opcode == 1 || opcode == 2) && message != nil { throw .violation(.expectedContinuation) }

        let second = try byte()
        if role == .server && second < 128 { throw .violation(.unmaskedClientFrame) }
        if role == .client && second >= 128 { throw .violation(.maskedServerFrame) }
        var length = UInt64(second % 128)
        if opcode >= 8 && length > 125 { throw .violation(.oversizedControlFrame) }
        if length == 126 {
            length = try number(bytes: 2)
            if length < 126 { throw .violation(.nonMinimalLength) }
        } else if length == 127 {
            length = try number(bytes: 8)
            if length >= 1 << 63 { throw .violation(.negativeLength) }
            if length < 65536 { throw .violation(.nonMinimalLength) }
        }
        if opcode < 8 && length > limits.maxFrameBytes { throw .violation(.frameTooBig) }
        var key: [UInt8] = [0, 0, 0, 0]
        if role == .server { for index in 0..<4 { key[index] = try byte() } }

        if opcode < 8 {
            try readData(opcode: opcode, length: Int(length), fin: fin, key: key)
        } else {
            try readControl(opcode: opcode, length: Int(length), key: key)
        }
    }

    private mutating func readData(opcode: UInt8, length: Int, fin: Bool, key: [UInt8]) throws(Stop) {
        var current = message ?? (opcode, [])
        if current.bytes.count + length > limits.maxMessageBytes { throw .violation(.messageTooBig) }
        let there = min(length, bytes.count - position)
        for index in 0..<there { current.bytes.append(try byte() ^ key[index % 4]) }
        if current.opcode == 1 && !UTF8Reference.canBegin(current.bytes) { throw .violation(.invalidUTF8) }
        if there < length { throw .inputEnded }
        guard fin else {
            message = current
            return
        }
        message = nil
        guard current.opcode == 1 else { return log.append(.binary(current.bytes)) }
        guard let text = String(validating: current.bytes, as: UTF8.self) else { throw .violation(.invalidUTF8) }
        log.append(.text(text))
    }

    private mutating func readControl(opcode: UInt8, length: Int, key: [UInt8]) throws(Stop) {
        var payload: [UInt8] = []
        for index in 0..<length { payload.append(try byte() ^ key[index % 4]) }
        if opcode == 9 { return log.append(.wrote(role, 10, payload)) }
        if opcode == 10 { return log.append(.pong(payload)) }
        if payload.isEmpty { throw .closed(code: nil, reason: "") }
        if payload.count == 1 { throw .violation(.truncatedCloseCode) }
        let code = UInt16(payload[0]) * 256 + UInt16(payload[1])
        let allowed = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]
        if !allowed.contains(Int(code)) && !(code >= 3000 && code < 5000) { throw .violation(.invalidCloseCode) }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            throw .violation(.invalidCloseReason)
        }
        throw .closed(code: code, reason: reason)
    }
}
