// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
internal import ParleyWebSocket

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One end of a connection, in bytes and, if it is the server's, in frames.
package final class RawPeer {
    /// A frame as it came, its mask taken off.
    package struct Frame: Equatable {
        /// FIN, reserved bits and opcode.
        package let first: UInt8
        package let payload: [UInt8]

        package init(first: UInt8, payload: [UInt8]) {
            self.first = first
            self.payload = payload
        }

        /// A close frame.
        package static func close(_ code: UInt16, _ reason: String = "") -> Frame {
            Frame(first: 0x88, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
        }
    }

    private let channel: any Channel
    private var inbound: AsyncStream<ByteBuffer>.Iterator
    private var buffer = ByteBuffer()

    init(_ connection: RawConnection) {
        channel = connection.channel
        inbound = connection.bytes.makeAsyncIterator()
    }

    /// The client's end of a connection to a server of this machine, which stays open when the server ends its half.
    package static func connected(to port: Int) async throws -> RawPeer {
        RawPeer(try await RawConnection.to(port: port, staysOpen: true))
    }

    /// Stops reading from the socket, or goes on.
    package func pauseReading(_ isPaused: Bool) async throws {
        try await channel.setOption(.autoRead, value: !isPaused).get()
    }

    /// Ends both halves.
    package func close() async throws { try await channel.close() }

    package func write(_ text: String) async throws { try await write(Array(text.utf8)) }

    /// Writes bytes and waits until the socket has taken them.
    package func write(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Ends this side's half of the connection; the client's may go on.
    package func endOutput() async throws { try await channel.close(mode: .output) }

    /// Makes the end of the connection a reset.
    package func reset() async throws {
        guard let socket = channel as? any SocketOptionProvider else { return }
        try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close()
    }

    /// The lines of a request's head, the empty line left out.
    package func head() async throws -> [String] {
        let end = Array("\r\n\r\n".utf8)
        while true {
            let bytes = Array(buffer.readableBytesView)
            if let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) {
                buffer.moveReaderIndex(forwardBy: start + end.count)
                return String(decoding: bytes[..<start], as: UTF8.self).split(separator: "\r\n").map(String.init)
            }
            guard try await readMore() else { throw ChannelError.eof }
        }
    }

    /// The client's next frame, its mask taken off; nil when the client has ended its side.
    package func frame() async throws -> Frame? {
        guard let start = try await bytes(2) else { return nil }
        guard start[1] & 0x80 != 0 else { throw NotMasked() }
        var count = Int(start[1] & 0x7F)
        if count >= 126 {
            guard let long = try await bytes(count == 126 ? 2 : 8) else { return nil }
            count = long.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let key = try await bytes(4), let masked = try await bytes(count) else { return nil }
        return Frame(first: start[0], payload: masked.enumerated().map { $0.element ^ key[$0.offset % 4] })
    }

    package struct NotMasked: Error {}

    /// The bytes the client sends until it ends its side.
    package func untilEnd() async throws -> [UInt8] {
        while try await readMore() {}
        return buffer.readBytes(length: buffer.readableBytes) ?? []
    }

    /// Bytes as they come, nil at the end.
    package func some() async throws -> ByteBuffer? {
        if buffer.readableBytes == 0, try await !readMore() { return nil }
        return buffer.readSlice(length: buffer.readableBytes)
    }

    /// Passes bytes on to another server of this machine and back, until both have ended.
    package func relay(to port: Int) async throws {
        let other = try await RawConnection.to(port: port)
        let channel = channel
        async let back: Void = {
            for await bytes in other.bytes { try await channel.writeAndFlush(bytes) }
            try await channel.close(mode: .output)
        }()
        while let bytes = try await some() { try await other.channel.writeAndFlush(bytes) }
        try await other.channel.close(mode: .output)
        try await back
    }

    /// Reads the request and opens the WebSocket, with `bytes` in the segment of the 101.
    @discardableResult
    package func open(fields: [String] = [], then bytes: [UInt8] = []) async throws -> [String] {
        let head = try await head()
        try await write(Array(Self.answer(to: head, fields: fields).utf8) + bytes)
        return head
    }

    /// Waits for the client's close frame and answers it.
    @discardableResult
    package func answerClose() async throws -> Frame? {
        while let frame = try await frame() {
            guard frame.first == 0x88 else { continue }
            try await write(Self.bytes(frame.first, frame.payload))
            return frame
        }
        return nil
    }

    package static func answer(to head: [String], fields: [String] = []) -> String {
        let lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(accept(for: head))",
        ]
        return (lines + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }

    package static func accept(for head: [String]) -> String {
        AcceptKey.value(for: value(of: "Sec-WebSocket-Key", in: head) ?? "")
    }

    package static func value(of name: String, in head: [String]) -> String? {
        head.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
    }

    /// A frame as a server writes it.
    package static func bytes(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] =
            count < 126
            ? [UInt8(count)]
            : [127] + (0..<8).reversed().map { UInt8(truncatingIfNeeded: UInt64(count) >> (8 * UInt64($0))) }
        // Lengths that fit 16 bits must be written so (RFC 6455 section 5.2).
        let shortest = (126...0xFFFF).contains(count) ? [126, UInt8(count >> 8), UInt8(count & 0xFF)] : length
        return [first] + shortest + payload
    }

    package static func text(_ text: String) -> [UInt8] { bytes(0x81, Array(text.utf8)) }

    /// Exactly `count` bytes, nil when the client ends before.
    package func bytes(_ count: Int) async throws -> [UInt8]? {
        while buffer.readableBytes < count {
            guard try await readMore() else { return nil }
        }
        return buffer.readBytes(length: count)
    }

    private func readMore() async throws -> Bool {
        guard var more = await inbound.next(isolation: #isolation) else { return false }
        buffer.writeBuffer(&more)
        return true
    }
}
