// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

/// The timer of `idle_timeout_ms`; what happens when it fires is in the transcripts.
@Suite("The idle timeout")
struct IdleTimeoutTests {
    /// A session with a timeout of 6 s whose first response, half a second of speech, has just ended.
    private static func harness(speaking ms: Int = 500) -> SessionHarness {
        var session = Session.test()
        session.input.turnDetection?.idleTimeoutMS = 6_000
        var harness = SessionHarness.opened(session: session)
        harness.client(["type": "response.create"])
        if ms > 0 { harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: ms))) }
        harness.respond(.finished(.completed, usage: nil))
        _ = harness.takeEvents()
        return harness
    }

    private static func update(_ detection: JSON) -> JSONObject {
        [
            "type": "session.update",
            "session": ["type": "realtime", "audio": ["input": ["turn_detection": detection]]],
        ]
    }

    @Test("runs from the end of the playback", arguments: [0, 500, 2_000])
    func playback(ms: Int) {
        #expect(Self.harness(speaking: ms).remaining(.idle) == .milliseconds(Int64(6_000 + ms)))
    }

    @Test("does not run before the first response, without a timeout and without turn detection")
    func off() {
        var session = Session.test()
        session.input.turnDetection?.idleTimeoutMS = 6_000
        #expect(SessionHarness.opened(session: session).remaining(.idle) == nil)
        for detection in [TurnDetection(), nil] {
            var session = Session.test()
            session.input.turnDetection = detection
            var harness = SessionHarness.opened(session: session)
            harness.client(["type": "response.create"])
            harness.respond(.finished(.completed, usage: nil))
            #expect(harness.remaining(.idle) == nil)
        }
    }

    @Test("is stopped by speech, a commit and a response of the conversation, and not by silence or others")
    func stops() {
        var speech = Self.harness()
        speech.append(TestAudio.silence(ms: 300))
        #expect(speech.remaining(.idle) != nil)
        speech.advance(by: .seconds(1))
        speech.append(TestAudio.speech(ms: 400))
        #expect(speech.remaining(.idle) == nil)
        var commit = Self.harness()
        commit.append(TestAudio.silence(ms: 300))
        commit.client(["type": "input_audio_buffer.commit"])
        #expect(commit.remaining(.idle) == nil)
        var response = Self.harness()
        response.client(["type": "response.create", "response": ["conversation": "none"]])
        #expect(response.remaining(.idle) != nil)
        response.client(["type": "response.create"])
        #expect(response.remaining(.idle) == nil)
    }

    @Test("is not started by an out-of-band response, a failure or an interruption")
    func notStarted() {
        var harness = Self.harness()
        harness.client(["type": "response.create"])
        harness.client(["type": "response.create", "response": ["conversation": "none"]])
        harness.respond(.finished(.completed, usage: nil))
        #expect(harness.remaining(.idle) == nil)
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 600))
        #expect(harness.takeEvents().contains { $0["response"]?["status_details"]?["reason"] == "turn_detected" })
        #expect(harness.remaining(.idle) == nil)
        var failed = Self.harness()
        failed.client(["type": "response.create"])
        failed.respond(.failed(EngineFailure(message: "no")))
        #expect(failed.remaining(.idle) == nil)
    }

    @Test("starts at once when the client cancels a response")
    func cancelled() {
        var harness = Self.harness()
        harness.client(["type": "response.create"])
        harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 3_000)))
        harness.client(["type": "response.cancel"])
        #expect(harness.remaining(.idle) == .seconds(6))
    }

    @Test("follows updates: another time counts anew, the same goes on, none stops it")
    func updates() {
        var harness = Self.harness(speaking: 0)
        harness.advance(by: .seconds(4))
        harness.client(Self.update(["type": "server_vad", "idle_timeout_ms": 6_000, "threshold": 0.4]))
        #expect(harness.remaining(.idle) == .seconds(2))
        harness.client(Self.update(["type": "server_vad", "idle_timeout_ms": 9_000]))
        #expect(harness.remaining(.idle) == .seconds(9))
        harness.client(Self.update(["type": "semantic_vad"]))
        #expect(harness.remaining(.idle) == nil)
        harness.client(Self.update(["type": "server_vad", "idle_timeout_ms": 5_000]))
        #expect(harness.remaining(.idle) == .seconds(5))
    }

    @Test("starts a response also where turns do not, and commits what there is of the silence")
    func firing() {
        var harness = Self.harness(speaking: 0)
        harness.client(Self.update(["type": "server_vad", "idle_timeout_ms": 5_000, "create_response": false]))
        _ = harness.takeEvents()
        harness.append(TestAudio.silence(ms: 700))
        harness.advance(by: .seconds(5))
        let events = harness.takeEvents()
        #expect(
            events.map { $0["type"] } == [
                "input_audio_buffer.timeout_triggered", "input_audio_buffer.committed", "conversation.item.added",
                "conversation.item.done", "response.created",
            ]
        )
        #expect(events.first?["audio_start_ms"] == 0 && events.first?["audio_end_ms"] == 700)
        // Nothing waits any more.
        harness.client(["type": "input_audio_buffer.commit"])
        #expect(harness.takeEvent()?["error"]?["code"] == "input_audio_buffer_commit_empty")
    }

    @Test("does nothing once the session is over")
    func over() {
        var harness = Self.harness()
        harness.advance(by: .minutes(60))
        _ = harness.takeEvents()
        #expect(harness.close?.code == 1001)
        harness.advance(by: .minutes(1))
        #expect(harness.takeEvents().isEmpty)
    }
}
