// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import ParleyEngines
import ParleyEvents
import ParleySession
import Testing

@Suite("Tones")
struct ToneTests {
    private func tones(_ text: String) async throws -> [Int16] {
        var samples: [Int16] = []
        try await ToneSynthesizer().speak(Utterance(text: text)) { samples += $0 }
        return samples
    }

    @Test(
        "what the tones say is understood exactly, also over a telephone",
        arguments: ["What time is it?", "Zwölf — 你好 🎉", "a"]
    )
    func roundTrip(_ text: String) async throws {
        let samples = try await tones(text)
        let wide = Recording(samples: samples, sampleRate: 24_000)
        #expect(try await ToneTranscriber().transcribe(wide, language: nil, prompt: nil) == text)
        var resampler = try Resampler(from: 24_000, to: 8_000, quality: .telephone)
        var narrow: [Int16] = []
        resampler.process(samples.span, into: &narrow)
        resampler.flush(into: &narrow)
        let codes = narrow.map { G711.muLaw.sample(of: G711.muLaw.code(of: $0)) }
        let phone = Recording(samples: codes, sampleRate: 8_000)
        #expect(try await ToneTranscriber().transcribe(phone, language: nil, prompt: nil) == text)
    }

    @Test("anything else is left to other transcribers")
    func leavesOtherSound() async throws {
        let noise = (0..<48_000).map { Int16(truncatingIfNeeded: $0 &* 7_919 % 4_001 - 2_000) }
        for samples in [[], [Int16](repeating: 0, count: 24_000), noise] {
            let recording = Recording(samples: samples, sampleRate: 24_000)
            #expect(try await ToneTranscriber().transcribe(recording, language: nil, prompt: nil) == nil)
        }
        let slow = Recording(samples: noise, sampleRate: 4_000)
        #expect(try await ToneTranscriber().transcribe(slow, language: nil, prompt: nil) == nil)
    }

    @Test("a chain asks the next transcriber only if one leaves the sound")
    func chainGoesOn() async throws {
        let other = FakeTranscriber { _ in "something else" }
        let chain = ChainTranscriber([ToneTranscriber(), other])
        let speech = Recording(samples: [1, 2, 3], sampleRate: 24_000)
        let code = Recording(samples: try await tones("hello"), sampleRate: 24_000)
        #expect(try await chain.transcribe(speech, language: nil, prompt: nil) == "something else")
        #expect(try await chain.transcribe(code, language: nil, prompt: nil) == "hello")
        #expect(chain.name == "tones, then fake transcriber")
        #expect(chain.hint == other.hint)
        let deaf = ChainTranscriber([FakeTranscriber { _ in nil }])
        #expect(try await deaf.transcribe(speech, language: nil, prompt: nil) == nil)
    }

    @Test("a test can speak to an engine and read what it answers")
    func conversationInTones() async throws {
        let question = Recording(samples: try await tones("repeat after me: Good morning, Berlin!"), sampleRate: 24_000)
        let engine = PipelineEngine.fake(
            transcriber: ToneTranscriber(),
            model: ScriptedModel(script: try .concierge()),
            synthesizer: ToneSynthesizer()
        )
        let parts: [ContextPart] = [.audio(question, transcript: nil)]
        let progress = try await engine.serving(SessionProbe()) { probe in
            probe.command(.respond(request(context: [.message(id: "item_1", role: .user, parts: parts)])))
            return await probe.response("resp_1")
        }
        #expect(progress.transcripts.joined() == "Good morning, Berlin!")
        let answer = Recording(samples: progress.samples, sampleRate: 24_000)
        #expect(try await ToneTranscriber().transcribe(answer, language: nil, prompt: nil) == "Good morning, Berlin!")
        #expect(progress.allSatisfy { if case .audio(let samples) = $0 { samples.count <= 2_400 } else { true } })
    }

    @Test("speaking tones stops when the listener throws")
    func stopsWithListener() async throws {
        struct Enough: Error {}
        let words = Counter()
        await #expect(throws: Enough.self) {
            try await ToneSynthesizer()
                .speak(Utterance(text: "one two three")) { _ in
                    if await words.next() == 2 { throw Enough() }
                }
        }
        #expect(await words.value == 2)
    }
}
