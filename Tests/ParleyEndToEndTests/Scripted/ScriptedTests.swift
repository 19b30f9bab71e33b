// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import NIOCore
import ParleyEngines
import ParleyEvents
import ParleyServer
import ParleyTransport
import ParleyWebSocket
import Testing

@Suite("A mock over a socket")
struct ScriptedTests {
    private static let script = """
        transcripts: [where is order 42]
        rules:
          - match: 'order (?<id>\\d+)'
            do:
              - call: {name: find_order, arguments: {id: '{id}'}}
              - expect: '(?<state>shipped|lost)'
              - say: 'Order {id} is {state}.'
          - hear: bye
            do: [{say: So long.}, {disconnect: {code: 4001, reason: bye}}]
          - hear: fail
            fail: {code: c, message: m}
          - hear: any
            say: [Hello there., I am a mock.]
        """

    /// What a client sends, each event after the one that it waits for.
    private static let steps: [(JSONObject, until: String)] = [
        (
            [
                "type": "session.update",
                "session": [
                    "type": "realtime", "tools": [["type": "function", "name": "find_order"]],
                    "audio": [
                        "input": ["turn_detection": nil, "transcription": ["model": "whisper-1"]]
                    ],
                ],
            ], "session.updated"
        ),
        (["type": "response.create"], "response.done"),
        (
            [
                "type": "input_audio_buffer.append",
                "audio": .string(Base64.encode(ByteBuffer(repeating: 0, count: 9_600))),
            ], ""
        ),
        (["type": "input_audio_buffer.commit"], ""),
        (["type": "response.create"], "response.done"),
        (
            [
                "type": "conversation.item.create",
                "item": ["type": "function_call_output", "call_id": "CALL", "output": "it was shipped"],
            ], "conversation.item.done"
        ),
        (["type": "response.create"], "response.done"),
        (message("fail"), "conversation.item.done"),
        (["type": "response.create", "response": ["output_modalities": ["text"]]], "response.done"),
        (message("bye"), "conversation.item.done"),
        (["type": "response.create"], "END"),
    ]

    private static func message(_ text: String) -> JSONObject {
        [
            "type": "conversation.item.create",
            "item": ["type": "message", "role": "user", "content": [["type": "input_text", "text": .string(text)]]],
        ]
    }

    /// Everything that a session got, byte for byte.
    private static func transcript(port: Int) async throws -> [String] {
        let socket = try await WebSocketClient.connect(
            to: try WebSocketURL("ws://127.0.0.1:\(port)/v1/realtime?model=m"),
            options: ConnectOptions(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let messages = socket.messages.makeAsyncIterator()
        var got: [String] = []
        var callID = ""
        func read(until type: String) async throws {
            while let message = await messages.next() {
                let event = try JSON(parsing: message.payload)
                got.append(String(buffer: message.payload))
                if let id = event["call_id"]?.stringValue { callID = id }
                if event["type"]?.stringValue == type { return }
            }
        }
        try await read(until: "session.created")
        for (event, until) in steps {
            try await socket.send(text: event.text.replacing("CALL", with: callID))
            if !until.isEmpty { try await read(until: until) }
        }
        let end = await socket.closed()
        return got + ["\(end.code?.rawValue ?? 0) \(end.reason)"]
    }

    private static func run(_ seed: UInt64?) async throws -> [[String]] {
        let file = FileManager.default.temporaryDirectory.appending(path: "parley-\(UUID().uuidString).yaml")
        try script.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        var configuration = ServerConfiguration()
        configuration.engine = .scripted
        configuration.scripted = ScriptedSettings(file: file.path(percentEncoded: false), seed: seed)
        return try await RunningServer.serving(nil, configuration: configuration) { port in
            [try await transcript(port: port), try await transcript(port: port)]
        }
    }

    @Test("says the same with the same seed, byte for byte, in every run and every session", .timeLimit(.minutes(5)))
    func seeded() async throws {
        let first = try await Self.run(7)
        let second = try await Self.run(7)
        #expect(first[0] == second[0] && first[0] == first[1])
        #expect(first[0].count > 60)
        #expect(first[0].last == "4001 bye")
        #expect(first[0].first?.contains(#""expires_at":1767229200"#) == true)
        let said = first[0].joined()
        #expect(said.contains("Order 42 is shipped.") && said.contains("Hello there."))
        #expect(said.contains("where is order 42") && said.contains(#""status":"failed""#))
    }

    @Test("has ids of its own in each session without a seed, and others with another seed", .timeLimit(.minutes(5)))
    func unseeded() async throws {
        let unseeded = try await Self.run(nil)
        #expect(unseeded[0][0] != unseeded[1][0] && unseeded[0].count == unseeded[1].count)
        #expect(try await Self.run(8)[0][0] != Self.run(7)[0][0])
    }
}
