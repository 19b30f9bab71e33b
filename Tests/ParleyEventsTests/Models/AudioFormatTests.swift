// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Audio formats")
struct AudioFormatTests {
    @Test(
        "have the sizes of the reference",
        arguments: [
            (AudioFormat.pcm, 24_000, 2, 48), (.pcmu, 8_000, 1, 8), (.pcma, 8_000, 1, 8),
        ]
    )
    func sizes(format: AudioFormat, rate: Int, bytesPerSample: Int, bytesPerMillisecond: Int) {
        #expect(format.sampleRate == rate)
        #expect(format.bytesPerSample == bytesPerSample)
        #expect(format.bytesPerMillisecond == bytesPerMillisecond)
    }

    @Test("are read as they are written", arguments: AudioFormat.allCases)
    func roundTrip(format: AudioFormat) throws {
        #expect(try AudioFormat(format.json, at: "format") == format)
        #expect(try AudioFormat(["type": .string(format.name)], at: "format") == format)
    }
}
