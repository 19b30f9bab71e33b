// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

/// An event as plain bytes.
enum Entry: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
    case wrote([UInt8])
    case pong([UInt8])
    case closed(CloseSummary)
}

/// How the bytes given to a machine are held.
enum Ownership: CaseIterable, Sendable {
    /// The machine is their only owner.
    case given
    /// Somebody else keeps a reference, as NIO's pool of receive buffers does.
    case shared
    /// Shared, and memory for unmasked frames is provided.
    case sharedWithScratch
    /// They are there for the time of the call only.
    case lent
}

/// A machine, its virtual clock and everything it asked for.
struct Endpoint {
    static let maskingKey: [UInt8] = [0x11, 0x22, 0x33, 0x44]

    var machine: ConnectionMachine
    private(set) var now: NIODeadline
    private(set) var log: [Entry] = []
    var ownership = Ownership.given
    private var scratch = ByteBuffer()
    private var usesScratch: Bool { ownership == .sharedWithScratch || ownership == .lent }
    /// Entries already given out by ``takeLog()``.
    private var taken = 0

    init(
        _ role: Role,
        limits: ConnectionLimits = ConnectionLimits(),
        compression: Compression? = nil,
        ownership: Ownership = .given
    ) {
        now = .uptimeNanoseconds(1_000_000_000)
        machine = ConnectionMachine(
            role: role,
            limits: limits,
            compression: compression,
            now: now,
            maskingKey: { 0x1122_3344 }
        )
        self.ownership = ownership
    }

    var isMuted: Bool {
        var machine = machine
        return machine.isMuted
    }

    var isFailing: Bool {
        var machine = machine
        return machine.isFailing
    }

    mutating func received(_ bytes: [UInt8]) {
        let buffer = ByteBuffer(bytes: bytes)
        switch ownership {
        case .given:
            machine.received(consume buffer, at: now)
            collect()
        case .shared, .sharedWithScratch:
            machine.received(buffer, at: now)
            collect()
            #expect(Array(buffer.readableBytesView) == bytes, "bytes of somebody else were changed")
        case .lent:
            var lent = bytes
            lent.withUnsafeMutableBytes { lent in
                machine.received(lent: UnsafeRawBufferPointer(lent), scratch: &scratch, at: now)
                for index in lent.indices { lent[index] = 0xEE }
            }
            collect()
        }
    }

    mutating func received(_ bytes: [UInt8], inPiecesOf size: Int) {
        for start in stride(from: 0, to: bytes.count, by: size) {
            received(Array(bytes[start..<min(start + size, bytes.count)]))
        }
    }

    /// Bytes come, but nobody asks for the events yet.
    mutating func heldBack(_ bytes: [UInt8]) {
        machine.received(ByteBuffer(bytes: bytes), at: now)
    }

    mutating func inputEnded() {
        machine.inputEnded(at: now)
        collect()
    }

    mutating func close(_ code: CloseCode, _ reason: String = "") {
        machine.close(code, reason: reason, at: now)
        collect()
    }

    mutating func pass(_ time: TimeAmount) {
        now = now + time
    }

    /// Lets time pass and the timer fire.
    mutating func fire(after time: TimeAmount, unsent: Int = 0, inSystem: Int = 0) {
        pass(time)
        machine.timerFired(at: now, unsent: Unsent(bytes: unsent, inSystem: inSystem))
        collect()
    }

    /// The socket did not take everything.
    mutating func queued(_ bytes: Int, unsent: Int, inSystem: Int = 0) {
        machine.queued(bytes, unsent: Unsent(bytes: unsent, inSystem: inSystem), at: now)
        collect()
    }

    /// Time from now to the next deadline.
    var wait: TimeAmount? { machine.nextDeadline.map { $0 - now } }

    /// What was logged since the last call.
    mutating func takeLog() -> [Entry] {
        defer { taken = log.count }
        return Array(log[taken...])
    }

    var summary: CloseSummary? {
        for case .closed(let summary) in log { return summary }
        return nil
    }

    private mutating func collect() {
        while let event = usesScratch ? machine.next(scratch: &scratch) : machine.next() {
            log.append(Entry(event))
        }
    }
}

extension Entry {
    init(_ event: Event) {
        switch event {
        case .message(let message):
            let bytes = Array(message.payload.readableBytesView)
            self = message.kind == .text ? .text(String(decoding: bytes, as: UTF8.self)) : .binary(bytes)
        case .write(let buffer): self = .wrote(Array(buffer.readableBytesView))
        case .pong(let buffer): self = .pong(Array(buffer.readableBytesView))
        case .closed(let summary): self = .closed(summary)
        }
    }

    /// What an endpoint of this role writes: masked with the tests' key if it is the client.
    static func wrote(_ role: Role, _ opcode: UInt8, _ payload: [UInt8] = []) -> Entry {
        .wrote(
            WireFrame(opcode: opcode, payload: payload, key: role == .client ? Endpoint.maskingKey : nil).bytes
        )
    }

    static func wroteClose(_ role: Role, _ code: UInt16, _ reason: String = "") -> Entry {
        wrote(role, 8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }
}

/// The log of an endpoint that received these bytes and then the end of the input.
func log(
    _ role: Role,
    _ bytes: [UInt8],
    limits: ConnectionLimits = ConnectionLimits(),
    ownership: Ownership = .given,
    inPiecesOf size: Int = .max
) -> [Entry] {
    var endpoint = Endpoint(role, limits: limits, ownership: ownership)
    endpoint.received(bytes, inPiecesOf: min(size, max(bytes.count, 1)))
    endpoint.inputEnded()
    return endpoint.log
}
