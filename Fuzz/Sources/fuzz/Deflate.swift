// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket

/// Compressed messages of a peer: how they are cut does not matter, the limits hold for what comes out, and what one side
/// compresses the other side reads.
func fuzzDeflate(_ input: Input) {
    let limits = ConnectionLimits(maxMessageBytes: 5000, maxInflationRatio: 50, freeInflationBytes: 1000)
    let frames = frames(input)
    let whole = log([frames[...]], limits, input)
    let cut = log(Input.pieces(of: frames, choices: input.choices), limits, input)
    check(whole == cut, "independent of cuts:\n\(whole)\n\(cut)")
    for case .message(let message) in whole {
        check(message.payload.readableBytes <= limits.maxMessageBytes, "within the limit")
        guard message.kind == .text else { continue }
        let isText = String(validating: message.payload.readableBytesView, as: UTF8.self) != nil
        check(isText, "text is UTF-8")
    }
    roundTrip(input)
}

private let start = NIODeadline.uptimeNanoseconds(1)

private func agreement(_ input: Input) -> DeflateAgreement {
    var answer = DeflateOffer()
    answer.serverNoContextTakeover = input.chooses(0)
    if input.chooses(5) { answer.serverMaxWindowBits = 9 }
    return DeflateAgreement(answer)
}

/// The bytes as the payloads of compressed messages from a server, in frames that a byte each says the length of.
private func frames(_ input: Input) -> [UInt8] {
    var frames: [UInt8] = []
    var rest = input.bytes[...]
    var isFirst = true
    while let head = rest.popFirst() {
        let payload = rest.prefix(Int(head & 0x3F))
        rest = rest.dropFirst(payload.count)
        let isFinal = head & 0x80 == 0
        let opcode: UInt8 = isFirst ? head & 0x40 == 0 ? 2 : 1 : 0
        frames += [(isFinal ? 0x80 : 0) | (isFirst ? 0x40 : 0) | opcode, UInt8(payload.count)] + payload
        isFirst = isFinal
    }
    return frames
}

private func log(_ pieces: [ArraySlice<UInt8>], _ limits: ConnectionLimits, _ input: Input) -> [Event] {
    var machine = ConnectionMachine(
        role: .client,
        limits: limits,
        // A sender that keeps a larger window than it said may be found out early or late.
        compression: Compression(DeflateAgreement(agreement(input).widened), settings: DeflateSettings()),
        now: start,
        maskingKey: { 0x1122_3344 }
    )
    var events: [Event] = []
    for piece in pieces {
        machine.received(ByteBuffer(bytes: piece), at: start)
        while let event = machine.next() { events.append(event) }
    }
    machine.inputEnded(at: start)
    while let event = machine.next() { events.append(event) }
    return events
}

extension DeflateAgreement {
    fileprivate var widened: DeflateOffer {
        var answer = answer
        answer.serverMaxWindowBits = nil
        return answer
    }
}

private func roundTrip(_ input: Input) {
    let settings = DeflateSettings(
        windowBits: input.chooses(1) ? 15 : 12,
        memoryLevel: input.chooses(2) ? 9 : 1,
        level: input.chooses(3) ? 9 : 1,
        policy: CompressionPolicy(minBytes: 0)
    )
    let compression = Compression(agreement(input), settings: settings)
    var sender = ConnectionMachine(role: .server, limits: ConnectionLimits(), compression: compression, now: start)
    var receiver = ConnectionMachine(role: .client, limits: ConnectionLimits(), compression: compression, now: start)
    for piece in input.pieces + [input.bytes[...], input.bytes[...]] {
        var frames = ByteBuffer()
        sender.append(.binary, to: &frames) { $0.writeBytes(piece) }
        check(frames.readableBytesView.first == 0xC2, "compressed")
        receiver.received(frames, at: start)
        let event = receiver.next()
        check(event == .message(Message(kind: .binary, payload: ByteBuffer(bytes: piece))), "the message that was sent")
    }
}
