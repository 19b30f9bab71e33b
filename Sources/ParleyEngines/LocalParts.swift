// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging

/// The parts of an engine that this machine offers without any server: what is used, and why.
package struct LocalParts: Sendable {
    /// A line of the table that the server prints when it starts.
    package struct Row: Sendable, Equatable {
        /// What the part is for: `voice`, `transcriber`, `model`.
        package var slot: String
        /// What fills it (`espeak-ng`), or `none`.
        package var using: String
        /// What it can do and how to get a better one; empty if there is nothing to say.
        package var note: String

        /// Makes a line.
        package init(slot: String, using: String, note: String) {
            self.slot = slot
            self.using = using
            self.note = note
        }
    }

    /// What speaks.
    package var synthesizer: any SpeechSynthesizer
    /// What listens: to tone code always, to speech only if a recogniser is installed.
    package var transcriber: (any Transcriber)?
    /// What answers.
    package var model: any LanguageModel
    /// The table, a row for each slot.
    package var summary: [Row]

    /// Looks for what is installed.
    ///
    /// - Parameters:
    ///   - script: what the model says and the recogniser understands; `nil` = the built-in one.
    ///   - logger: for the parts.
    /// - Returns: a part for each slot.
    /// - Throws: an error that says what is wrong with the script.
    package static func detect(script: Script? = nil, logger: Logger) throws -> LocalParts {
        let script = try script ?? Script.concierge()
        let (synthesizer, voice) = synthesizer(logger: logger)
        let (transcriber, listening) = transcriber(of: script, logger: logger)
        let answering = Row(
            slot: "model",
            using: "\(script.name) script",
            note:
                "no language model (give --llm auto or --llm URL): rules for \(script.rules.count) kinds of requests; it also "
                + "calls your client's tools"
        )
        return LocalParts(
            synthesizer: synthesizer,
            transcriber: transcriber,
            model: ScriptedModel(script: script),
            summary: [voice, listening, answering]
        )
    }

    private static let espeakAdvice = package(debian: "espeak-ng", homebrew: "espeak-ng") ?? ""

    /// The voice of this machine.
    static func synthesizer(logger: Logger) -> (any SpeechSynthesizer, Row) {
        if FileProbe.program("espeak-ng") != nil, let synthesizer = try? EspeakSynthesizer(logger: logger) {
            return (
                synthesizer, Row(slot: "voice", using: synthesizer.name, note: "a plain voice in a hundred languages")
            )
        }
        if let synthesizer = try? FliteSynthesizer() {
            let note = "English only; for other languages \(espeakAdvice)"
            return (synthesizer, Row(slot: "voice", using: synthesizer.name, note: note))
        }
        let synthesizer = ToneSynthesizer()
        let note = "no voice is installed, so it beeps: \(espeakAdvice)"
        return (synthesizer, Row(slot: "voice", using: synthesizer.name, note: note))
    }

    private static func transcriber(of script: Script, logger: Logger) -> (any Transcriber, Row) {
        let slot = "transcriber"
        guard let phrases = try? PocketsphinxTranscriber(phrases: script.phrases, logger: logger) else {
            let advice = package(debian: "libpocketsphinx3 pocketsphinx-en-us", homebrew: nil)
                .map { "; to be understood: \($0)" }
            let note = "type, or hear your voice played back\(advice ?? ""); for free speech: --stt URL"
            return (ToneTranscriber(), Row(slot: slot, using: "none", note: note))
        }
        let note = "knows the script's phrases, in English; other speech is played back; for free speech: --stt URL"
        return (ChainTranscriber([ToneTranscriber(), phrases]), Row(slot: slot, using: phrases.name, note: note))
    }

    /// What listens to tone code and, where a recogniser is installed, to these phrases.
    static func transcriber(of phrases: [String], logger: Logger) -> any Transcriber {
        let grammar = PhraseGrammar(patterns: phrases.compactMap { try? Pattern($0) }, samples: [])
        guard !phrases.isEmpty, let recogniser = try? PocketsphinxTranscriber(phrases: grammar, logger: logger) else {
            return ToneTranscriber()
        }
        return ChainTranscriber([ToneTranscriber(), recogniser])
    }

    /// How to install a package on this system; `nil` if it has none.
    private static func package(debian: String, homebrew: String?) -> String? {
        #if os(macOS)
        homebrew.map { "brew install \($0)" }
        #else
        "apt install \(debian)"
        #endif
    }
}
