// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import NIOCore
import ParleyTestPeers
import ParleyWebSocket
import Testing

@testable import ParleyTransport

@Suite("A WebSocket on a socket of our own")
struct SocketEchoTests {
    private final class Echo: WebSocketDelegate {
        private var socket: WebSocketChannelHandler?

        func opened(_ socket: WebSocketChannelHandler) { self.socket = socket }
        func received(_ message: Message) { socket?.send(message.kind, payload: message.payload) }
        func becameWritable() {}
        func shouldDrain() {}
        func closed(_ summary: CloseSummary) { socket = nil }
    }

    /// A server that sends every message back.
    private static func server() async throws -> SocketServer {
        try await SocketServer { channel in
            let limits = ConnectionLimits(maxFrameBytes: 1 << 26, maxMessageBytes: 1 << 26)
            let socket = WebSocketChannelHandler(
                ConnectionMachine(role: .server, limits: limits, now: .now()),
                delegate: Echo(),
                isSecure: false
            )
            try channel.pipeline.syncOperations.addHandler(socket)
            socket.open(answer: ByteBuffer(string: "open"), isFirst: true)
            socket.othersLeft()
        }
    }

    /// A binary frame as a client writes it, with a mask of zeros.
    private static func frame(_ payload: [UInt8]) -> [UInt8] {
        var bytes = RawPeer.bytes(0x82, payload)
        bytes[1] |= 0x80
        bytes.insert(contentsOf: [0, 0, 0, 0], at: bytes.count - payload.count)
        return bytes
    }

    private static func payload(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } }

    @Test("sends back messages of all sizes", arguments: [0, 125, 126, 16_383, 16_384, 65_535, 65_536, 300_000])
    func sizes(count: Int) async throws {
        let server = try await Self.server()
        let client = try await RawPeer.connected(to: server.port)
        #expect(try await client.bytes(4) == Array("open".utf8))
        let payload = Self.payload(count)
        // Small ones in front are sent with it, and one behind comes after it.
        try await client.write(Self.frame([1]) + Self.frame(payload) + Self.frame([2]))
        let expected = RawPeer.bytes(0x82, [1]) + RawPeer.bytes(0x82, payload) + RawPeer.bytes(0x82, [2])
        #expect(try await client.bytes(expected.count) == expected)
        try await client.close()
        try await server.close()
    }

    @Test("keeps what a client that reads late has not taken")
    func slowReader() async throws {
        let server = try await Self.server()
        let client = try await RawPeer.connected(to: server.port)
        #expect(try await client.bytes(4) == Array("open".utf8))
        try await client.pauseReading(true)
        // More than the system's buffers hold.
        let payload = Self.payload(1 << 25)
        try await client.write(Self.frame(payload))
        try await client.pauseReading(false)
        let expected = RawPeer.bytes(0x82, payload)
        #expect(try await client.bytes(expected.count) == expected)
        try await client.close()
        try await server.close()
    }
}
#endif
