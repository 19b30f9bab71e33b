// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyAudio
import ParleySession
import Testing

@testable import ParleyEngines

@Suite(
    "pocketsphinx understands phrases",
    .enabled(
        if: Installed.pocketsphinx && Installed.flite && Installed.espeak,
        "not installed: apt install libpocketsphinx3 pocketsphinx-en-us libflite1 espeak-ng"
    )
)
struct PocketsphinxTests {
    @Test("the script's phrases are understood from flite", arguments: ["alloy", "echo"])
    func understandsFlite(voice: String) async throws {
        let (transcriber, flite) = (try SpokenPhrases.transcriber.get(), try FliteSynthesizer())
        let understood = try await SpokenPhrases.understood(by: transcriber) { phrase in
            try await SpokenPhrases.recording(of: phrase, by: flite, voice: voice)
        }
        #expect(understood.count >= SpokenPhrases.all.count - 1)
    }

    @Test("most phrases are understood over a telephone")
    func understandsTelephone() async throws {
        let (transcriber, flite) = (try SpokenPhrases.transcriber.get(), try FliteSynthesizer())
        let understood = try await SpokenPhrases.understood(by: transcriber) { phrase in
            let wide = try await SpokenPhrases.recording(of: phrase, by: flite, voice: "ballad")
            var resampler = try Resampler(from: 24_000, to: 8_000, quality: .telephone)
            var narrow: [Int16] = []
            resampler.process(wide.samples.span, into: &narrow)
            return Recording(samples: narrow.map { G711.muLaw.sample(of: G711.muLaw.code(of: $0)) }, sampleRate: 8_000)
        }
        #expect(understood.count >= SpokenPhrases.all.count * 8 / 10)
    }

    @Test("silence is understood as nothing")
    func silenceIsNothing() async throws {
        let transcriber = try SpokenPhrases.transcriber.get()
        let hum = (0..<24_000).map { Int16(($0 % 200) - 100) }
        for samples in [[], [Int16](repeating: 0, count: 24_000), hum] {
            let recording = Recording(samples: samples, sampleRate: 24_000)
            #expect(try await transcriber.transcribe(recording, language: nil, prompt: nil) == "")
        }
    }

    @Test("phrases with words that the dictionary lacks are left out, the others work")
    func leavesOutUnknownWords() async throws {
        let patterns = [try Pattern("xqzzt time"), try Pattern("open the [xqzzt] door")]
        let transcriber = try SpokenPhrases.transcriber(PhraseGrammar(patterns: patterns, samples: []))
        let recording = try await SpokenPhrases.recording(
            of: "open the door",
            by: try FliteSynthesizer(),
            voice: "alloy"
        )
        #expect(try await transcriber.transcribe(recording, language: nil, prompt: nil) == "open the door")
    }

    @Test("recordings at the same time share the decoders and are all understood")
    func manyAtATime() async throws {
        let transcriber = try SpokenPhrases.transcriber(Script.concierge().phrases, limit: 2)
        let recording = try await SpokenPhrases.recording(
            of: "tell me a joke",
            by: try FliteSynthesizer(),
            voice: "alloy"
        )
        try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                await transcriber.keepWarm()
                return "tell me a joke"
            }
            for _ in 0..<8 { group.addTask { try await transcriber.transcribe(recording, language: nil, prompt: nil) } }
            for try await text in group { #expect(text == "tell me a joke") }
        }
    }

    @Test("a cancelled transcription stops, and its decoder can be used again")
    func stopsWhenCancelled() async throws {
        let transcriber = try SpokenPhrases.transcriber(Script.concierge().phrases, limit: 1)
        let recording = try await SpokenPhrases.recording(of: "flip a coin", by: try FliteSynthesizer(), voice: "alloy")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: CancellationError.self) {
                    try await transcriber.transcribe(recording, language: nil, prompt: nil)
                }
            }
            group.cancelAll()
        }
        #expect(try await transcriber.transcribe(recording, language: nil, prompt: nil) == "flip a coin")
    }

    @Test("the hint says how many phrases it knows")
    func hintNamesCount() throws {
        let grammar = PhraseGrammar(patterns: [try Pattern("yes"), try Pattern("no")], samples: [])
        #expect(try SpokenPhrases.transcriber(grammar).hint.contains("2 kinds of phrases"))
    }
}
