// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One decoder: listens to one recording at a time.
///
/// Its calls block: 120 to 240 ms to make it, 30 ms for a second of speech.
actor PocketsphinxDecoder {
    /// Where the English model lies.
    static let modelDirectory = "/usr/share/pocketsphinx/model/en-us"
    /// The rate the model needs, in Hz.
    static let sampleRate = 16_000

    private static let searchName = "phrases"
    /// The longest recording that is heard as a whole, in samples: 10 s, which no phrase takes.
    private static let longestPhrase = 160_000
    /// 100 ms: what is heard of longer ones between two looks whether the task is cancelled.
    private static let step = 1_600
    /// Wider beams and a lighter penalty than usual: nearly all errors are phrases that were given up too early.
    private static let search = ["-beam", "1e-80", "-wbeam", "1e-60", "-pbeam", "1e-80", "-wip", "0.2"]

    private let library: PocketsphinxLibrary
    // Only used by this actor.
    private nonisolated(unsafe) let decoder: PocketsphinxLibrary.Pointer
    private var grammar: String?

    /// A decoder that knows words but no phrases yet; `nil` if the model cannot be loaded.
    init?(library: PocketsphinxLibrary) {
        let directory = Self.modelDirectory
        let arguments = ["-hmm", "\(directory)/en-us", "-dict", "\(directory)/cmudict-en-us.dict"] + Self.search
        guard let decoder = library.makeDecoder(arguments) else { return nil }
        self.library = library
        self.decoder = decoder
    }

    deinit { _ = library.freeDecoder(decoder) }

    /// Those of `words` that the dictionary lacks.
    func unknown(among words: Set<String>) -> Set<String> { words.filter { !library.knows($0, in: decoder) } }

    /// Makes the phrases of a JSGF grammar those that are understood.
    ///
    /// - Returns: whether the library accepts the grammar.
    func use(_ grammar: String) -> Bool {
        guard grammar != self.grammar else { return true }
        guard library.setGrammar(decoder, Self.searchName, grammar) == 0,
            library.useSearch(decoder, Self.searchName) == 0
        else { return false }
        self.grammar = grammar
        return true
    }

    /// The phrase in `samples` (16-bit mono at ``sampleRate``), empty if it is none.
    func understand(_ samples: [Int16]) async throws -> String {
        guard library.start(decoder) == 0 else { return "" }
        do {
            let samples = Dither.added(to: samples)
            // Heard as a whole, a recording is judged by its own loudness and not by that of earlier ones.
            let isWhole = samples.count <= Self.longestPhrase
            for piece in samples.pieces(of: isWhole ? Self.longestPhrase : Self.step) {
                try Task.checkCancellation()
                _ = piece.withUnsafeBufferPointer { buffer in
                    buffer.baseAddress.map { library.process(decoder, $0, buffer.count, 0, isWhole ? 1 : 0) }
                }
            }
        } catch {
            _ = library.end(decoder)
            throw error
        }
        _ = library.end(decoder)
        return library.understood(by: decoder)
    }
}
