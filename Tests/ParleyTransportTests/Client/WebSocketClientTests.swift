// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyTestPeers
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("An open WebSocket of a client", .timeLimit(.minutes(1)))
struct WebSocketClientTests {
    /// Sends every data frame back until the client closes.
    private static func echo(_ peer: RawPeer) async throws {
        try await peer.open()
        while let frame = try await peer.frame() {
            try await peer.write(RawPeer.bytes(frame.first, frame.payload))
            if frame.first == 0x88 { return }
        }
    }

    @Test("Messages of every length come back as they were", arguments: [0, 1, 125, 126, 65_535, 65_536, 1_000_000])
    func echo(count: Int) async throws {
        try await RawServer.run(serve: Self.echo) { port in
            let client = try await connect(local(port))
            let messages = client.messages.makeAsyncIterator()
            let payload = ByteBuffer(bytes: (0..<count).map { UInt8(truncatingIfNeeded: $0 % 251) })
            try await client.send(.binary, payload)
            #expect(await messages.next() == Message(kind: .binary, payload: payload))
            try await client.send(text: String(repeating: "ä", count: count / 2))
            let text = await messages.next()
            #expect(text?.kind == .text)
            #expect(text?.payload.readableBytes == count / 2 * 2)
            #expect(await client.close().wasClean)
        }
    }

