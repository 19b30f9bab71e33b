// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio

/// Speaks in tones, which ``ToneTranscriber`` understands exactly: for tests, and if no voice is installed.
package struct ToneSynthesizer: SpeechSynthesizer {
    package let name = "tones"
    private let encoder = ToneCode.Encoder(sampleRate: 24_000)

    /// A synthesizer; voice, speed and language make no difference to it.
    package init() {}

    package func speak(_ utterance: Utterance, emit: (_ samples: [Int16]) async throws -> Void) async throws {
        for word in utterance.text.split(whereSeparator: \.isWhitespace) {
            try Task.checkCancellation()
            var samples: [Int16] = []
            encoder.encode(word, into: &samples)
            try await emit(samples)
        }
    }
}
