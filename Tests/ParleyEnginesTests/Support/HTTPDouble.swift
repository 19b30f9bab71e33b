// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import ParleyEngines

/// A server of the HTTP API on a port of this machine that says exactly what a test wants, byte by byte.
struct HTTPDouble {
    /// What a client asked.
    struct Request: Sendable, Equatable {
        var method: String
        var target: String
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]
        /// How many requests came before, on any connection.
        var number: Int

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What the double does next on the connection.
    enum Step: Sendable {
        /// Sends these bytes.
        case send([UInt8])
        /// Sends that over and over until the client has gone.
        case sendUntilClosed(String)
        /// Waits for a gate to open.
        case pass(Gate)
        /// Waits until the client has gone.
        case waitUntilClosed
        /// Closes the connection.
        case close

        static func send(_ text: String) -> Step { .send(Array(text.utf8)) }
    }

    /// What the double has seen.
    actor Log {
        private(set) var requests: [Request] = []
        private(set) var connections = 0
        private(set) var closed = 0
        private var waiting: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

        func add(_ request: Request) -> Request {
            var request = request
            request.number = requests.count
            requests.append(request)
            return request
        }

        func connectionOpened() { connections += 1 }

        func connectionClosed() {
            closed += 1
            for waiter in waiting where waiter.count <= closed { waiter.continuation.resume() }
            waiting.removeAll { $0.count <= closed }
        }

        /// Waits until that many connections were closed, by whomever.
        func waitForClosed(_ count: Int = 1) async {
            if closed < count { await withCheckedContinuation { waiting.append((count, $0)) } }
        }
    }

    let port: Int
    let log = Log()

    var url: String { "http://127.0.0.1:\(port)" }
    func address(model: String? = "test-model") throws -> BackendAddress {
        try BackendAddress(model.map { "\(url)#\($0)" } ?? url)
    }

    /// Serves while `body` runs, answering each request by what `answer` says.
    static func serving<Value: Sendable>(
        _ answer: @escaping @Sendable (Request) async -> [Step],
        _ body: (HTTPDouble) async throws -> Value
    ) async throws -> Value {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let double = HTTPDouble(port: server.channel.localAddress?.port ?? 0)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await double.serve(connection, answer) }
                        }
                    }
                }
            }
            let value = try await body(double)
            group.cancelAll()
            return value
        }
    }

    private func serve(
        _ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>,
        _ answer: @Sendable (Request) async -> [Step]
    ) async throws {
        let log = log
        await log.connectionOpened()
        connection.channel.closeFuture.whenComplete { _ in Task { await log.connectionClosed() } }
        try await connection.executeThenClose { inbound, outbound in
            var received: [UInt8] = []
            for try await bytes in inbound {
                received.append(contentsOf: bytes.readableBytesView)
                while let request = Self.takeRequest(from: &received) {
                    for step in await answer(await log.add(request)) {
                        switch step {
                        case .send(let bytes): try await outbound.write(ByteBuffer(bytes: bytes))
                        case .sendUntilClosed(let text):
                            while true { try await outbound.write(ByteBuffer(string: text)) }
                        case .pass(let gate): await gate.pass()
                        case .waitUntilClosed: try await connection.channel.closeFuture.get()
                        case .close: return
                        }
                    }
                }
            }
        }
    }

    private static func takeRequest(from bytes: inout [UInt8]) -> Request? {
        guard let headEnd = bytes.indices.first(where: { bytes[$0...].starts(with: "\r\n\r\n".utf8) }) else {
            return nil
        }
        let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let pieces = line.split(separator: ":", maxSplits: 1)
            headers[pieces[0].lowercased()] = String(pieces[1].drop { $0 == " " })
        }
        let length = Int(headers["content-length"] ?? "0") ?? 0
        let bodyStart = headEnd + 4
        guard bytes.count >= bodyStart + length else { return nil }
        let body = Array(bytes[bodyStart..<bodyStart + length])
        bytes.removeFirst(bodyStart + length)
        return Request(method: words[0], target: words[1], headers: headers, body: body, number: 0)
    }
}

extension [HTTPDouble.Step] {
    /// A whole answer.
    static func answer(
        _ body: String,
        status: String = "200 OK",
        type: String = "application/json"
    ) -> [HTTPDouble.Step] { answer([UInt8](body.utf8), status: status, type: type) }

    /// A whole answer.
    static func answer(_ body: [UInt8], status: String = "200 OK", type: String) -> [HTTPDouble.Step] {
        let head = "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\r\n"
        return [.send(head), .send(body)]
    }

    /// The beginning of an answer in chunks.
    static func head(_ type: String) -> [HTTPDouble.Step] {
        [.send("HTTP/1.1 200 OK\r\nContent-Type: \(type)\r\nTransfer-Encoding: chunked\r\n\r\n")]
    }

    /// A chunk of a body.
    static func chunk(_ bytes: [UInt8]) -> [HTTPDouble.Step] {
        [.send([UInt8]("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [UInt8]("\r\n".utf8))]
    }

    /// The end of an answer in chunks.
    static var end: [HTTPDouble.Step] { [.send("0\r\n\r\n")] }

    /// Events of a stream, without its end.
    static func events(_ data: [String]) -> [HTTPDouble.Step] {
        head("text/event-stream") + data.flatMap { chunk([UInt8]("data: \($0)\n\n".utf8)) }
    }

    /// A chat completion that says these words and ends well.
    static func chat(_ words: String..., usage: String? = nil) -> [HTTPDouble.Step] {
        var data = [#"{"choices":[{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":null}}]}"#]
        data += words.map { #"{"choices":[{"index":0,"finish_reason":null,"delta":{"content":"\#($0)"}}]}"# }
        data.append(#"{"choices":[{"index":0,"finish_reason":"stop","delta":{}}]}"#)
        if let usage { data.append(#"{"choices":[],"usage":\#(usage)}"#) }
        return events(data + ["[DONE]"]) + end
    }
}
