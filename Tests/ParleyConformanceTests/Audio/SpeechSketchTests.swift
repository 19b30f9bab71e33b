// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

@testable import ParleyConformance

@Suite("Speech-like sound")
struct SpeechSketchTests {
    @Test("It has the length asked for and does not clip", arguments: [8_000, 24_000])
    func length(rate: Int) {
        let samples = SpeechSketch(sampleRate: rate).speech(1_200)
        #expect(samples.count == rate * 1_200 / 1_000)
        #expect(samples.allSatisfy { abs(Int($0)) < 16_384 })
        #expect(samples.contains { abs(Int($0)) > 4_000 })
    }

    @Test("A voice activity detector hears one piece of speech in silence", arguments: [8_000, 24_000])
    func detection(rate: Int) {
        let silence = [Int16](repeating: 0, count: rate)
        let sound = silence + SpeechSketch(sampleRate: rate).speech(1_200) + silence + silence
        var detector = VoiceActivityDetector(
            sampleRate: rate,
            settings: VoiceActivitySettings(threshold: 0.5, silenceDurationMS: 500)
        )
        var events: [VoiceActivityEvent] = []
        detector.process(sound.span, into: &events)
        #expect(events.count == 2, "\(events)")
    }

    @Test("It is the same each time")
    func determinism() {
        #expect(SpeechSketch(sampleRate: 8_000).speech(300) == SpeechSketch(sampleRate: 8_000).speech(300))
    }

    @Test("Sound is coded as base64 of the format's size", arguments: AudioEncoding.allCases)
    func coding(encoding: AudioEncoding) {
        for text in [encoding.speech(milliseconds: 250), encoding.silence(milliseconds: 250)] {
            #expect(AudioEncoding.byteCount(ofBase64: text) == 250 * encoding.bytesPerMillisecond)
        }
        #expect(AudioEncoding.byteCount(ofBase64: "no base64") == nil)
        #expect(encoding.bytesPerSample == (encoding == .pcm ? 2 : 1))
    }
}
