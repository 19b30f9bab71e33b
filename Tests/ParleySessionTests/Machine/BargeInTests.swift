// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("What the user heard of an answer that he talked over")
struct BargeInTests {
    /// A session in which an answer of two sentences, a second each, has begun to play.
    private static func harness(finished: Bool) -> SessionHarness {
        var harness = SessionHarness.opened()
        harness.client(["type": "response.create"])
        harness.respond(.transcript("One two three four. "), .audio(TestAudio.assistant(ms: 1_000)))
        harness.respond(.transcript("Five six seven eight."), .audio(TestAudio.assistant(ms: 1_000)))
        if finished { harness.respond(.finished(.completed, usage: nil)) }
        return harness
    }

    private static func said(_ harness: inout SessionHarness) -> [String] {
        let context = harness.lastRequest?.context ?? []
        return context.compactMap { item in
            guard case .message(_, .assistant, let parts) = item, case .text(let text)? = parts.first else {
                return nil
            }
            return text
        }
    }

    @Test("is all that the model sees, whether the answer was still coming or not", arguments: [false, true])
    func heard(finished: Bool) {
        var harness = Self.harness(finished: finished)
        harness.advance(by: .milliseconds(1_500))
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 900))
        #expect(Self.said(&harness) == ["One two three four. Five six"])
    }

    @Test("is everything once it was played")
    func playedOut() {
        var harness = Self.harness(finished: true)
        harness.advance(by: .seconds(3))
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 900))
        #expect(Self.said(&harness) == ["One two three four. Five six seven eight."])
    }

    @Test("is what the client says, if it truncates the item")
    func truncated() throws {
        var harness = Self.harness(finished: true)
        let events = harness.takeEvents()
        let itemIDs = events.compactMap { $0["item"]?["id"]?.stringValue }
        let itemID = try #require(itemIDs.first)
        harness.advance(by: .milliseconds(1_500))
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 400))
        harness.client([
            "type": "conversation.item.truncate", "item_id": .string(itemID), "content_index": 0, "audio_end_ms": 1_000,
        ])
        harness.append(TestAudio.speech(ms: 400) + TestAudio.silence(ms: 900))
        #expect(Self.said(&harness) == ["One two three four. "])
    }

    @Test("stays as it was said where the client does not want to be interrupted")
    func notInterrupted() {
        var session = Session.test()
        session.input.turnDetection?.interruptResponse = false
        var harness = SessionHarness.opened(session: session)
        harness.client(["type": "response.create"])
        harness.respond(.transcript("One two."), .audio(TestAudio.assistant(ms: 2_000)))
        harness.respond(.finished(.completed, usage: nil))
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 900))
        #expect(Self.said(&harness) == ["One two."])
    }

    @Test("Nothing of a cancelled answer comes late: its id is known no more")
    func late() throws {
        var harness = Self.harness(finished: false)
        let cancelled = try #require(harness.lastRequest?.id)
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 900))
        #expect(harness.lastRequest?.id != cancelled)
        _ = harness.takeEvents()
        harness.engine(.response(id: cancelled, .transcript("too late")))
        harness.engine(.response(id: cancelled, .audio(TestAudio.assistant(ms: 100))))
        harness.engine(.response(id: cancelled, .finished(.completed, usage: nil)))
        #expect(harness.takeEvents().isEmpty)
    }
}
