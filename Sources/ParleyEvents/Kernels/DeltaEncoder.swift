// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes audio deltas directly, without building a JSON value.
///
/// All but the event's id and the audio stays the same from one delta of a part to the next, and is kept.
struct DeltaEncoder: Sendable {
    private let type: String
    /// The part of the last delta; of no meaning before the first.
    private var address = ServerEvent.PartAddress(responseID: "", itemID: "", outputIndex: 0, contentIndex: 0)
    /// What comes before the event's id, then what comes between it and the audio; empty before the first delta.
    private var text: [UInt8] = []
    private var idPlace = 0

    /// An encoder of events of that type, which needs no escapes.
    init(type: String) { self.type = type }

    /// Appends the event; ids need no escapes.
    mutating func write(
        eventID: EventID,
        _ address: ServerEvent.PartAddress,
        _ audio: ByteBuffer,
        into buffer: inout ByteBuffer
    ) {
        if text.isEmpty || address != self.address { prepare(address) }
        let idBytes = eventID.byteCount
        let audioPlace = text.count + idBytes
        let size = audioPlace + Base64.encodedLength(audio.readableBytes) + 2
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: size) { target in
            text.withUnsafeBytes { text in
                target.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[..<idPlace]))
                eventID.write(to: target.part(idPlace, idBytes))
                target.part(idPlace + idBytes, text.count - idPlace)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: text[idPlace...]))
            }
            Base64.encode(audio, to: target.part(audioPlace, size - 2 - audioPlace))
            target[size - 2] = UInt8(ascii: "\"")
            target[size - 1] = UInt8(ascii: "}")
            return size
        }
    }

    private mutating func prepare(_ address: ServerEvent.PartAddress) {
        let start = "{\"type\":\"\(type)\",\"event_id\":\""
        let middle =
            "\",\"response_id\":\"\(address.responseID)\",\"item_id\":\"\(address.itemID)\""
            + ",\"output_index\":\(address.outputIndex),\"content_index\":\(address.contentIndex),\"delta\":\""
        idPlace = start.utf8.count
        text = Array((start + middle).utf8)
        self.address = address
    }
}

extension UnsafeMutableRawBufferPointer {
    fileprivate func part(_ start: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[start..<(start + count)])
    }
}
