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
    let whole = log(role, [input.bytes[...]], limits, isShared: input.chooses(1))
    let cut = log(role, input.pieces, limits, isShared: input.chooses(2))
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
    for case .message(let message) in whole {
        check(message.payload.readableBytes <= limits.maxMessageBytes, "within the limit")
        guard message.kind == .text else { continue }
        let isText = String(validating: message.payload.readableBytesView, as: UTF8.self) != nil
        check(isText, "text is UTF-8")
    }
    roundTrip(input, sender: role)
}

private let start = NIODeadline.uptimeNanoseconds(1)

private func log(
    _ role: Role,
    _ pieces: [ArraySlice<UInt8>],
    _ limits: ConnectionLimits,
    isShared: Bool
) -> [Event] {
    var machine = ConnectionMachine(role: role, limits: limits, now: start, maskingKey: { 0x1122_3344 })
    var events: [Event] = []
    var scratch = ByteBuffer()
    func collect() {
        while let event = isShared ? machine.next(scratch: &scratch) : machine.next() { events.append(event) }
    }
    for piece in pieces {
        let buffer = ByteBuffer(bytes: piece)
        if isShared {
            machine.received(buffer, at: start)
            collect()
            check(buffer.readableBytesView.elementsEqual(piece), "bytes of somebody else are left alone")
        } else {
            machine.received(consume buffer, at: start)
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
    let events = log(role == .client ? .server : .client, [sealed[...]], limits, isShared: input.chooses(4))
    guard case .message(let message)? = events.first else { return check(false, "a message came") }
    check(message.payload.readableBytesView.elementsEqual(input.bytes), "the message that was sent")
}
