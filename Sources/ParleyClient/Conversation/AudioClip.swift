// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import ParleyEvents

/// Sound of an item, as it came: pieces that are never copied together until somebody asks for it.
public struct AudioClip: Sendable, Equatable {
    /// What the bytes are: 16-bit little-endian PCM at 24,000 Hz, or G.711 at 8,000 Hz; one channel.
    public let format: AudioFormat
    /// The pieces in order.
    public private(set) var chunks: [ByteBuffer] = []
    /// All bytes of the pieces.
    public private(set) var byteCount = 0

    /// No sound yet.
    public init(format: AudioFormat) { self.format = format }

    /// How long it is, in ms, rounded down.
    public var durationMS: Int { byteCount / format.bytesPerMillisecond }

    /// Samples of one channel.
    public var sampleCount: Int { byteCount / format.bytesPerSample }

    /// All of it in one piece; copies.
    public var bytes: ByteBuffer {
        if chunks.count == 1 { return chunks[0] }
        var all = ByteBuffer()
        all.reserveCapacity(byteCount)
        for chunk in chunks { all.writeImmutableBuffer(chunk) }
        return all
    }

    /// Adds a piece at the end.
    public mutating func append(_ chunk: ByteBuffer) {
        guard chunk.readableBytes > 0 else { return }
        chunks.append(chunk)
        byteCount += chunk.readableBytes
    }

    /// The part between two times in ms; what is not there is left out.
    public func slice(fromMS start: Int, toMS end: Int) -> AudioClip {
        var part = AudioClip(format: format)
        let first = max(0, start) * format.bytesPerMillisecond
        let last = min(byteCount, max(0, end) * format.bytesPerMillisecond)
        var offset = 0
        for chunk in chunks {
            let from = max(first, offset)
            let to = min(last, offset + chunk.readableBytes)
            if from < to, let piece = chunk.getSlice(at: chunk.readerIndex + from - offset, length: to - from) {
                part.append(piece)
            }
            offset += chunk.readableBytes
        }
        return part
    }

    /// Forgets what comes after that many ms.
    public mutating func cut(toMS end: Int) { self = slice(fromMS: 0, toMS: end) }

    /// Forgets the first pieces until at most that many bytes are left; returns how many bytes went.
    mutating func dropFront(untilAtMost limit: Int) -> Int {
        var gone = 0
        var count = 0
        while byteCount - gone > limit, count < chunks.count {
            gone += chunks[count].readableBytes
            count += 1
        }
        chunks.removeFirst(count)
        byteCount -= gone
        return gone
    }
}
