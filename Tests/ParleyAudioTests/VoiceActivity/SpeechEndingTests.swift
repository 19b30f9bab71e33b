// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import ParleyAudio

@Suite("How speech ends")
struct SpeechEndingTests {
    private static let rate = 24_000

    /// A voice whose loudness is that of each moment, in s from its beginning.
    private static func voice(seconds: Double, _ loudness: (Double) -> Double) -> [Int16] {
        (0..<Int(seconds * Double(rate)))
            .map { index in
                let time = Double(index) / Double(rate)
                let harmonics = (1...12).reduce(0.0) { $0 + sin(2 * .pi * 140 * Double($1) * time) / Double($1) }
                return Int16(5_000 * harmonics * loudness(time))
            }
    }

    private static func syllables(_ time: Double) -> Double { 0.7 - 0.3 * cos(2 * .pi * 4 * time) }

    /// Speech of 1 s that ends in one of the ways, or too short to judge.
    private static func speech(_ ending: SpeechEnding) -> [Int16] {
        switch ending {
        case .finished: voice(seconds: 1) { syllables($0) * ($0 > 0.8 ? 0.35 : 1) }
        case .unclear: voice(seconds: 1, syllables)
        case .hesitating: voice(seconds: 1) { $0 > 0.5 ? 0.7 : syllables($0) }
        }
    }

    /// Silence in ms that it took to end that speech.
    private static func wait(_ speech: [Int16], _ settings: VoiceActivitySettings) -> Int? {
        var detector = VoiceActivityDetector(sampleRate: rate, settings: settings)
        var events: [VoiceActivityEvent] = []
        let silence = [Int16](repeating: 0, count: rate / 2)
        detector.process((silence + speech).span, into: &events)
        for _ in 0..<20 { detector.process(silence.span, into: &events) }
        for case .speechStopped(let atMS, let detectedAtMS) in events { return detectedAtMS - atMS }
        return nil
    }

    static let patience = VoiceActivitySettings.Patience(finishedMS: 300, unclearMS: 500, hesitatingMS: 4_000)

    @Test(
        "decides how long to wait",
        arguments: [(SpeechEnding.finished, 300), (.unclear, 500), (.hesitating, 4_000)]
    )
    func waits(ending: SpeechEnding, milliseconds: Int) {
        let settings = VoiceActivitySettings(threshold: 0.5, patience: Self.patience)
        #expect(Self.wait(Self.speech(ending), settings) == milliseconds)
        // Without patience it does not matter.
        let fixed = VoiceActivitySettings(threshold: 0.5, silenceDurationMS: 350)
        #expect(Self.wait(Self.speech(ending), fixed) == 350)
    }

    @Test("is unclear after a single short word")
    func shortWord() {
        let settings = VoiceActivitySettings(threshold: 0.5, patience: Self.patience)
        #expect(Self.wait(Self.voice(seconds: 0.3) { $0 > 0.2 ? 0.3 : 1 }, settings) == 500)
    }

    @Test("is judged by the last words: who goes on after a hesitation and finishes is answered soon")
    func goesOn() {
        let settings = VoiceActivitySettings(threshold: 0.5, patience: Self.patience)
        let pause = [Int16](repeating: 0, count: 2 * Self.rate)
        let turn = Self.speech(.hesitating) + pause + Self.speech(.finished)
        #expect(Self.wait(turn, settings) == 300)
    }
}
