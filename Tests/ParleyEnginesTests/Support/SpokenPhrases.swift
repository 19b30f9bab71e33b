// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import ParleyEngines
import ParleySession

/// Phrases of the built-in script, spoken and understood.
enum SpokenPhrases {
    static let all = [
        "what time is it", "set a timer for five seconds", "what is twelve plus thirty", "flip a coin",
        "tell me a joke",
        "what can you do", "repeat after me hello world", "can you hear me", "thank you very much", "never mind",
    ]

    /// A recogniser for the built-in script's phrases.
    static let transcriber = Result { try transcriber(Script.concierge().phrases) }

    /// A recogniser for `grammar`.
    static func transcriber(_ grammar: PhraseGrammar, limit: Int? = nil) throws -> PocketsphinxTranscriber {
        try PocketsphinxTranscriber(
            phrases: grammar,
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
