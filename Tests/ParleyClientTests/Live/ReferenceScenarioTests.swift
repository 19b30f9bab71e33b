// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyEvents
import Testing

@testable import ParleyClient

/// What the documentation of the JavaScript reference client shows, done with this one.
@Suite("What the reference client's documentation shows", .timeLimit(.minutes(2)))
struct ReferenceScenarioTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let long = Duration.seconds(60)

    private func client(_ port: Int, _ dialect: Dialect = .ga) -> RealtimeClient {
        RealtimeClient(ClientConfiguration(url: "ws://127.0.0.1:\(port)", dialect: dialect), logger: Self.quiet)
    }

    /// One second of noise in pieces of 100 ms.
    private static let noise: [[Int16]] = (0..<10).map { _ in (0..<2_400).map { _ in .random(in: -20_000...20_000) } }

    private static let weather: JSON = [
        "type": "object",
        "properties": ["lat": ["type": "number"], "lng": ["type": "number"], "location": ["type": "string"]],
        "required": ["location"],
    ]

    @Test(
        "quickstart: settings one after the other before connecting, a reader, a question",
        arguments: Dialect.allCases
    )
    func quickstart(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect)
            var settings = await client.settings
            settings.instructions = "You are a great, upbeat friend."
            try await client.update(settings)
            settings.voice = "alloy"
            try await client.update(settings)
            settings.turnTaking = .manual
            settings.transcription = InputTranscription(model: "whisper-1")
            settings.outputModality = .text
            try await client.update(settings)
            let updates = await client.updates()
            try await client.connect()
            let response = try await client.sendMessage([.inputText("How are you?")]).value(within: Self.long)
            #expect(response.status == .completed)
            await client.disconnect()
            var words = ""
            var seen: [String] = []
            for try await update in updates {
                guard case .change(let change) = update, let id = change.itemID else { continue }
                if case .updated(_, .text(let more)) = change { words += more }
                if !seen.contains(id) { seen.append(id) }
            }
            let conversation = await client.conversation
            #expect(seen == conversation.entries.map(\.id))
            #expect(words == conversation.last?.text && !words.isEmpty)
            #expect(conversation.session?.instructions == "You are a great, upbeat friend.")
            #expect(conversation.session?.output.voice == "alloy")
            #expect(conversation.session?.input.turnDetection == nil)
            #expect(conversation.session?.input.transcription?.model == "whisper-1")
        }
    }

    @Test("sending messages: text, and sound even if there is none of it")
    func messages() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            try await client.connect()
            let text = try await client.sendMessage([.inputText("How are you?")]).value(within: Self.long)
            #expect(text.status == .completed)
            let sound = try await client.sendMessage([.inputAudio(audio: ByteBuffer(), transcript: nil)])
                .value(within: Self.long)
            #expect(sound.status == .completed)
            await client.disconnect()
        }
    }

    @Test("sending streaming audio: pieces, and then a response is asked for", arguments: Dialect.allCases)
    func audio(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect)
            var settings = SessionSettings()
            settings.turnTaking = .manual
            try await client.update(settings)
            let updates = await client.updates()
            try await client.connect()
            // Who wants to know when the server has taken the settings waits for it.
            for try await case .event(let received) in updates {
                if case .sessionUpdated = received.event { break }
            }
            for samples in Self.noise { try await client.sendAudio(samples) }
            #expect(try await client.createResponse().value(within: Self.long).status == .completed)
            let spoken = try #require(await client.conversation.entries.first)
            #expect(spoken.role == .user)
            #expect(spoken.audio.samples == Self.noise.flatMap { $0 })
            await client.disconnect()
        }
    }

    @Test("adding and using tools: the function is run and its result sent back", arguments: Dialect.allCases)
    func tools(dialect: Dialect) async throws {
        struct Place: Decodable { let location: String }
        try await TestServer.serving { port in
            let client = client(port, dialect)
            try await client.addTool(
                ClientTool("get_weather", description: "The weather of a place", parameters: Self.weather) {
                    (place: Place) in ["temperature_2m": 21, "letters": place.location.count]
                }
            )
            try await client.connect()
            let answer = try await client.sendMessage("What is the weather in Paris?").answer(within: Self.long)
            #expect(answer.status == .completed)
            let results = await client.conversation.entries.filter {
                guard case .functionCallOutput = $0.item.kind else { return false }
                return true
            }
            #expect(try results.map { try JSON(parsing: $0.summary) } == [["temperature_2m": 21, "letters": 5]])
            #expect(answer.output.allSatisfy { if case .message = $0.kind { true } else { false } })
            await client.disconnect()
        }
    }

    @Test("client events: a call is answered by hand")
    func toolsByHand() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            var settings = SessionSettings()
            settings.outputModality = .text
            settings.extra = [
                "tools": [
                    ["type": "function", "name": "get_weather", "description": "x", "parameters": Self.weather]
                ]
            ]
            try await client.update(settings)
            try await client.connect()
            let called = try await client.sendMessage("What is the weather in Paris?").answer(within: Self.long)
            guard case .functionCall("get_weather", let callID, _) = called.output.first?.kind else {
                Issue.record("no call among \(called.output)")
                return
            }
            try await client.send(
                .conversationItemCreate(
                    Item(kind: .functionCallOutput(callID: callID, output: "{\"function_succeeded\":true}")),
                    previousItemID: nil
                )
            )
            #expect(try await client.createResponse().value(within: Self.long).status == .completed)
            await client.disconnect()
        }
    }

    @Test("interrupting the model: what was not heard is forgotten", arguments: Dialect.allCases)
    func interrupting(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect)
            try await client.connect()
            let response = try await client.sendMessage("Tell me a story").value(within: Self.long)
            let id = try #require(response.output.first?.id)
            async let truncated = client.wait(for: "the truncation", within: Self.long) { update in
                guard case .change(.truncated) = update else { return false }
                return true
            }
            await client.untilAwaited()
            try await client.interrupt(Playback.Position(itemID: id, samples: 2_400))
            #expect(try await truncated == .change(.truncated(id, atMS: 100)))
            let heard = try #require(await client.conversation[id])
            #expect(heard.audio.sampleCount == 2_400)
            #expect(heard.transcript.isEmpty)
            await client.disconnect()
        }
    }

    @Test("utility events: added, updated, completed, in this order for every item; interrupted when the person speaks")
    func changes() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            let updates = await client.updates()
            try await client.connect()
            let answer = await client.expectResponse()
            // With turn detection: noise is speech, zeros are the silence behind it.
            for samples in Self.noise { try await client.sendAudio(samples) }
            for _ in 0..<15 { try await client.sendAudio([Int16](repeating: 0, count: 2_400)) }
            #expect(try await answer.value(within: Self.long).status == .completed)
            await client.disconnect()
            var changes: [ConversationChange] = []
            for try await update in updates { if case .change(let change) = update { changes.append(change) } }
            #expect(changes.first == .interrupted)
            let entries = await client.conversation.entries
            #expect(entries.map(\.role) == [.user, .assistant])
            for entry in entries {
                let own = changes.filter { $0.itemID == entry.id }
                #expect(own.first == .added(entry.id))
                let completed = try #require(own.firstIndex(of: .completed(entry.id)))
                #expect(own.lastIndex(of: .completed(entry.id)) == completed)
                #expect(entry.isDone)
            }
            let answered = try #require(entries.last?.id)
            let deltas = changes.compactMap { change -> Int? in
                guard case .updated(answered, .audio(let audio)) = change else { return nil }
                return audio.readableBytes
            }
            #expect(deltas.reduce(0, +) == entries.last?.audio.byteCount)
        }
    }

    @Test("waiting: for the next item, and for the next that is complete")
    func waiting() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            try await client.connect()
            async let next = client.nextItem(within: Self.long)
            async let completed = client.nextCompletedItem(within: Self.long)
            await client.untilAwaited(by: 2)
            let answer = try await client.sendMessage("Hello")
            #expect(try await next.text == "Hello")
            #expect(try await completed.isDone)
            let response = try await answer.value(within: Self.long)
            #expect(await client.conversation.last?.id == response.output.first?.id)
            await client.disconnect()
        }
    }

    @Test("server events: everything that goes out and comes in, as it is", arguments: Dialect.allCases)
    func events(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let client = client(port, dialect)
            let updates = await client.updates()
            try await client.connect()
            _ = try await client.sendMessage("Hello").value(within: Self.long)
            await client.disconnect()
            var sent: [String] = []
            var received: [ReceivedEvent] = []
            for try await update in updates {
                if case .sent(let event, _) = update {
                    sent.append(event.object(eventID: nil)["type"]?.stringValue ?? "")
                }
                if case .event(let event) = update { received.append(event) }
            }
            #expect(sent == ["conversation.item.create", "response.create"])
            #expect(received.first?.object["type"] == "session.created")
            #expect(received.allSatisfy { $0.dialect == dialect && $0.problem == nil })
            let name = dialect == .beta ? "response.audio.delta" : "response.output_audio.delta"
            #expect(received.contains { $0.object["type"]?.stringValue == name })
        }
    }

    @Test("errors: what the server refuses is told, and the talk goes on")
    func errors() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            try await client.connect()
            async let refusal = client.wait(for: "an error", within: Self.long) { update in
                guard case .event(let received) = update, case .error = received.event else { return false }
                return true
            }
            await client.untilAwaited()
            try await client.send(object: ["type": "no.such.event", "event_id": "mine"])
            guard case .event(let received) = try await refusal, case .error(let error) = received.event else { return }
            #expect(error.eventID == "mine")
            #expect(try await client.sendMessage("Hello").value(within: Self.long).status == .completed)
            var overrides = ResponseOverrides()
            overrides.extra = ["output_modalities": ["smell"]]
            let refused = try await client.createResponse(overrides)
            await #expect(throws: RealtimeClientError.self) { try await refused.value(within: Self.long) }
            await client.disconnect()
        }
    }

    @Test("the layers below: a connection by itself, and a conversation by itself", arguments: Dialect.allCases)
    func layers(dialect: Dialect) async throws {
        try await TestServer.serving { port in
            let configuration = ClientConfiguration(url: "ws://127.0.0.1:\(port)", dialect: dialect)
            let api = try await RealtimeAPI.connect(configuration, environment: [:], logger: Self.quiet)
            var conversation = Conversation()
            var changes: [ConversationChange] = []
            let message = Item(id: "item_mine", kind: .message(role: .user, content: [.inputText("Hello")]))
            try await api.send(.conversationItemCreate(message, previousItemID: nil))
            try await api.send(object: ["type": "response.create"])
            while let arrival = await api.next() {
                guard case .event(let received) = arrival else { continue }
                changes += conversation.apply(received.event)
                if case .responseDone = received.event { break }
            }
            #expect(conversation.entries.map(\.role) == [.user, .assistant])
            #expect(conversation["item_mine"]?.text == "Hello")
            #expect(conversation.last?.audio.byteCount ?? 0 > 0)
            let last = try #require(conversation.last)
            #expect(last.isDone && changes.contains(.completed(last.id)))
            #expect(await api.close(reason: "enough").code == 1000)
            #expect(await api.next() == nil)
        }
    }

    @Test("items are deleted, the session can be asked about, and the state is known")
    func bookkeeping() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            #expect(await client.state == .idle)
            try await client.connect()
            #expect(await client.state == .connected)
            #expect(await client.conversation.session?.input.turnDetection != nil)
            async let added = client.nextItem(within: Self.long)
            await client.untilAwaited()
            try await client.addItem(Item(id: "item_1", kind: .message(role: .user, content: [.inputText("x")])))
            #expect(try await added.id == "item_1")
            async let removed = client.wait(for: "the removal", within: Self.long) { $0 == .change(.removed("item_1")) }
            await client.untilAwaited()
            try await client.deleteItem("item_1")
            _ = try await removed
            #expect(await client.conversation.count == 0)
            await client.disconnect()
        }
    }

    @Test("disconnecting keeps the conversation for the next connection, resetting forgets everything")
    func disconnectAndReset() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            var settings = SessionSettings()
            settings.outputModality = .text
            try await client.update(settings)
            try await client.connect()
            _ = try await client.sendMessage("Hello").value(within: Self.long)
            await client.disconnect()
            let before = await client.conversation.entries.map(\.id)
            #expect(before.count == 2)
            await #expect(throws: RealtimeClientError.self) { try await client.sendMessage("Hello") }
            try await client.connect()
            async let told = client.wait(for: "the item", within: Self.long) { update in
                guard case .event(let received) = update, case .itemRetrieved = received.event else { return false }
                return true
            }
            await client.untilAwaited()
            try await client.send(.conversationItemRetrieve(itemID: before[1]))
            _ = try await told
            #expect(await client.conversation.entries.map(\.id) == before)
            await client.reset()
            #expect(await client.conversation.count == 0)
            #expect(await client.settings == SessionSettings())
            try await client.connect()
            _ = try await client.sendMessage("Hello").value(within: Self.long)
            #expect(await client.conversation.count == 2)
            #expect(await client.conversation.last?.audio.byteCount ?? 0 > 0)
            await client.disconnect()
        }
    }

    @Test("who asks late for the end of a response has not missed it")
    func lateAsker() async throws {
        try await TestServer.serving { port in
            let client = client(port)
            var settings = SessionSettings()
            settings.outputModality = .text
            try await client.update(settings)
            try await client.connect()
            async let ended = client.nextResponse(within: Self.long)
            await client.untilAwaited()
            let pending = try await client.sendMessage("Hello")
            let response = try await ended
            // It has ended before anybody waits for it.
            #expect(try await pending.value(within: Self.long) == response)
            #expect(try await pending.answer(within: Self.long) == response)
            await client.disconnect()
            #expect(try await pending.value() == response)
        }
    }
}