    @Test("A message in fragments with a ping between them is joined, and the ping answered")
    func fragments() async throws {
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 300_000)
        try await RawServer.run { peer in
            try await peer.open()
            try await peer.write(RawPeer.bytes(0x01, piece) + RawPeer.bytes(0x89, [7, 8]))
            #expect(try await peer.frame() == .init(first: 0x8A, payload: [7, 8]))
            try await peer.write(RawPeer.bytes(0x00, piece) + RawPeer.bytes(0x80, piece))
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port))
            let messages = client.messages.makeAsyncIterator()
            let message = await messages.next()
            #expect(message?.kind == .text)
            #expect(message?.payload == ByteBuffer(bytes: piece + piece + piece))
            await client.close()
        }
    }

    @Test("Frames are masked with the generator's keys")
    func masking() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            #expect(try await peer.bytes(8) == [0x82, 0x82, 1, 2, 3, 4, 1, 2])
            try await peer.answerClose()
        } body: { port in
            let client = try await connect(local(port), options { $0.maskingKey = { 0x0102_0304 } })
            try await client.send(.binary, ByteBuffer(bytes: [0, 0]))
            let summary = await client.close(.goingAway)
            #expect(summary.initiator == .us)
        }
    }

    @Test("A close says its code and reason and waits for the server's end")
    func closes() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            #expect(try await peer.answerClose() == .close(4001, "enough"))
        } body: { port in
            let client = try await connect(local(port))
            let summary = await client.close(CloseCode(rawValue: 4001), reason: "enough")
            #expect(
                summary
                    == CloseSummary(
                        code: CloseCode(rawValue: 4001),
                        reason: "enough",
                        initiator: .us,
                        wasClean: true
                    )
            )
            #expect(await client.closed() == summary)
            #expect(await client.close() == summary)
            let messages = client.messages.makeAsyncIterator()
            #expect(await messages.next() == nil)
            await #expect(throws: SendFailure.closed(summary)) { try await client.send(text: "late") }
        }
    }

    @Test("The server's close ends the messages, and is answered with its code")
    func closedByServer() async throws {
        let answered = Signal()
        try await RawServer.run { peer in
            try await peer.open()
            try await peer.write(RawPeer.text("last") + RawPeer.bytes(0x88, [0x03, 0xE9] + Array("bye".utf8)))
            #expect(try await peer.frame() == .close(1001))
            answered.raise()
        } body: { port in
            let client = try await connect(local(port))
            var texts: [String] = []
            for await message in client.messages { texts.append(String(buffer: message.payload)) }
            #expect(texts == ["last"])
            let summary = await client.closed()
            #expect(summary == CloseSummary(code: .goingAway, reason: "bye", initiator: .peer, wasClean: true))
            await answered.wait()
        }
    }

    @Test("An end without a close frame is reported as such", arguments: [false, true])
    func breaks(byReset isReset: Bool) async throws {
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.text("x"))
            // The reset must not overtake the answer.
            _ = try await peer.frame()
            if isReset { try await peer.reset() }
        } body: { port in
            let client = try await connect(local(port))
            try await client.send(text: "read everything")
            let summary = await client.closed()
            #expect(summary == CloseSummary(code: nil, reason: "", initiator: .transport, wasClean: false))
            let messages = client.messages.makeAsyncIterator()
            #expect(await messages.next().map { String(buffer: $0.payload) } == "x")
            #expect(await messages.next() == nil)
        }
    }

    @Test(
        "A frame against the protocol ends the connection with its code",
        arguments: [
            ([0x81, 0x81, 1, 2, 3, 4, 0x60], UInt16(1002)),
            ([0xC1, 0x00], 1002),
            ([0x83, 0x00], 1002),
            ([0x80, 0x00], 1002),
            ([0x81, 0x01, 0xFF], 1007),
            ([0x82, 0x7F, 0, 0, 0, 1, 0, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)]
    )
    func violation(_ frame: [UInt8], code: UInt16) async throws {
        try await RawServer.run { peer in
            try await peer.open(then: frame)
            let close = try await peer.frame()
            #expect(close?.first == 0x88)
            #expect(close?.payload.prefix(2) == [UInt8(code >> 8), UInt8(code & 0xFF)])
        } body: { port in
            let client = try await connect(local(port))
            let summary = await client.closed()
            #expect(summary.code == CloseCode(rawValue: code))
            #expect(summary.initiator == .us)
            #expect(summary.violation != nil)
        }
    }

    @Test("A server that does not answer the close is given up")
    func closeUnanswered() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            _ = try await peer.untilEnd()
        } body: { port in
            let client = try await connect(local(port), options { $0.limits.closeTimeout = .milliseconds(50) })
            let summary = await client.close()
            #expect(summary.code == .normalClosure)
            #expect(!summary.wasClean)
        }
    }

    @Test("A server that answers the close and keeps TCP is given up, and the close was clean")
    func serverKeepsTCP() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            try await peer.answerClose()
            _ = try await peer.untilEnd()
        } body: { port in
            // Long enough for the answer to come on a machine that is busy with all other tests.
            let client = try await connect(local(port), options { $0.limits.closeTimeout = .seconds(10) })
            #expect(await client.close().wasClean)
        }
    }

    @Test("Cancelling the reader closes the connection")
    func readerCancelled() async throws {
        let opened = Signal()
        let left = Signal()
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.text("x"))
            #expect(try await peer.answerClose() == .close(1001))
            left.raise()
        } body: { port in
            let client = try await connect(local(port))
            let reader = Task {
                var count = 0
                for await _ in client.messages {
                    count += 1
                    opened.raise()
                }
                return count
            }
            await opened.wait()
            reader.cancel()
            #expect(await reader.value == 1)
            await left.wait()
            let summary = await client.closed()
            #expect(summary == CloseSummary(code: .goingAway, reason: "", initiator: .us, wasClean: true))
        }
    }

    @Test("Cancelling a task that waits for the end brings it about")
    func waiterCancelled() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            #expect(try await peer.answerClose() == .close(1001))
        } body: { port in
            let client = try await connect(local(port))
            let waiter = Task { await client.closed() }
            waiter.cancel()
            #expect(await waiter.value.code == .goingAway)
        }
    }

    @Test("A client nobody refers to closes; its messages refer to it")
    func dropped() async throws {
        let left = Signal()
        try await RawServer.run { peer in
            try await peer.open(then: RawPeer.text("x"))
            #expect(try await peer.answerClose() == .close(1001))
            left.raise()
        } body: { port in
            do {
                let messages = try await connect(local(port)).messages
                let first = messages.makeAsyncIterator()
                #expect(await first.next()?.payload == ByteBuffer(string: "x"))
            }
            await left.wait()
        }
    }

    @Test("A server that floods a slow reader is read to the end and in order")
    func flood() async throws {
        let count = 3_000
        let filler = [UInt8](repeating: 0, count: 20_000)
        try await RawServer.run { peer in
            try await peer.open()
            for index in 0..<count {
                try await peer.write(RawPeer.bytes(0x82, [UInt8(index >> 8), UInt8(index & 0xFF)] + filler))
            }
            try await peer.write(RawPeer.bytes(0x88, [0x03, 0xE8]))
            _ = try await peer.frame()
        } body: { port in
            let options = options { $0.bufferLimits = .init(messages: 4, bytes: 100_000) }
            let client = try await connect(local(port), options)
            var next = 0
            for await message in client.messages {
                #expect(message.payload.getInteger(at: message.payload.readerIndex, as: UInt16.self) == UInt16(next))
                next += 1
                await Task.yield()
            }
            #expect(next == count)
            #expect(await client.closed().wasClean)
        }
    }

    @Test("A close is seen also behind more messages than are buffered")
    func closeBehindFullBuffer() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            for _ in 0..<50 { try await peer.write(RawPeer.bytes(0x82, [UInt8](repeating: 0, count: 100_000))) }
            try await peer.answerClose()
        } body: { port in
            let options = options {
                $0.bufferLimits = .init(messages: 1)
                $0.limits.closeTimeout = .seconds(20)
            }
            let client = try await connect(local(port), options)
            #expect(await client.close().wasClean)
        }
    }

    @Test("A silent server is pinged, and lost when it does not answer")
    func keepAlive() async throws {
        try await RawServer.run { peer in
            try await peer.open()
            #expect(try await peer.frame() == .init(first: 0x89, payload: []))
            #expect(try await peer.frame() == .close(1011, "ping timeout"))
        } body: { port in
            let options = options {
                $0.limits.pingInterval = .milliseconds(50)
                $0.limits.pongTimeout = .milliseconds(50)
            }
            let client = try await connect(local(port), options)
            let summary = await client.closed()
            #expect(summary.code == .internalError)
            #expect(summary.reason == "ping timeout")
        }
    }
}
