// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio
package import ParleySession

/// Understands what ``ToneSynthesizer`` says, and nothing else.
package struct ToneTranscriber: Transcriber {
    package let name = "tones"
    package let hint = "It understands tone code only, as tests speak it."

    /// Samples between two looks whether the task is cancelled.
    private static let step = 24_000

    /// A transcriber.
    package init() {}

    /// The words in tone code, `nil` if there are none.
    package func transcribe(_ recording: Recording, language: String?, prompt: String?) async throws -> String? {
        guard recording.sampleRate >= ToneCode.leastSampleRate else { return nil }
        var decoder = ToneCode.Decoder(sampleRate: recording.sampleRate)
        var words: [ToneCode.Word] = []
        for piece in recording.samples.pieces(of: Self.step) {
            try Task.checkCancellation()
            decoder.process(piece.span, into: &words)
        }
        decoder.finish(into: &words)
        return words.isEmpty ? nil : words.map(\.text).joined(separator: " ")
    }
}
