// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio

extension ToneCode {
    static func samples(of text: String, rate: Int = 24_000) -> [Int16] {
        var samples: [Int16] = []
        Encoder(sampleRate: rate).encode(text, into: &samples)
        return samples
    }

    static func words(in samples: [Int16], rate: Int = 24_000) -> [Word] {
        words(in: [samples[...]], rate: rate)
    }

    static func words(in pieces: [ArraySlice<Int16>], rate: Int) -> [Word] {
        var decoder = Decoder(sampleRate: rate)
        var words: [Word] = []
        for piece in pieces {
            decoder.process(piece.span, into: &words)
        }
        decoder.finish(into: &words)
        return words
    }

    static func text(in samples: [Int16], rate: Int = 24_000) -> String {
        words(in: samples, rate: rate).map(\.text).joined(separator: " ")
    }
}

extension [Int16] {
    /// Tones and white noise so many decibels apart; positive means louder tones.
    func withNoise(ratioDB: Double, seed: UInt64) -> [Int16] {
        var generator = SeededGenerator(seed: seed)
        let signal = map { Double($0) / 32_768 }
        let level = AudioLevel(of: span).rmsDBFS
        return signal.mixed(with: generator.noise(count: count).scaled(toDBFS: Double(level) - ratioDB)).pcm
    }
}
