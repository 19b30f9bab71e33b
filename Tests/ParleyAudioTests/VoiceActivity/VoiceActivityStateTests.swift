// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyAudio
import Testing

/// What a session can do to a detector while audio comes in.
struct VoiceActivityStateTests {
    static let rate = 16_000

    static func detector(silence: Int = 500, elapsedMS: Int = 0) -> VoiceActivityDetector {
        let settings = VoiceActivitySettings(threshold: 0.5, silenceDurationMS: silence)
        return VoiceActivityDetector(sampleRate: rate, settings: settings, elapsedMS: elapsedMS)
    }

    static func speech(ms: Int, dBFS: Double = -25) -> [Int16] {
        Signals.speech(dBFS: dBFS, ms: ms, rate: rate).pcm
    }

    static func silence(ms: Int) -> [Int16] {
        Signals.silence(ms: ms, rate: rate).pcm
    }

    /// A tone so many dB over steady noise, in the band.
    static func tone(ms: Int, excess: Double) -> [Int16] {
        // The noise of -45 dBFS has about -51 dBFS left in the band, -48 dBFS as the amplitude of a sine.
        let amplitude = 0.0040 * pow(10, excess / 20)
        let tone = Signals.sine(hertz: 800, amplitude: amplitude, rate: rate, count: ms * rate / 1_000)
        return Signals.noise(dBFS: -45, ms: ms, rate: rate, seed: 9).mixed(with: tone).pcm
    }

    static func noise(ms: Int) -> [Int16] {
        Signals.noise(dBFS: -45, ms: ms, rate: rate).pcm
    }

    // MARK: Pieces and time

