// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import NIOCore
import ParleyEvents
import ParleyTestSupport
import ParleyTransport
import ParleyWebSocket
import Testing

/// A client of one dialect on a real socket; all that the server sends it is held to the dialect's schema.
struct RealtimeClient {
    let dialect: Dialect
    private let socket: WebSocketClient
    private var messages: WebSocketClient.Messages.Iterator
    private let schema: EventSchema

    /// Connects with the handshake of a dialect.
    ///
    /// - Parameters:
    ///   - dialect: Which.
    ///   - port: Of the server on this machine.
    ///   - query: Of the URL.
    ///   - key: Goes into a subprotocol, as web pages send it; without one the client is a program that needs none.
    /// - Throws: Why the connection was not opened.
    init(_ dialect: Dialect, port: Int, query: String = "model=gpt-realtime", key: String? = nil) async throws {
        self.dialect = dialect
        schema = try EventSchema.server(dialect)
        var options = ConnectOptions()
        // Other tests may hold up the server for long.
        options.connectTimeout = .minutes(5)
        if let key {
            options.subprotocols = ["realtime", "openai-insecure-api-key.\(key)"]
            options.requiresSubprotocol = true
            if dialect == .beta { options.subprotocols.append("openai-beta.realtime-v1") }
        } else if dialect == .beta {
            options.headers[try #require(HTTPField.Name("OpenAI-Beta"))] = "realtime=v1"
        }
        socket = try await WebSocketClient.connect(
            to: try WebSocketURL("ws://127.0.0.1:\(port)/v1/realtime?\(query)"),
            options: options,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        messages = socket.messages.makeAsyncIterator()
    }

    func send(_ event: JSONObject) async throws { try await socket.send(text: event.text) }

    /// Appends audio, as clients do it in pieces of 100 ms.
    func append(_ audio: ByteBuffer, _ format: AudioFormat = .pcm) async throws {
        var rest = audio
        let piece = 100 * format.bytesPerMillisecond
        while rest.readableBytes > 0 {
            let bytes = rest.readSlice(length: min(piece, rest.readableBytes)) ?? ByteBuffer()
            try await send(["type": "input_audio_buffer.append", "audio": .string(Base64.encode(bytes))])
        }
    }

    /// The next event.
    mutating func next() async throws -> JSONObject {
        let message = try #require(await messages.next(), "the connection is over")
        #expect(message.kind == .text)
        let event = try #require(try JSON(parsing: message.payload).objectValue)
        let problems = schema.problems(event)
        #expect(problems.isEmpty, "against the schema: \(problems) in \(event.text.prefix(600))")
        return event
    }

    /// The events up to and including the first of these types.
    mutating func events(through types: String...) async throws -> [JSONObject] {
        var events: [JSONObject] = []
        repeat { events.append(try await next()) } while !types.contains(events.last?["type"]?.stringValue ?? "")
        return events
    }

    /// How the server ends the connection; nothing may come before.
    mutating func end() async -> CloseSummary {
        let message = await messages.next()
        #expect(message == nil, "unexpected at the end")
        return await socket.closed()
    }

    /// Ends the connection.
    ///
    /// A question that can only be answered last shows that nothing else came before.
    mutating func finish() async throws {
        try await send(["type": "conversation.item.retrieve", "item_id": "none", "event_id": "last"])
        let answer = try await next()
        #expect(answer["error"]?["event_id"] == "last", "unexpected at the end: \(answer.text)")
        await socket.close()
    }
}
