// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

@Suite("Recordings")
struct RecordingTests {
    @Test("of a client become samples at the rate of their format", arguments: AudioFormat.allCases)
    func bytes(format: AudioFormat) {
        let samples = (0..<(format.sampleRate / 10)).map { Int16(truncatingIfNeeded: ($0 % 100) * 300) }
        let recording = Recording(TestAudio.encoded(samples, format), format: format)
        #expect(recording.sampleRate == format.sampleRate)
        #expect(recording.durationMS == 100)
        #expect(recording.samples.count == samples.count)
        // G.711 keeps 13 or 14 bits of a sample, of loud ones less.
        let tolerance = format == .pcm ? 0 : 600
        #expect(zip(recording.samples, samples).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
    }

    @Test("of samples keep them")
    func samples() {
        let recording = Recording(samples: [1, 2, 3, 4], sampleRate: 2_000)
        #expect(recording.samples == [1, 2, 3, 4])
        #expect(recording.sampleRate == 2_000)
        #expect(recording.durationMS == 2)
    }

    @Test("without a rate have no length")
    func noRate() {
        #expect(Recording(samples: [1], sampleRate: 0).durationMS == 0)
    }
}
