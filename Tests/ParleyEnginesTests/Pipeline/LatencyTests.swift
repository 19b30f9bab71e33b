// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Where the time of a response goes")
struct LatencyTests {
    @Test("Each part is counted from the end of the one before it")
    func parts() {
        var marks = LatencyMarks()
        marks.mark(.heard, at: .milliseconds(40))
        marks.mark(.asked, at: .milliseconds(41))
        marks.mark(.answered, at: .milliseconds(141))
        marks.mark(.sentence, at: .milliseconds(191))
        marks.mark(.sound, at: .milliseconds(221))
        marks.mark(.sent, at: .milliseconds(222))
        marks.mark(.sent, at: .milliseconds(900))
        #expect(
            marks.latency(silenceMS: 200).object == [
                "eou_ms": 200, "stt_ms": 40, "llm_ttft_ms": 100, "first_chunk_ms": 50, "tts_ttfb_ms": 30,
                "voice_to_voice_ms": 422,
            ]
        )
    }

    @Test("What did not happen is not told")
    func unknown() {
        var marks = LatencyMarks()
        #expect(marks.latency(silenceMS: nil) == ResponseLatency())
        marks.mark(.asked, at: .milliseconds(1))
        marks.mark(.answered, at: .milliseconds(3))
        marks.mark(.sent, at: .milliseconds(5))
        #expect(marks.latency(silenceMS: nil).object == ["llm_ttft_ms": 2])
    }

    @Test("The figures can be read again")
    func roundTrip() {
        var latency = ResponseLatency()
        latency.endOfUtteranceMS = 200
        latency.voiceToVoiceMS = 512
        #expect(ResponseLatency(latency.object) == latency)
    }

    @Test("A client that asks gets them right before the end", arguments: [true, false])
    func asked(isAsked: Bool) async throws {
        let engine = PipelineEngine.fake(model: FakeModel.saying("Hello there, my friend."))
        let progress = try await engine.serving(SessionProbe()) { probe in
            var asked = request()
            asked.reportsLatency = isAsked
            asked.silenceMS = 300
            probe.command(.respond(asked))
            return await probe.response("resp_1")
        }
        guard isAsked else {
            #expect(!progress.contains { if case .latency = $0 { true } else { false } })
            return
        }
        guard case .latency(let latency) = progress.dropLast().last else {
            Issue.record("no latency before the end: \(progress)")
            return
        }
        #expect(latency.endOfUtteranceMS == 300)
        #expect(latency.transcriptionMS == nil)
        let total = try #require(latency.voiceToVoiceMS)
        #expect(total >= 300)
    }
}
