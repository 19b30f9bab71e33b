// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Reads the head of the first request of a connection, without I/O (RFC 9112).
///
/// Bytes go in as they come, and a head comes out when its last byte has. It is strict: what RFC 9112 lets a server
/// repair is refused, so that no proxy in front can have read the bytes otherwise. What follows a head, a body or
/// frames, is left alone. It takes linear time however the bytes are cut, and holds no more than the limits allow
/// and one read.
package struct RequestHeadReader: Sendable {
    /// How large a head may be.
    package struct Limits: Sendable, Equatable {
        /// Most bytes of a head, the lines' ends included; default 32 KiB.
        package var bytes: Int
        /// Most field lines; default 200.
        package var fields: Int
        /// Most bytes of a request line without its end; default 16 KiB, and never more than ``bytes``.
        ///
        /// RFC 9112 section 3 asks for 8,000 at least.
        package var requestLine: Int

        package init(bytes: Int = 32 * 1024, fields: Int = 200, requestLine: Int = 16 * 1024) {
            self.bytes = bytes
            self.fields = fields
            self.requestLine = requestLine
        }
    }

    private let limits: Limits
    /// Everything received; the reader index stays at the first byte.
    private var buffer = ByteBuffer()
    /// Bytes of lines that were read.
    private var consumed = 0
    /// Bytes that were searched for the end of the line that follows them.
    private var searched = 0
    private var parser = RequestHeadParser()

    /// A reader that has read nothing.
    package init(limits: Limits = Limits()) { self.limits = limits }

    /// Everything that was received, from the first byte on.
    package var received: ByteBuffer { buffer }

    /// What was received behind the head, once there is one.
    package var rest: ByteBuffer {
        buffer.getSlice(at: buffer.readerIndex + consumed, length: buffer.readableBytes - consumed) ?? ByteBuffer()
    }

    /// Bytes came from the peer.
    ///
    /// Not to be called any more after a head or a fault.
    ///
    /// - Parameter bytes: Of any length.
    /// - Returns: The head, when its last byte is among them.
    /// - Throws: What is wrong with the bytes so far.
    package mutating func received(_ bytes: ByteBuffer) throws(RequestHeadFault) -> RequestHead? {
        if buffer.readableBytes == 0 { buffer = bytes } else { buffer.writeImmutableBuffer(bytes) }
        let whole = buffer
        let all = whole.readableBytesUInt8Span
        while searched < all.count, searched < limits.bytes {
            let byte = all[searched]
            searched += 1
            if byte != UInt8(ascii: "\n") { continue }
            if !parser.hasRequestLine { try checkRequestLine(all.extracting(consumed..<(searched - 1))) }
            let end = searched - 2
            guard end >= consumed, all[end] == UInt8(ascii: "\r") else { throw .lineEndingMalformed }
            let line = all.extracting(consumed..<end)
            consumed = searched
            guard try parser.received(line) else {
                if parser.fieldCount > limits.fields { throw .tooManyFields }
                continue
            }
            return try parser.head()
        }
        if !parser.hasRequestLine {
            // What is no HTTP is not waited for until a line of it ends.
            try checkRequestLine(all.extracting(consumed..<searched))
        }
        if searched >= limits.bytes { throw .headTooLarge }
        return nil
    }

    /// Finds the fault that was to be found first if the request line so far had come byte by byte.
    private func checkRequestLine(_ line: Span<UInt8>) throws(RequestHeadFault) {
        // The last byte may be the beginning of the line's end.
        let most = limits.requestLine < line.count ? limits.requestLine + 1 : line.count
        try RequestHeadParser.checkBeginning(of: line.extracting(first: most))
        if line.count > most { throw .requestLineTooLong }
    }
}
