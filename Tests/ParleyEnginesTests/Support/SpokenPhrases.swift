// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyEngines
import ParleySession

/// Phrases of the built-in script, spoken and understood.
enum SpokenPhrases {
    static let all = [
        "what time is it", "what day is it today", "hello", "set a timer for five seconds",
        "what is twelve plus thirty",
        "multiply six by seven", "count to twenty", "flip a coin", "roll the dice", "tell me a joke",
        "tell me a long story", "what can you do", "who are you", "repeat after me hello world", "spell banana",
        "can you hear me", "thank you very much", "good night", "never mind", "heads or tails",
    ]

    /// A recogniser for `grammar`, or else the built-in script's phrases.
    static func transcriber(_ grammar: PhraseGrammar? = nil, limit: Int? = nil) throws -> PocketsphinxTranscriber {
        try PocketsphinxTranscriber(
            phrases: grammar ?? Script.concierge().phrases,
            limit: limit,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// A phrase with a quarter of a second of silence on both sides.
    static func recording(of text: String, by synthesizer: some SpeechSynthesizer, voice: String) async throws
        -> Recording
    {
        var samples = [Int16](repeating: 0, count: 6_000)
        try await synthesizer.speak(Utterance(text: text, voice: voice)) { samples += $0 }
        return Recording(samples: samples + [Int16](repeating: 0, count: 6_000), sampleRate: 24_000)
    }

    /// The phrases that are understood word for word.
    static func understood(
        by transcriber: PocketsphinxTranscriber,
        _ record: (String) async throws -> Recording
    ) async throws -> [String] {
        var understood: [String] = []
        for phrase in all {
            let text = try await transcriber.transcribe(try await record(phrase), language: nil, prompt: nil)
            if text == phrase { understood.append(phrase) }
        }
        return understood
    }
}
