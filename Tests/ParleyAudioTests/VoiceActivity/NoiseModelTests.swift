// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyAudio

struct NoiseModelTests {
    static func base(after levels: [Float], inSpeech: Bool = false) -> Float {
        var model = NoiseModel(firstLevel: levels[0])
        for level in levels {
            model.update(level: level, inSpeech: inSpeech)
        }
        return model.base
    }

    @Test(arguments: [-70, -50, -40, -31] as [Float])
    func `steady noise is its own base from the first frame on`(level: Float) {
        #expect(abs(Self.base(after: [level]) - level) < 0.01)
        #expect(abs(Self.base(after: Array(repeating: level, count: 500)) - level) < 0.01)
    }

    @Test func `a perfect silence is taken for a quiet room`() {
        #expect(Self.base(after: Array(repeating: -100, count: 500)) == -72)
    }

    @Test func `a loud first frame is not believed to be noise`() {
        #expect(Self.base(after: [-10]) < -29)
    }

    @Test func `the base lies half the spread over unsteady noise`() {
        // ±4 dB around -40: the spread is 4.
        let levels = (0..<2_000).map { Float($0 / 5 % 2 == 0 ? -44 : -36) }
        #expect(abs(Self.base(after: levels) + 38) < 1)
    }

    @Test func `noise that falls is followed within half a second`() {
        let levels = Array(repeating: Float(-35), count: 300) + Array(repeating: -60, count: 50)
        #expect(Self.base(after: levels) < -44)
    }

    @Test func `speech raises the base by no more than 6 dB in a second`() {
        let quiet = Array(repeating: Float(-60), count: 300)
        var model = NoiseModel(firstLevel: -60)
        quiet.forEach { model.update(level: $0, inSpeech: false) }
        var before = model.base
        for _ in 0..<400 {
            model.update(level: -20, inSpeech: true)
            #expect(model.base - before < 0.0601)
            before = model.base
        }
        // Four seconds without a pause, and still far below.
        #expect(model.base > -60 && model.base < -35)
    }

    @Test func `the quietest moment of the last two seconds counts`() {
        var model = NoiseModel(firstLevel: -60)
        for frame in 0..<290 {
            model.update(level: frame < 100 ? -60 : -40, inSpeech: frame >= 100)
        }
        // The floor is where it was; the mean has crept up by 5 dB.
        #expect(abs(model.base + 55) < 0.5)
    }

    @Test func `pauses between words keep the floor where it is`() {
        var model = NoiseModel(firstLevel: -60)
        for frame in 0..<3_000 {
            let isPause = frame % 100 >= 85
            model.update(level: isPause ? -60 : -25, inSpeech: !isPause)
        }
        #expect(model.base < -60 + 14.1)
    }

    @Test func `the mean cannot run away from the floor`() {
        // Loud most of the time, and for all the model is told it is not speech.
        let levels = (0..<3_000).map { Float($0 % 100 < 85 ? -20 : -60) }
        #expect(Self.base(after: levels) < -40)
    }
}
