// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket

/// Bytes of a peer after the handshake, for both roles: how they are cut does not matter, and what one side seals the
/// other side reads.
func fuzzFrames(_ input: Input) {
    let role: Role = input.chooses(0) ? .client : .server
    let limits = ConnectionLimits(maxFrameBytes: 300, maxMessageBytes: 400)
    let whole = log(role, [input.bytes[...]], limits, input.ownership(1))
    let cut = log(role, input.pieces, limits, input.ownership(2))
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
    for case .message(let message) in whole {
        check(message.payload.readableBytes <= limits.maxMessageBytes, "within the limit")
        guard message.kind == .text else { continue }
        let isText = String(validating: message.payload.readableBytesView, as: UTF8.self) != nil
        check(isText, "text is UTF-8")
    }
    roundTrip(input, sender: role)
}

/// Who else has the bytes given to a machine.
private enum Ownership {
    case nobody
    case somebody
    /// Somebody, who wants them back at once.
    case lent
}

extension Input {
    fileprivate func ownership(_ choice: UInt8) -> Ownership {
        chooses(choice) ? chooses(choice + 4) ? .lent : .somebody : .nobody
    }
}

private let start = NIODeadline.uptimeNanoseconds(1)

private func log(
    _ role: Role,
    _ pieces: [ArraySlice<UInt8>],
    _ limits: ConnectionLimits,
    _ ownership: Ownership
) -> [Event] {
    var machine = ConnectionMachine(role: role, limits: limits, now: start, maskingKey: { 0x1122_3344 })
    var events: [Event] = []
    var scratch = ByteBuffer()
    func collect() {
        while let event = ownership == .nobody ? machine.next() : machine.next(scratch: &scratch) {
            events.append(event)
        }
    }
    for piece in pieces {
        let buffer = ByteBuffer(bytes: piece)
        switch ownership {
        case .nobody:
            machine.received(consume buffer, at: start)
            collect()
        case .somebody:
            machine.received(buffer, at: start)
            collect()
            check(buffer.readableBytesView.elementsEqual(piece), "bytes of somebody else are left alone")
        case .lent:
            var lent = Array(piece)
            lent.withUnsafeMutableBytes { lent in
                machine.received(lent: UnsafeRawBufferPointer(lent), scratch: &scratch, at: start)
                for index in lent.indices { lent[index] = 0xEE }
            }
            collect()
        }
    }
    machine.inputEnded(at: start)
    collect()
    let ends = events.filter { if case .closed = $0 { true } else { false } }
    check(ends.count == 1, "one end")
    return events
}

private func roundTrip(_ input: Input, sender role: Role) {
    let limits = ConnectionLimits(maxFrameBytes: 1 << 20, maxMessageBytes: 1 << 20)
    var sender = ConnectionMachine(role: role, limits: limits, now: start, maskingKey: { 0xA1B2_C3D4 })
    var frames = ByteBuffer()
    // Behind what waits already.
    let before = input.chooses(3) ? Array("waiting".utf8) : []
    frames.writeBytes(before)
    sender.append(.binary, to: &frames) { $0.writeBytes(input.bytes) }
    check(frames.readableBytesView.starts(with: before), "what waits is left alone")
    let sealed = Array(frames.readableBytesView.dropFirst(before.count))
    let events = log(role == .client ? .server : .client, [sealed[...]], limits, input.ownership(4))
    guard case .message(let message)? = events.first else { return check(false, "a message came") }
    check(message.payload.readableBytesView.elementsEqual(input.bytes), "the message that was sent")
}