    @Test(arguments: [1, 7, 160, 161, 320, 4_800, 100_000])
    func `events do not depend on how the audio is split`(length: Int) {
        let samples = VoiceActivityDetectorTests.utterance(rate: Self.rate, noiseDBFS: -50).pcm
        var whole = Self.detector()
        let expected = whole.events(of: samples)
        #expect(expected.count == 2)
        var detector = Self.detector()
        #expect(samples.cut(every: length).flatMap { detector.events(of: Array($0)) } == expected)
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `events do not depend on how the audio is split, at odd rates and lengths`(seed: UInt64) {
        let samples = VoiceActivityDetectorTests.utterance(rate: 11_025).pcm
        var generator = SeededGenerator(seed: seed)
        var whole = VoiceActivityDetector(sampleRate: 11_025, settings: .tuned)
        var detector = whole
        let pieces = samples.cut(generator.pieces(of: samples.count, longest: 999))
        #expect(pieces.flatMap { detector.events(of: Array($0)) } == whole.events(of: samples))
    }

    @Test func `time counts whole frames of the session`() {
        var detector = Self.detector(elapsedMS: 12_345)
        #expect(detector.elapsedMS == 12_340)
        #expect(detector.events(of: Self.silence(ms: 1_000)) == [])
        #expect(detector.elapsedMS == 13_340)
        let events = detector.events(of: Self.speech(ms: 800) + Self.silence(ms: 600))
        #expect(events.speech.count == 1)
        #expect(events.speech[0].isAbout(13_340..<14_140))
    }

    @Test func `audio that is never a whole frame is no event`() {
        var detector = Self.detector()
        #expect(detector.events(of: []) == [])
        #expect(detector.events(of: [1, 2, 3]) == [])
        #expect(detector.elapsedMS == 0)
        #expect(detector.levelDBFS == -100)
    }

    @Test func `speaking, level and trailing silence can be read at any time`() {
        var detector = Self.detector()
        _ = detector.events(of: Self.silence(ms: 500) + Self.speech(ms: 600))
        #expect(detector.isSpeaking)
        #expect(detector.levelDBFS > -45)
        _ = detector.events(of: Self.silence(ms: 300))
        #expect(detector.isSpeaking)
        #expect((230...300).contains(detector.trailingSilenceMS))
        #expect(detector.levelDBFS == -100)
        _ = detector.events(of: Self.silence(ms: 300))
        #expect(!detector.isSpeaking)
        #expect(detector.trailingSilenceMS == 0)
    }

    // MARK: Settings

    @Test func `a shorter silence holds for speech that goes on`() {
        var detector = Self.detector(silence: 2_000)
        #expect(detector.events(of: Self.silence(ms: 500) + Self.speech(ms: 600) + Self.silence(ms: 400)).count == 1)
        detector.update(VoiceActivitySettings(threshold: 0.5, silenceDurationMS: 300))
        let stop = detector.events(of: Self.silence(ms: 10))
        #expect(stop.detectedAtMS == [1_510])
        #expect(stop.speech[0].upperBound < 1_200)
    }

    @Test func `a longer silence holds for speech that goes on`() {
        var detector = Self.detector(silence: 300)
        _ = detector.events(of: Self.silence(ms: 500) + Self.speech(ms: 600) + Self.silence(ms: 200))
        detector.update(VoiceActivitySettings(threshold: 0.5, silenceDurationMS: 1_000))
        #expect(detector.events(of: Self.silence(ms: 600)) == [])
        #expect(detector.events(of: Self.silence(ms: 300)).count == 1)
    }

    @Test func `a new threshold forgets neither the noise nor the time`() {
        var detector = Self.detector()
        #expect(detector.events(of: Self.noise(ms: 2_000)) == [])
        detector.update(VoiceActivitySettings(threshold: 0.9, silenceDurationMS: 500))
        #expect(detector.events(of: Self.tone(ms: 500, excess: 9) + Self.noise(ms: 1_000)) == [])
        detector.update(.tuned)
        #expect(detector.events(of: Self.tone(ms: 500, excess: 9) + Self.noise(ms: 1_000)).speech.count == 1)
        #expect(detector.elapsedMS == 5_000)
    }

    // MARK: Our own audio

    @Test(arguments: [(100, true, false), (150, true, false), (400, true, true), (20, false, false)])
    func `while our audio plays it takes longer speech to start`(milliseconds: Int, isFound: Bool, isFoundRaised: Bool)
    {
        for (raised, expected) in [(false, isFound), (true, isFoundRaised)] {
            var detector = Self.detector()
            detector.raiseBar(raised)
            let events = detector.events(
                of: Self.noise(ms: 1_000) + Self.tone(ms: milliseconds, excess: 25) + Self.noise(ms: 700)
            )
            #expect(events.isEmpty == !expected, "\(milliseconds) ms, raised: \(raised)")
        }
    }

    @Test(arguments: [(9.0, true, false), (16, true, true), (3, false, false)])
    func `while our audio plays it takes louder speech to start`(excess: Double, isFound: Bool, isFoundRaised: Bool) {
        for (raised, expected) in [(false, isFound), (true, isFoundRaised)] {
            var detector = Self.detector()
            detector.raiseBar(raised)
            let events = detector.events(
                of: Self.noise(ms: 1_000) + Self.tone(ms: 600, excess: excess) + Self.noise(ms: 700)
            )
            #expect(events.isEmpty == !expected, "\(excess) dB, raised: \(raised)")
        }
    }

    @Test func `over the raised bar 200 ms of speech are needed and its beginning is reported`() {
        var detector = Self.detector()
        detector.raiseBar(true)
        let events = detector.events(of: Self.silence(ms: 1_000) + Self.speech(ms: 900) + Self.silence(ms: 600))
        #expect(events.speech.count == 1)
        #expect(events.speech[0].isAbout(1_000..<1_900))
        #expect((200...300).contains(events.detectedAtMS[0] - events.speech[0].lowerBound))
    }

    @Test func `raising the bar does not end speech, and lowering it counts what was said`() {
        var detector = Self.detector()
        let start = detector.events(of: Self.noise(ms: 1_000) + Self.tone(ms: 200, excess: 9))
        #expect(start.count == 1)
        detector.raiseBar(true)
        #expect(detector.events(of: Self.tone(ms: 1_000, excess: 9)) == [])
        #expect(detector.isSpeaking)

        var other = Self.detector()
        other.raiseBar(true)
        #expect(other.events(of: Self.noise(ms: 1_000) + Self.tone(ms: 150, excess: 25)) == [])
        other.raiseBar(false)
        let late = other.events(of: Self.tone(ms: 10, excess: 25))
        #expect(late.detectedAtMS == [1_160])
        #expect(late.speech[0].lowerBound < 1_060)
    }

    // MARK: Reset

    @Test func `after a reset somebody who still speaks starts anew`() {
        var detector = Self.detector()
        #expect(detector.events(of: Self.silence(ms: 500) + Self.speech(ms: 600)).count == 1)
        detector.reset()
        #expect(!detector.isSpeaking)
        let again = detector.events(of: Self.speech(ms: 600) + Self.silence(ms: 600))
        #expect(again.speech.count == 1)
        #expect(again.speech[0].lowerBound >= 1_100)
        #expect(again.speech[0].isAbout(1_100..<1_700))
    }

    @Test func `a reset in silence makes no event later`() {
        var detector = Self.detector()
        _ = detector.events(of: Self.silence(ms: 500) + Self.speech(ms: 600) + Self.silence(ms: 100))
        detector.reset()
        #expect(detector.events(of: Self.silence(ms: 2_000)) == [])
        #expect(detector.trailingSilenceMS == 0)
    }

    @Test func `a reset keeps the noise`() {
        var detector = Self.detector()
        let settled = detector.events(of: Self.silence(ms: 500) + Self.noise(ms: 8_000))
        #expect(!detector.isSpeaking)
        detector.reset()
        #expect(detector.events(of: Self.noise(ms: 3_000)) == [])
        #expect(settled.count == 2)
    }
}
