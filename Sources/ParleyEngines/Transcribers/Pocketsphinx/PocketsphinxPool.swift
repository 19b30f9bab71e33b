// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import ParleySession

/// A few decoders that recordings share. Each keeps its model in memory, so there are no more than can run at once.
actor PocketsphinxPool {
    private let library: PocketsphinxLibrary
    private let phrases: PhraseGrammar
    private let limit: Int
    private let logger: Logger
    private let permits: Permits
    private var idle: [PocketsphinxDecoder] = []
    private var made = 0
    /// The grammar without phrases whose words the dictionary lacks, once it is known.
    private var grammar: String?

    /// A pool of at most `limit` decoders that understand `phrases`.
    init(library: PocketsphinxLibrary, phrases: PhraseGrammar, limit: Int, logger: Logger) {
        self.library = library
        self.phrases = phrases
        self.limit = limit
        self.logger = logger
        permits = Permits(limit)
    }

    /// Makes all decoders, so that no recording has to wait for it.
    func fill() async {
        while made < limit {
            do {
                try await permits.run { idle.append(try await make()) }
            } catch {
                logger.warning("No decoder in reserve", metadata: ["error": "\(error)"])
                return
            }
        }
    }

    /// Lends a decoder to `work`, waiting for one.
    func withDecoder<Value: Sendable>(_ work: (PocketsphinxDecoder) async throws -> Value) async throws -> Value {
        try await permits.run {
            let decoder = if let free = idle.popLast() { free } else { try await make() }
            defer { idle.append(decoder) }
            return try await work(decoder)
        }
    }

    private func make() async throws -> PocketsphinxDecoder {
        made += 1
        guard let decoder = PocketsphinxDecoder(library: library) else {
            made -= 1
            throw EngineFailure(
                code: "transcriber_failed",
                message: "The pocketsphinx model in \(PocketsphinxDecoder.modelDirectory) cannot be loaded. Install"
                    + " pocketsphinx-en-us again."
            )
        }
        let grammar = if let known = self.grammar { known } else { await usableGrammar(decoder) }
        self.grammar = grammar
        guard await decoder.use(grammar) else {
            made -= 1
            throw EngineFailure(code: "transcriber_failed", message: "pocketsphinx refuses the script's phrases.")
        }
        return decoder
    }

    private func usableGrammar(_ decoder: PocketsphinxDecoder) async -> String {
        let unknown = await decoder.unknown(among: phrases.words)
        if !unknown.isEmpty {
            logger.notice(
                "Phrases with words that the dictionary lacks are not understood",
                metadata: ["words": "\(unknown.sorted().joined(separator: " "))"]
            )
        }
        return phrases.jsgf(without: unknown)
    }
}
