// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("A pause that may be the end of a turn")
struct AnticipationTests {
    private static func harness(anticipationMS: Int? = 150, silenceMS: Int = 500) -> SessionHarness {
        var session = Session.test()
        session.input.turnDetection?.silenceDurationMS = silenceMS
        var limits = SessionLimits()
        limits.anticipationMS = anticipationMS
        return SessionHarness.opened(session: session, limits: limits)
    }

    /// Appends sound as clients do it, in pieces of 20 ms.
    private static func append(_ sound: ByteBuffer, to harness: inout SessionHarness) {
        var rest = sound
        while let piece = rest.readSlice(length: min(rest.readableBytes, 20 * 48)), piece.readableBytes > 0 {
            harness.append(piece)
        }
    }

    private static func names(_ commands: [EngineCommand]) -> [String] {
        commands.map { command in
            switch command {
            case .respond: "respond"
            case .cancel: "cancel"
            case .transcribe: "transcribe"
            case .anticipate(let request): "anticipate \(request.itemID)"
            case .disregard(let itemID): "disregard \(itemID)"
            }
        }
    }

    @Test("is told to the engine before the turn ends, with the item it will become")
    func told() throws {
        var harness = Self.harness()
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 250), to: &harness)
        let itemID = try #require(harness.takeEvents().first?["item_id"]?.stringValue)
        #expect(Self.names(harness.takeCommands()) == ["anticipate \(itemID)"])
        Self.append(TestAudio.silence(ms: 500), to: &harness)
        #expect(Self.names(harness.takeCommands()) == ["respond"])
        #expect(harness.takeEvents().contains { $0["item_id"]?.stringValue == itemID })
    }

    @Test("is taken back if the user goes on, and told again when he pauses again")
    func takenBack() throws {
        var harness = Self.harness()
        let pause = TestAudio.silence(ms: 250)
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + pause, to: &harness)
        Self.append(TestAudio.speech(ms: 600) + pause, to: &harness)
        let itemID = try #require(harness.takeEvents().first?["item_id"]?.stringValue)
        let told = "anticipate \(itemID)"
        #expect(Self.names(harness.takeCommands()) == [told, "disregard \(itemID)", told])
    }

    @Test("counts anew if speech and the next pause came in one piece")
    func inOnePiece() throws {
        var harness = Self.harness()
        let pause = TestAudio.silence(ms: 250)
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + pause, to: &harness)
        _ = harness.takeCommands()
        let itemID = try #require(harness.takeEvents().first?["item_id"]?.stringValue)
        harness.append(TestAudio.speech(ms: 600) + pause)
        #expect(Self.names(harness.takeCommands()).first == "disregard \(itemID)")
        var whole = Self.harness()
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + pause, to: &whole)
        let other = try #require(whole.takeEvents().first?["item_id"]?.stringValue)
        _ = whole.takeCommands()
        whole.append(TestAudio.speech(ms: 600) + TestAudio.silence(ms: 700))
        #expect(Self.names(whole.takeCommands()) == ["disregard \(other)", "respond"])
    }

    @Test("is taken back if the client clears the buffer")
    func cleared() throws {
        var harness = Self.harness()
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 250), to: &harness)
        let itemID = try #require(harness.takeEvents().first?["item_id"]?.stringValue)
        _ = harness.takeCommands()
        harness.client(["type": "input_audio_buffer.clear"])
        #expect(Self.names(harness.takeCommands()) == ["disregard \(itemID)"])
    }

    @Test("and what follows can be replayed")
    func replay() throws {
        var session = Session.test()
        session.input.turnDetection?.silenceDurationMS = 500
        var limits = SessionLimits()
        limits.anticipationMS = 150
        var harness = SessionHarness(session: session, limits: limits)
        harness.open()
        let pause = TestAudio.silence(ms: 250)
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + pause, to: &harness)
        Self.append(TestAudio.speech(ms: 600) + pause, to: &harness)
        #expect(Self.names(harness.takeCommands()).count == 3)
        #expect(try SessionReplayTests.replayed(harness.recording()) == nil)
    }

    @Test("is not told where no engine makes use of it")
    func off() {
        var harness = Self.harness(anticipationMS: nil)
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 700), to: &harness)
        #expect(Self.names(harness.takeCommands()) == ["respond"])
    }

    @Test("ends in a response that knows how long the user had been silent", arguments: [200, 500])
    func silence(ms: Int) throws {
        var harness = Self.harness(silenceMS: ms)
        Self.append(TestAudio.silence(ms: 300) + TestAudio.speech(ms: 800) + TestAudio.silence(ms: 900), to: &harness)
        #expect(harness.lastRequest?.silenceMS == ms)
        harness.respond(.finished(.completed, usage: nil))
        harness.client(["type": "response.create"])
        #expect(harness.lastRequest?.silenceMS == nil)
    }
}
