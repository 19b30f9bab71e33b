// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyDiagnosis
import ParleyDoctor
import Testing

@Suite("The tap")
struct TapTests {
    private static let secret = "planted.Secret-0123456789"
    private static let head = Array(
        """
        GET /chat HTTP/1.1\r\nHost: tap\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\
        Authorization: Bearer \(secret)\r\n\r\n
        """
        .utf8
    )
    private static let answer = Array(
        """
        HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
        """
        .utf8
    )

    /// Taps one connection; gives back what was recorded and told.
    private static func tapping(
        _ options: TapOptions = TapOptions(),
        reads: Bool = true,
        _ body: @Sendable (Peer, Peer) async throws -> Void
    ) async throws -> (TappedConnection, [TapNews]) {
        let (listener, port, peers) = try await Peer.listen(reads: reads)
        let (connections, ended) = AsyncStream<TappedConnection>.makeStream()
        let (news, told) = AsyncStream<TapNews>.makeStream()
        try await Tap(Question(url: "ws://127.0.0.1:\(port)/chat"), options: options)
            .run {
                told.yield($0)
            } ended: {
                ended.yield($0)
            } body: { address in
                let tapPort = try #require(address.split(separator: ":").last.flatMap { Int($0) })
                let client = try await Peer.connect(to: tapPort)
                let server = try #require(await peers.first)
                try await body(client, server)
                try? await client.channel.close()
                try? await server.channel.close()
            }
        try await listener.close()
        told.finish()
        var lines: [TapNews] = []
        for await line in news { lines.append(line) }
        return (try #require(await connections.first), lines)
    }

    @Test("passes bytes on as they are, however they are cut, and tells nothing secret", arguments: [1, 5, 10_000])
    func unchanged(size: Int) async throws {
        let bytes = (0..<3_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let (connection, news) = try await Self.tapping { client, server in
            for start in stride(from: 0, to: Self.head.count, by: size) {
                try await client.write(Array(Self.head[start...].prefix(size)))
            }
            #expect(await server.read(Self.head.count) == Self.head)
            try await server.write(Self.answer + bytes)
            #expect(await client.read(Self.answer.count + bytes.count) == Self.answer + bytes)
            try await client.write(bytes)
            #expect(await server.read(bytes.count) == bytes)
        }
        #expect(connection.records.first?.response?.status == 101)
        #expect(!"\(connection.records) \(news)".contains(Self.secret))
        #expect(news.first?.line == "> GET /chat HTTP/1.1")
    }

    @Test("puts the server's name into Host when asked to")
    func host() async throws {
        var options = TapOptions()
        options.rewritesHost = true
        let (connection, _) = try await Self.tapping(options) { client, server in
            try await client.write(Self.head)
            let port = try #require(server.channel.localAddress?.port)
            let seen = String(decoding: await server.read(Self.head.count), as: UTF8.self)
            #expect(seen.contains("\r\nHost: 127.0.0.1:\(port)\r\n"))
        }
        // What is recorded is what the client sent.
        #expect(connection.records.first?.request?.headers.first("Host") == "tap")
    }

    @Test("passes half an end on, and what still comes from the other side")
    func halfEnd() async throws {
        let (connection, _) = try await Self.tapping { client, server in
            try await client.write(Self.head)
            try await client.endOutput()
            let (bytes, end) = await server.untilEnd()
            #expect(bytes == Self.head)
            #expect(end == .halfEnd)
            try await server.write(Self.answer)
            try await server.endOutput()
            #expect(await client.untilEnd().bytes == Self.answer)
        }
        #expect(connection.records.first?.clientEnd?.kind == .closed)
        #expect(connection.records.first?.serverEnd == nil)
    }

    @Test("passes a reset on, and says whose it was")
    func reset() async throws {
        let (connection, _) = try await Self.tapping { client, server in
            try await client.write(Self.head)
            _ = await server.read(Self.head.count)
            try await server.reset()
            #expect(await client.untilEnd().end == .reset)
        }
        #expect(connection.records.first?.serverEnd?.kind == .reset)
    }

    @Test("says that the server cannot be reached, with what the client wanted")
    func unreachable() async throws {
        let (listener, port, _) = try await Peer.listen()
        try await listener.close()
        let (connections, ended) = AsyncStream<TappedConnection>.makeStream()
        try await Tap(Question(url: "ws://127.0.0.1:\(port)/chat"))
            .run(ended: { ended.yield($0) }) { address in
                let client = try await Peer.connect(
                    to: try #require(address.split(separator: ":").last.flatMap { Int($0) })
                )
                try await client.write(Self.head)
                _ = await client.untilEnd()
            }
        let record = try #require(await connections.first?.records.first)
        #expect(record.upstreamFailure?.tcp?.result == .refused)
        #expect(record.request?.target == "/chat")
        var log = ClientLog(Question(url: "ws://127.0.0.1:\(port)/chat"))
        #expect(log.add(record, .tap)?.cause?.causeID == "net-refused")
    }

    @Test("goes on when a side reads again that did not")
    func slowReader() async throws {
        // More than the buffers of four sockets hold.
        let flood = [UInt8](repeating: 0x20, count: 64 << 20)
        _ = try await Self.tapping(reads: false) { client, server in
            try await client.write(Self.head)
            let written = client.channel.eventLoop.makePromise(of: Void.self)
            client.channel.writeAndFlush(ByteBuffer(bytes: flood), promise: written)
            try await server.channel.setOption(.autoRead, value: true).get()
            let read = await server.read(Self.head.count + flood.count)
            #expect(read.count == Self.head.count + flood.count)
            try await written.futureResult.get()
        }
    }

    @Test("tells an address that cannot be listened on")
    func occupied() async throws {
        let (listener, port, _) = try await Peer.listen()
        var options = TapOptions()
        options.port = port
        await #expect(throws: ListenFailure.self) {
            try await Tap(Question(url: "ws://127.0.0.1:1/"), options: options).run(ended: { _ in }) { _ in }
        }
        try await listener.close()
    }
}
