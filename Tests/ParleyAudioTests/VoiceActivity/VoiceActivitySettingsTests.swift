// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyAudio

struct VoiceActivitySettingsTests {
    @Test(
        arguments: [
            (0.5, 5), (0.3, 2), (0.35, 2), (0.4, 3), (0.8, 11), (1, 15), (0, 2), (-7, 2),
        ] as [(Float, Float)]
    )
    func `the threshold is an excess in decibels, never within the spread of noise`(threshold: Float, decibels: Float) {
        let settings = VoiceActivitySettings(threshold: threshold, silenceDurationMS: 500)
        #expect(abs(settings.evenExcessDB - decibels) < 1e-4)
    }

    @Test(arguments: [
        (500, 50), (501, 51), (509, 51), (10, 1), (1, 1), (0, 1), (-300, 1), (200, 20), (.max, .max / 10 + 1),
    ])
    func `silence is rounded up to whole frames`(milliseconds: Int, frames: Int) {
        #expect(VoiceActivitySettings(threshold: 0.5, silenceDurationMS: milliseconds).silenceFrames == frames)
    }
}
