// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import ParleyAudio
package import ParleySession

/// Understands the phrases of a script with the C library pocketsphinx in this process.
///
/// The library's free dictation is not good enough to be of use: one word in three is wrong, in noise all of them. Of a
/// closed set of phrases it finds nearly every one.
package struct PocketsphinxTranscriber: Transcriber {
    package let name = "pocketsphinx"
    /// The peak that speech has at least: -38 dBFS.
    private static let quietestSpeech = 400
    private let phrases: PhraseGrammar
    private let decoders: PocketsphinxPool
    private let kernels: [Int: ResamplingKernel]

    /// Loads the library; decoders are made when they are needed, or by ``keepWarm()``.
    ///
    /// - Parameters:
    ///   - phrases: what can be understood.
    ///   - limit: decoders, and so recordings at a time; each takes 27 MB. `nil` = one for each processor.
    ///   - logger: gets the words that cannot be understood.
    /// - Throws: an error that says what is missing.
    package init(phrases: PhraseGrammar, limit: Int? = nil, logger: Logger) throws {
        self.phrases = phrases
        let library = try PocketsphinxLibrary.shared.get()
        guard FileProbe.exists("\(PocketsphinxDecoder.modelDirectory)/en-us/mdef") else {
            throw DynamicLibrary.Failure(description: "no model in \(PocketsphinxDecoder.modelDirectory)")
        }
        decoders = PocketsphinxPool(
            library: library,
            phrases: phrases,
            limit: max(limit ?? Processors.count, 1),
            logger: logger
        )
        var kernels: [Int: ResamplingKernel] = [:]
        for rate in [8_000, 24_000] {
            kernels[rate] = try ResamplingKernel(from: rate, to: PocketsphinxDecoder.sampleRate, quality: .telephone)
        }
        self.kernels = kernels
    }

    package var hint: String {
        "It understands \(phrases.count) kinds of phrases, English only (say \"help\")."
    }

    package func keepWarm() async { await decoders.fill() }

    package func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
        let samples = try resampled(recording)
        // Of silence the decoder would make the phrase that fits least badly.
        guard AudioLevel(of: samples.span).peak > Self.quietestSpeech else { return "" }
        return try await decoders.withDecoder { decoder in try await decoder.understand(samples) }
    }

    private func resampled(_ recording: Recording) throws -> [Int16] {
        let rate = recording.sampleRate
        guard rate != PocketsphinxDecoder.sampleRate else { return recording.samples }
        let kernel =
            try kernels[rate] ?? ResamplingKernel(from: rate, to: PocketsphinxDecoder.sampleRate, quality: .telephone)
        var resampler = Resampler(kernel: kernel)
        var samples: [Int16] = []
        resampler.process(recording.samples.span, into: &samples)
        resampler.flush(into: &samples)
        return samples
    }
}
