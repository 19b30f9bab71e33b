// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio
internal import ParleySession

/// Speaks English with the C library flite in this process.
///
/// Sound is made on the calling task, a clause at a time: less than 100 ms of processor time each, after which the task
/// looks whether it is cancelled.
package struct FliteSynthesizer: SpeechSynthesizer {
    package let name = "flite"
    private let library: FliteLibrary
    private let kernel: ResamplingKernel

    /// The rate of the library's voices in Hz.
    private static let sampleRate = 16_000

    /// Loads the library.
    ///
    /// - Throws: an error that says what is missing.
    package init() throws {
        library = try FliteLibrary.shared.get()
        kernel = try ResamplingKernel(from: Self.sampleRate, to: 24_000, quality: .playback)
    }

    package func speak(_ utterance: Utterance, emit: (_ samples: [Int16]) async throws -> Void) async throws {
        let pieces = FliteText.pieces(of: FliteText.ascii(utterance.text))
        guard !pieces.isEmpty else {
            throw EngineFailure(
                code: "language_not_supported",
                message: "The voice flite speaks English only. Install espeak-ng for other languages."
            )
        }
        let voice = voice(named: utterance.voice)
        let speed = min(max(utterance.speed, 0.25), 4)
        for piece in pieces {
            try Task.checkCancellation()
            guard let voice, let wave = library.speak(piece, with: voice, speed: speed),
                wave.sampleRate == Self.sampleRate
            else {
                throw EngineFailure(code: "synthesizer_failed", message: "The library flite could not say a sentence.")
            }
            var resampler = Resampler(kernel: kernel)
            var samples: [Int16] = []
            resampler.process(Silence.trimmed(wave.samples[...], sampleRate: wave.sampleRate).span, into: &samples)
            resampler.flush(into: &samples)
            if !samples.isEmpty { try await emit(samples) }
        }
    }

    private func voice(named name: String) -> FliteLibrary.Voice? {
        let preferred = Self.voices[name.lowercased()] ?? "slt"
        return library.voices[preferred] ?? library.voices.min { $0.key < $1.key }?.value
    }

    private static let voices = [
        "alloy": "slt", "ash": "rms", "ballad": "awb", "cedar": "rms", "coral": "slt", "echo": "rms", "marin": "slt",
        "sage": "slt", "shimmer": "slt", "verse": "awb",
    ]
}
