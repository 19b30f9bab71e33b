// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("A session")
struct SessionMachineTests {
    @Test("speaks first, and once", arguments: Dialect.allCases, Session.Kind.allCases)
    func opening(dialect: Dialect, kind: Session.Kind) {
        var harness = SessionHarness(dialect, session: .test(kind))
        harness.open()
        let type: JSON =
            dialect == .beta && kind == .transcription ? "transcription_session.created" : "session.created"
        #expect(harness.takeEvents().map { $0["type"] } == [type])
        #expect(harness.remaining(.expiry) == .minutes(60))
        #expect(harness.takeCommands().isEmpty)
    }

    @Test(
        "tells how long it lasted when its time is over",
        arguments: [
            (TimeAmount.minutes(60), "60 minutes"), (.minutes(1), "1 minute"), (.seconds(90), "90 seconds"),
            (.seconds(1), "1 second"),
        ]
    )
    func expiry(duration: TimeAmount, text: String) {
        var limits = SessionLimits()
        limits.duration = duration
        var harness = SessionHarness.opened(limits: limits)
        harness.advance(by: duration)
        #expect(
            harness.takeEvent()?["error"] == [
                "type": "invalid_request_error", "code": "session_expired",
                "message": .string("Your session hit the maximum duration of \(text)."), "param": nil, "event_id": nil,
            ]
        )
        #expect(harness.close?.code == 1001)
        #expect(harness.close?.reason == "Your session hit the maximum duration of \(text).")
    }

    @Test("is responding from response.created to response.done")
    func isResponding() {
        var harness = SessionHarness.opened()
        #expect(!harness.machine.isResponding)
        harness.client(["type": "response.create"])
        #expect(harness.machine.isResponding)
        harness.respond(.text("Hi."))
        #expect(harness.machine.isResponding)
        harness.respond(.finished(.completed, usage: nil))
        #expect(!harness.machine.isResponding)
    }

    @Test("takes events of responses that are over, and of none, for late")
    func lateEvents() {
        var harness = SessionHarness.opened()
        harness.client(["type": "response.create"])
        harness.respond(.finished(.completed, usage: nil))
        _ = harness.takeEvents()
        harness.respond(.text("late"), .finished(.completed, usage: nil), .failed(EngineFailure(message: "late")))
        harness.engine(.response(id: "resp_other", .text("whose?")))
        harness.engine(.transcription(itemID: "item_other", .completed("whose?")))
        #expect(harness.takeEvents().isEmpty)
    }

    @Test("has nothing to clear on the client's side", arguments: Dialect.allCases)
    func outputBuffer(dialect: Dialect) {
        var harness = SessionHarness.opened(dialect)
        harness.client(["type": "output_audio_buffer.clear"])
        #expect(harness.takeEvents().isEmpty)
    }

    @Test("does not give the item of a turn that is being spoken to another one")
    func turnItem() {
        var harness = SessionHarness.opened()
        harness.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 400))
        let announced = harness.takeEvent()?["item_id"] ?? .null
        harness.client([
            "type": "conversation.item.create",
            "item": ["id": announced, "type": "message", "role": "user", "content": []],
        ])
        #expect(harness.takeEvent()?["error"]?["param"] == "item.id")
    }

    @Test("hears its own voice only as long as it plays, and not what was cancelled")
    func playback() {
        // 120 ms of speech are enough, unless the assistant may be heard.
        let word = TestAudio.silence(ms: 300) + TestAudio.speech(ms: 120) + TestAudio.silence(ms: 400)
        func startsTurn(_ prepare: (inout SessionHarness) -> Void) -> Bool {
            var session = Session.test()
            session.input.turnDetection?.interruptResponse = false
            session.input.turnDetection?.createResponse = false
            var harness = SessionHarness.opened(session: session)
            harness.client(["type": "response.create"])
            harness.respond(.transcript("Hi."), .audio(TestAudio.assistant(ms: 2_000)))
            prepare(&harness)
            _ = harness.takeEvents()
            harness.append(word)
            return harness.takeEvents().contains { $0["type"] == "input_audio_buffer.speech_started" }
        }
        #expect(!startsTurn { _ in })
        #expect(!startsTurn { $0.advance(by: .milliseconds(1_900)) })
        #expect(startsTurn { $0.advance(by: .milliseconds(2_001)) })
        #expect(startsTurn { $0.client(["type": "response.cancel"]) })
        #expect(!startsTurn { $0.respond(.finished(.completed, usage: nil)) })
    }

    @Test("transcribes in the format and the words that the client has chosen", arguments: AudioFormat.allCases)
    func transcription(format: AudioFormat) {
        var session = Session.test()
        session.input.format = format
        session.input.turnDetection = nil
        session.input.transcription = InputTranscription(model: "m", language: "de", prompt: "Namen")
        var harness = SessionHarness.opened(session: session)
        let audio = TestAudio.speech(ms: 200, format)
        harness.append(audio)
        harness.client(["type": "input_audio_buffer.commit"])
        let itemID = harness.takeEvents().first?["item_id"]?.stringValue ?? ""
        #expect(
            harness.takeCommands() == [
                .transcribe(
                    TranscriptionRequest(
                        itemID: itemID,
                        recording: Recording(audio, format: format),
                        model: "m",
                        language: "de",
                        prompt: "Namen"
                    )
                )
            ]
        )
        // The time that is charged is that of the recording, whatever becomes of it.
        harness.client(["type": "conversation.item.delete", "item_id": .string(itemID)])
        harness.engine(.transcription(itemID: itemID, .completed("Hallo.")))
        #expect(harness.takeEvents().last?["usage"] == ["type": "duration", "seconds": 0.2])
    }

    @Test("keeps what was recorded in another format as it was")
    func formatChange() {
        var session = Session.test()
        session.input.turnDetection = nil
        var harness = SessionHarness.opened(session: session)
        let audio = TestAudio.speech(ms: 200)
        harness.append(audio)
        harness.client(["type": "input_audio_buffer.commit"])
        harness.client([
            "type": "session.update",
            "session": ["type": "realtime", "audio": ["input": ["format": ["type": "audio/pcmu"]]]],
        ])
        harness.client(["type": "response.create"])
        guard case .message(_, .user, let parts)? = harness.lastRequest?.context.first else {
            Issue.record("no context")
            return
        }
        #expect(parts == [.audio(Recording(audio, format: .pcm), transcript: nil)])
    }

    @Test("refuses a format for what waits, and nothing of that update holds", arguments: Dialect.allCases)
    func refusedFormat(dialect: Dialect) {
        var session = Session.test()
        session.input.turnDetection = nil
        var harness = SessionHarness.opened(dialect, session: session)
        harness.append(TestAudio.silence(ms: 10))
        let update: [Dialect: JSONObject] = [
            .ga: [
                "type": "realtime", "instructions": "Lost.", "audio": ["input": ["format": ["type": "audio/pcmu"]]],
            ],
            .beta: ["instructions": "Lost.", "input_audio_format": "g711_ulaw"],
        ]
        harness.client(["type": "session.update", "session": .object(update[dialect] ?? [:])])
        #expect(
            harness.takeEvent()?["error"]?["param"]
                == (dialect == .ga ? "session.audio.input.format" : "session.input_audio_format")
        )
        #expect(harness.machine.session == session)
    }
}
