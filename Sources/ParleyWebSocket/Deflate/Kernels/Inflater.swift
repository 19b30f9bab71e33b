// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import NIOCore

/// Inflates messages one after the other (RFC 7692 section 7.2.2).
struct Inflater: ~Copyable {
    /// How far a step came.
    enum Progress: Sendable, Equatable {
        /// There may be more to come out, or in.
        case unfinished
        /// The input is used up.
        case needsInput
        /// The input is no DEFLATE.
        case corrupt
    }

    /// What a sender takes off the end of every message.
    static let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]

    // zlib notes where the stream lies, so it must not be moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private let forgetsContext: Bool

    /// Asks zlib for memory; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - windowBits: 8–15, at least what the sender keeps to.
    ///   - forgetsContext: Whether a message may not refer to those before it.
    init?(windowBits: Int, forgetsContext: Bool) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = inflateInit2_(stream, -CInt(windowBits), ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
        self.forgetsContext = forgetsContext
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Takes bytes from `input` and appends at most `count`, at least 1, to `output`.
    mutating func step(_ input: inout ByteBuffer, to output: inout ByteBuffer, atMost count: Int) -> Progress {
        var result = Z_OK
        input.readWithUnsafeReadableBytes { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: min(count, Self.room(for: bytes.count))) { room in
                let count = UInt32(clamping: min(room.count, count))
                stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_out = count
                result = inflate(stream, Z_SYNC_FLUSH)
                return Int(count - stream.pointee.avail_out)
            }
            stream.pointee.next_in = nil
            return bytes.count - Int(stream.pointee.avail_in)
        }
        switch result {
        case Z_STREAM_END:
            // A last block is not the end of the message, nor of what later ones may refer to (section 7.2.3.4).
            inflateResetKeep(stream)
            return .unfinished
        case Z_OK, Z_BUF_ERROR: return stream.pointee.avail_out == 0 ? .unfinished : .needsInput
        default: return .corrupt
        }
    }

    /// Whether all blocks are complete, as they have to be behind a message and its ``tail``.
    var isBetweenBlocks: Bool {
        // As inflate() documents: 128 between blocks, plus the number of bits left over.
        stream.pointee.data_type & 0xBF == 0x80
    }

    /// A message is over.
    mutating func messageEnded() {
        if forgetsContext { inflateReset(stream) }
    }

    /// What short messages usually come to.
    private static func room(for count: Int) -> Int { min(max(256, 4 * count), 64 * 1024) }
}
