// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyEngines
import ParleyEvents
import ParleyServer
import Testing

@testable import ParleyClient

@Suite("A client with a server")
struct ClientTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func client(
        _ port: Int,
        _ dialect: Dialect = .ga,
        tools: [ClientTool] = [],
        settings: SessionSettings = SessionSettings()
    ) -> RealtimeClient {
        var configuration = ClientConfiguration(url: "ws://127.0.0.1:\(port)", dialect: dialect)
        configuration.carrier = dialect == .beta ? .subprotocols : .headers
        return RealtimeClient(configuration, settings: settings, tools: tools, logger: Self.quiet)
    }

    private static func text() -> SessionSettings {
        var settings = SessionSettings()
        settings.outputModality = .text
        return settings
    }

    @Test("writes, and reads the answer", arguments: Dialect.allCases)
    func typedTurn(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect, settings: Self.text())
            try await client.connect()
            async let response = client.nextResponse(within: .seconds(60))
            await client.untilAwaited()
            try await client.sendMessage("Hello")
            #expect(try await response.status == .completed)
            let entries = await client.conversation.entries
            #expect(entries.map(\.role) == [.user, .assistant])
            #expect(entries.first?.text == "Hello")
            #expect(entries.last?.text.isEmpty == false)
            #expect(await client.disconnect().code == 1000)
        }
    }

    @Test("who connects at the same time shares the connection")
    func connectsTogether() async throws {
        try await TestServer.serving { port in
            let client = client(port, settings: Self.text())
            try await withThrowingTaskGroup(of: Response.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await client.connect()
                        return try await client.sendMessage("Hello").value(within: .seconds(60))
                    }
                }
                for try await response in group { #expect(response.status == .completed) }
            }
            #expect(await client.conversation.count == 6)
            await client.disconnect()
        }
    }

    @Test("a second question waits for the first answer", arguments: Dialect.allCases)
    func questionsInARow(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect, settings: Self.text())
            try await client.connect()
            var updates = await client.updates().makeAsyncIterator()
            for _ in 0..<3 { try await client.sendMessage("Hello") }
            var ended = 0
            while ended < 3, let update = try await updates.next() {
                guard case .event(let received) = update else { continue }
                if case .responseDone(let response) = received.event {
                    #expect(response.status == .completed)
                    ended += 1
                }
                if case .error(let error) = received.event { Issue.record("\(error)") }
            }
            #expect(ended == 3)
            await client.disconnect()
        }
    }

    @Test("an address where nothing listens is told with the doctor's cause, and at once")
    func refused() async throws {
        let port = try await TestServer.serving { $0 }
        let client = client(port)
        let error = await #expect(throws: RealtimeClientError.self) { try await client.connect() }
        guard case .notOpened(let failure) = error else { return }
        #expect(failure.causeID == "net-refused")
        #expect(failure.isTemporary)
        await #expect(throws: RealtimeClientError.self) { try await client.sendMessage("Hello") }
    }

    @Test("a wrong key is told in the server's words")
    func wrongKey() async throws {
        var server = ServerConfiguration()
        server.port = 0
        server.apiKeys = ["right"]
        try await TestServer.serving(server) { port in
            var configuration = ClientConfiguration(url: "ws://127.0.0.1:\(port)", credential: .key("wrong"))
            let byHeader = RealtimeClient(configuration, logger: Self.quiet)
            var error = await #expect(throws: RealtimeClientError.self) { try await byHeader.connect() }
            guard case .notOpened(let failure) = error else { return }
            #expect(failure.status == 401)
            #expect(failure.causeID == "srv-auth-required")
            configuration.carrier = .subprotocols
            let asBrowser = RealtimeClient(configuration, logger: Self.quiet)
            error = await #expect(throws: RealtimeClientError.self) { try await asBrowser.connect() }
            guard case .server(let refusal) = error else { return }
            #expect(refusal.code == "invalid_api_key")
        }
    }

    @Test("a cancelled task closes its connection, and what it waited for ends")
    func cancellation() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            try await client.connect()
            let waiting = Task { try await client.nextResponse() }
            waiting.cancel()
            await #expect(throws: RealtimeClientError.cancelled) { try await waiting.value }
            #expect(await client.state == .connected)
            await client.disconnect()
            await #expect(throws: RealtimeClientError.self) { try await client.nextItem() }
        }
    }

    @Test("a function that the model calls is run, and the model goes on with its result", arguments: Dialect.allCases)
    func tools(dialect: Dialect) async throws {
        struct Place: Decodable { let location: String }
        let tool = ClientTool(
            "get_weather",
            description: "The weather of a city",
            parameters: [
                "type": "object", "properties": ["location": ["type": "string"]], "required": ["location"],
            ]
        ) { (place: Place) in ["in": place.location] }
        try await TestServer.serving { port in
            let client = client(port, dialect, tools: [tool], settings: Self.text())
            let updates = await client.updates()
            try await client.connect()
            try await client.sendMessage("What is the weather in Paris?")
            var results: [String] = []
            var responses = 0
            for try await update in updates {
                if case .toolFinished(_, _, let output, let failed) = update {
                    #expect(!failed)
                    results.append(output)
                }
                guard case .event(let received) = update, case .responseDone = received.event else { continue }
                responses += 1
                if responses == 2 { await client.disconnect() }
            }
            #expect(results == ["{\"in\":\"Paris\"}"])
            let kinds = await client.conversation.entries.map(\.item.kind)
            #expect(kinds.count == 4)
            guard case .functionCall("get_weather", let call, _) = kinds[1] else {
                return #expect(Bool(false), "no call among \(kinds)")
            }
            #expect(kinds[2] == .functionCallOutput(callID: call, output: "{\"in\":\"Paris\"}"))
        }
    }

    @Test("a function that throws is told to the model as an error, and the talk goes on")
    func failingTool() async throws {
        struct Broken: Error, CustomStringConvertible { let description = "the station is closed" }
        let tool = ClientTool("get_weather", description: "The weather", parameters: ["type": "object"]) {
            (_: [String: String]) -> String in throw Broken()
        }
        try await TestServer.serving { port in
            let client = client(port, tools: [tool], settings: Self.text())
            try await client.connect()
            async let result = client.wait(for: "a result", within: .seconds(60)) { update in
                guard case .toolFinished = update else { return false }
                return true
            }
            await client.untilAwaited()
            let answer = try await client.sendMessage("What is the weather?")
            #expect(
                try await result.output == "{\"error\":\"the station is closed\"}"
            )
            #expect(try await answer.answer(within: .seconds(60)).status == .completed)
            await client.disconnect()
        }
    }

    @Test("an interruption stops the response and leaves what was heard", arguments: Dialect.allCases)
    func interruption(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect)
            let updates = await client.updates()
            try await client.connect()
            try await client.sendMessage("Tell me a story")
            var playback = Playback()
            var truncated: ConversationChange?
            for try await update in updates {
                if case .change(.updated(let id, .audio(let sound))) = update, truncated == nil {
                    let isFirst = playback.waitingSamples == 0 && playback.position == nil
                    playback.enqueue(itemID: id, samples: sound.readableBytes / 2)
                    guard isFirst else { continue }
                    playback.played(samples: min(240, sound.readableBytes / 2))
                    try await client.interrupt(playback.stop())
                }
                if case .change(.truncated) = update, case .change(let change) = update {
                    truncated = change
                    await client.disconnect()
                }
                // A server may have made all of it before it hears of the interruption.
                if case .event(let received) = update, case .error(let error) = received.event,
                    error.code != "response_cancel_not_active"
                {
                    Issue.record("\(error)")
                    await client.disconnect()
                }
            }
            let id = try #require(truncated?.itemID)
            #expect(truncated == .truncated(id, atMS: 10))
            #expect(await client.conversation[id]?.audio.durationMS == 10)
        }
    }

    @Test("a lost connection is opened again and knows the conversation")
    func reconnection() async throws {
        let (talker, updates, port) = try await TestServer.serving { port -> (RealtimeClient, RealtimeUpdates, Int) in
            let client = client(port, settings: Self.text())
            try await client.connect()
            let updates = await client.updates()
            async let response = client.nextResponse(within: .seconds(60))
            await client.untilAwaited()
            try await client.sendMessage("Hello")
            _ = try await response
            return (client, updates, port)
        }
        // The server is gone now; another takes its place.
        var server = ServerConfiguration()
        server.port = port
        try await TestServer.serving(server) { _ in
            let before = await talker.conversation.entries.map(\.id)
            for try await update in updates where update == .state(.connected) { break }
            // What was said in the old session is in the new one, under its old name.
            async let told = talker.wait(for: "the item", within: .seconds(60)) { update in
                guard case .event(let received) = update, case .itemRetrieved(let item) = received.event else {
                    return false
                }
                return item.id == before.last
            }
            await talker.untilAwaited()
            try await talker.send(.conversationItemRetrieve(itemID: try #require(before.last)))
            _ = try await told
            #expect(await talker.conversation.entries.map(\.id) == before)
            await talker.disconnect()
        }
    }
}

extension RealtimeUpdate {
    fileprivate var output: String? {
        guard case .toolFinished(_, _, let output, _) = self else { return nil }
        return output
    }
}
