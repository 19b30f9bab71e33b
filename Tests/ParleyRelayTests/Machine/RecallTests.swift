// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyRelay

@Suite("Speech without a transcript goes into the renewed session as the sound it is")
struct RecallTests {
    /// The user's turn: audio, its item, and nobody writes it down.
    private static func speak(_ id: String, bytes: Int = 8, _ harness: inout RelayHarness) {
        harness.client([
            "type": "input_audio_buffer.append", "audio": .string(String(repeating: "A", count: bytes)),
        ])
        harness.upstream(1, ["type": "input_audio_buffer.committed", "item_id": .string(id)])
        let part: JSON = ["type": "input_audio", "transcript": .null]
        harness.upstream(
            1,
            [
                "type": "conversation.item.added", "previous_item_id": .null,
                "item": ["id": .string(id), "type": "message", "role": "user", "content": [part]],
            ]
        )
        // The turn's response.
        harness.upstream(1, ["type": "response.created"])
        harness.upstream(1, ["type": "response.done"])
    }

    /// A session of which the renewal is due, with these turns in it, and another session that is open.
    private static func due(
        _ turns: [(id: String, bytes: Int)] = [("later", 8), ("early", 8)],
        upstream: Dialect = .ga,
        _ change: (inout RelaySettings) -> Void = { _ in }
    ) -> RelayHarness {
        var harness = RelayHarness.live(upstream: upstream, change)
        // Each goes before all others, so that the last one here is the first of the conversation.
        for turn in turns { speak(turn.id, bytes: turn.bytes, &harness) }
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.forget()
        harness.upstream(2, RelayHarness.created(upstream, id: "sess_2"))
        return harness
    }

    private static func answer(_ id: String, _ audio: String, _ harness: inout RelayHarness) {
        let part: JSON = ["type": "input_audio", "audio": .string(audio), "transcript": .null]
        harness.upstream(
            1,
            [
                "type": "conversation.item.retrieved",
                "item": ["id": .string(id), "type": "message", "role": "user", "content": [part]],
            ]
        )
    }

    /// What is created in the new session: sound, or text.
    private static func created(_ harness: RelayHarness) -> [JSON?] {
        (harness.sent[.upstream(2)] ?? [])
            .map { event in
                let part = event["item"]?["content"]?.arrayValue?.first
                return part?["audio"] ?? part?["text"]
            }
    }

    @Test("it is asked back from the old session, the latest first, and the client sees nothing of it")
    func recalled() throws {
        var harness = Self.due()
        let first = try #require(harness.sent[.upstream(1)]?.first)
        #expect(first["type"] == "conversation.item.retrieve" && first["item_id"] == "later")
        #expect(harness.timers[.replay] == 10)
        Self.answer("later", "LATE", &harness)
        #expect(harness.sent[.upstream(1)]?.last?["item_id"] == "early")
        #expect(harness.sent[.upstream(2)] == nil)
        Self.answer("early", "EARL", &harness)
        #expect(harness.sent[.upstream(1)]?.count == 2)
        #expect(Self.created(harness) == ["EARL", "LATE"])
        let part = harness.sent[.upstream(2)]?.last?["item"]?["content"]
        #expect(part == [["type": "input_audio", "audio": "LATE"]])
        #expect(harness.sent[.client] == nil)
    }

    @Test("in the words of a beta upstream, too")
    func beta() {
        var harness = Self.due([("item", 8)], upstream: .beta)
        Self.answer("item", "AAAA", &harness)
        #expect(Self.created(harness) == ["AAAA"])
        #expect(harness.sent[.client] == nil)
    }

    @Test("what would take more than it may is not asked for, nor is what is older")
    func bound() {
        var harness = Self.due([("newest", 8), ("large", 1_000), ("oldest", 8)]) { $0.replayedAudioBytes = 900 }
        Self.answer("newest", "NEW=", &harness)
        #expect(harness.sent[.upstream(1)]?.count == 1)
        let placeholder = JSON.string(ReplayLog.unheard)
        #expect(Self.created(harness) == [placeholder, placeholder, "NEW="])
    }

    @Test("more than was expected is not replayed, and with 0 nothing is asked for")
    func noMore() {
        var harness = Self.due([("item", 8)]) { $0.replayedAudioBytes = 200 }
        Self.answer("item", String(repeating: "A", count: 204), &harness)
        #expect(Self.created(harness) == [.string(ReplayLog.unheard)])
        harness = Self.due([("item", 8)]) { $0.replayedAudioBytes = 0 }
        #expect(harness.sent[.upstream(1)] == nil)
        #expect(Self.created(harness) == [.string(ReplayLog.unheard)])
    }

    @Test("silence before the speech does not count")
    func silence() {
        var harness = RelayHarness.live { $0.replayedAudioBytes = 100_000 }
        harness.client([
            "type": "input_audio_buffer.append", "audio": .string(String(repeating: "A", count: 1_000_000)),
        ])
        harness.upstream(1, ["type": "input_audio_buffer.speech_started"])
        Self.speak("item", &harness)
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.forget()
        harness.upstream(2, RelayHarness.created(.ga))
        #expect(harness.done == ["upstream 1 conversation.item.retrieve"])
    }

    @Test("an item that the old session does not know any more becomes a placeholder")
    func unknown() throws {
        var harness = Self.due([("item", 8)])
        let id = try #require(harness.sent[.upstream(1)]?.first?["event_id"])
        harness.upstream(
            1,
            ["type": "error", "error": ["code": "item_retrieve_invalid_item_id", "event_id": id, "message": "No."]]
        )
        #expect(Self.created(harness) == [.string(ReplayLog.unheard)])
        #expect(harness.sent[.client] == nil)
    }

    @Test("an old session that does not answer is asked nothing more, and what it says late is kept from the client")
    func silent() {
        var harness = Self.due()
        harness.fire(.replay)
        #expect(Self.created(harness) == [.string(ReplayLog.unheard), .string(ReplayLog.unheard)])
        #expect(harness.sent[.upstream(1)]?.count == 1)
        Self.answer("later", "LATE", &harness)
        #expect(harness.sent[.client] == nil && harness.machine.current == 1)
        // The same question of the client's is answered.
        Self.answer("later", "LATE", &harness)
        #expect(harness.sent[.client]?.count == 1)
    }

    @Test("what is there is kept while the conversation goes on, and asked for once")
    func goesOn() {
        var harness = Self.due([("item", 8)])
        harness.upstream(1, ["type": "response.created"])
        Self.answer("item", "AAAA", &harness)
        #expect(harness.sent[.upstream(2)] == nil)
        harness.upstream(1, ["type": "response.done"])
        #expect(harness.sent[.upstream(1)]?.count == 1)
        #expect(Self.created(harness) == ["AAAA"])
    }

    @Test("speech that has a transcript is replayed as its words")
    func words() {
        var harness = RelayHarness.live()
        Self.speak("item", &harness)
        harness.upstream(
            1,
            [
                "type": "conversation.item.input_audio_transcription.completed", "item_id": "item",
                "content_index": 0, "transcript": "Hello.",
            ]
        )
        harness.fire(.renewal)
        harness.perform(.upstreamOpened(2))
        harness.forget()
        harness.upstream(2, RelayHarness.created(.ga))
        #expect(harness.sent[.upstream(1)] == nil)
        #expect(Self.created(harness) == ["Hello."])
    }
}
