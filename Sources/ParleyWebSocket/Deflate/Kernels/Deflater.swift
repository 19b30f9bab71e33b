// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import CZlib
internal import NIOCore

/// Compresses messages one after the other (RFC 7692 section 7.2.1).
struct Deflater: ~Copyable {
    /// What zlib can keep in raw streams.
    static let windowBits = 9...15

    // zlib notes where the stream lies, so it must not be moved.
    private let stream: UnsafeMutablePointer<z_stream>
    private let forgetsContext: Bool

    /// Asks zlib for memory; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - windowBits: Out of ``windowBits``.
    ///   - settings: Level and memory level.
    ///   - forgetsContext: Whether a message may not refer to those before it.
    init?(windowBits: Int, settings: DeflateSettings, forgetsContext: Bool) {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let result = deflateInit2_(
            stream,
            CInt(settings.level),
            Z_DEFLATED,
            -CInt(windowBits),
            CInt(settings.memoryLevel),
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size)
        )
        guard result == Z_OK else {
            stream.deallocate()
            return nil
        }
        self.stream = stream
        self.forgetsContext = forgetsContext
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Appends the compressed form of a message to `output`.
    mutating func compress(_ message: ByteBuffer, to output: inout ByteBuffer) {
        guard message.readableBytes > 0 else {
            // zlib writes nothing for nothing: the first byte of an empty block (section 7.2.3.6).
            output.writeInteger(UInt8(0))
            return
        }
        message.withUnsafeReadableBytes { bytes in
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.room(for: bytes.count)) { room in
                    let count = UInt32(clamping: room.count)
                    stream.pointee.next_out = room.bindMemory(to: UInt8.self).baseAddress
                    stream.pointee.avail_out = count
                    deflate(stream, Z_SYNC_FLUSH)
                    return Int(count - stream.pointee.avail_out)
                }
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
        }
        // The end of the empty block that a flush writes, which is always the same, is not sent.
        output.moveWriterIndex(to: output.writerIndex - Inflater.tail.count)
        if forgetsContext { deflateReset(stream) }
    }

    /// Enough for a flush at any time, and for most messages at once.
    private static func room(for count: Int) -> Int { min(count, 16 * 1024) + 64 }
}
