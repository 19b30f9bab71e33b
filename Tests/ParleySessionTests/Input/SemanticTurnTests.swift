// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyEvents
import ParleySession
import Testing

@Suite("semantic_vad")
struct SemanticTurnTests {
    /// Half a second of talk and half a second of one even sound.
    private static let hesitation = TestAudio.encoded(
        (0..<24_000)
            .map { index in
                let time = Double(index) / 24_000
                let voice = (1...12).reduce(0.0) { $0 + sin(2 * .pi * 140 * Double($1) * time) / Double($1) }
                return Int16(5_000 * voice * (time > 0.5 ? 0.7 : 0.7 - 0.3 * cos(2 * .pi * 4 * time)))
            }
    )

    @Test(
        "waits for who hesitates as long as it is eager",
        arguments: [(TurnDetection.Eagerness.low, 8), (.medium, 4), (.auto, 4), (.high, 2)]
    )
    func longestWaits(eagerness: TurnDetection.Eagerness, seconds: Int) {
        var session = Session.test()
        session.input.turnDetection = TurnDetection(kind: .semantic)
        session.input.turnDetection?.eagerness = eagerness
        var harness = SessionHarness.opened(session: session)
        harness.append(TestAudio.silence(ms: 400) + Self.hesitation)
        harness.append(TestAudio.silence(ms: seconds * 1_000 - 200))
        #expect(harness.takeEvents().map { $0["type"] } == ["input_audio_buffer.speech_started"])
        harness.append(TestAudio.silence(ms: 400))
        #expect(harness.takeEvents().first?["type"] == "input_audio_buffer.speech_stopped")
    }

    @Test("answers sooner the more eager it is")
    func order() throws {
        let ends = try [TurnDetection.Eagerness.high, .medium, .low]
            .map { eagerness in
                var session = Session.test()
                session.input.turnDetection = TurnDetection(kind: .semantic)
                session.input.turnDetection?.eagerness = eagerness
                var harness = SessionHarness.opened(session: session)
                harness.append(TestAudio.silence(ms: 400) + TestAudio.speech(ms: 1_000))
                harness.append(TestAudio.silence(ms: 2_000))
                let stopped = harness.takeEvents().first { $0["type"] == "input_audio_buffer.speech_stopped" }
                return try #require(stopped?["audio_end_ms"]?.intValue)
            }
        #expect(ends == ends.sorted() && Set(ends).count == 3)
    }
}
