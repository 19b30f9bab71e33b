// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Writes an audio delta directly, without building a JSON value.
enum DeltaEncoder {
    /// Appends the event; type and ids need no escapes.
    static func write(
        _ type: String,
        eventID: EventID,
        _ address: ServerEvent.PartAddress,
        _ audio: ByteBuffer,
        into buffer: inout ByteBuffer
    ) {
        let outputIndex = String(address.outputIndex)
        let contentIndex = String(address.contentIndex)
        // A buffer checks so much with each piece that is appended that a dozen short ones cost more than the audio.
        let room =
            128 + type.utf8.count + eventID.byteCount + address.responseID.utf8.count + address.itemID.utf8.count
            + outputIndex.utf8.count + contentIndex.utf8.count
        buffer.reserveCapacity(minimumWritableBytes: room + Base64.encodedLength(audio.readableBytes) + 2)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target in
            var text = Text(target: target)
            text.append("{\"type\":\"")
            text.append(type)
            text.append("\",\"event_id\":\"")
            text.append(eventID)
            text.append("\",\"response_id\":\"")
            text.append(address.responseID)
            text.append("\",\"item_id\":\"")
            text.append(address.itemID)
            text.append("\",\"output_index\":")
            text.append(outputIndex)
            text.append(",\"content_index\":")
            text.append(contentIndex)
            text.append(",\"delta\":\"")
            return text.count
        }
        Base64.encode(audio, into: &buffer)
        buffer.writeStaticString("\"}")
    }

    /// Text that is put together in memory known to be large enough: 128 bytes beside what comes as `String`.
    private struct Text {
        let target: UnsafeMutableRawBufferPointer
        var count = 0

        @inline(__always)
        mutating func append(_ text: StaticString) {
            append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        @inline(__always)
        mutating func append(_ text: String) {
            var text = text
            text.withUTF8 { append($0) }
        }

        @inline(__always)
        mutating func append(_ id: EventID) {
            let size = id.byteCount
            precondition(count + size <= target.count)
            id.write(to: UnsafeMutableRawBufferPointer(rebasing: target[count..<(count + size)]))
            count += size
        }

        @inline(__always)
        private mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
            precondition(count + bytes.count <= target.count)
            guard let start = bytes.baseAddress, let base = target.baseAddress else { return }
            (base + count).copyMemory(from: start, byteCount: bytes.count)
            count += bytes.count
        }
    }
}
