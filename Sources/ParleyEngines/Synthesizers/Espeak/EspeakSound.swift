// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyAudio

/// The output of `espeak-ng --stdout` as samples at 24 000 Hz.
struct EspeakSound: Sendable {
    /// The program's rate in Hz.
    static let sampleRate = 22_050
    /// The WAV header has this many bytes and wrong lengths, as the program cannot know them when it begins.
    private static let headerLength = 44

    private var headerLeft = headerLength
    private var decoder = PCM16.StreamDecoder()
    private var resampler: Resampler
    /// Whether any sample came.
    private(set) var hasSamples = false

    /// The sound at its beginning.
    init(kernel: ResamplingKernel) { resampler = Resampler(kernel: kernel) }

    /// Takes the next bytes of the output and returns the samples that are complete.
    mutating func push(_ bytes: UnsafeRawBufferPointer) -> [Int16] {
        let skipped = min(headerLeft, bytes.count)
        headerLeft -= skipped
        var made: [Int16] = []
        decoder.append(UnsafeRawBufferPointer(rebasing: bytes[skipped...]), to: &made)
        guard !made.isEmpty else { return [] }
        hasSamples = true
        var samples: [Int16] = []
        resampler.process(made.span, into: &samples)
        return samples
    }

    /// Ends the sound and returns the rest of it.
    mutating func finish() -> [Int16] {
        var samples: [Int16] = []
        resampler.flush(into: &samples)
        return samples
    }
}
