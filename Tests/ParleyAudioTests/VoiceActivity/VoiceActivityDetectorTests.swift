// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyAudio
import Testing

/// What turns are found in recordings.
struct VoiceActivityDetectorTests {
    /// Silence, 800 ms of speech from 1 000 ms on, silence.
    static func utterance(dBFS: Double = -25, rate: Int = 24_000, noiseDBFS: Double? = nil) -> [Double] {
        let bed =
            noiseDBFS.map { Signals.noise(dBFS: $0, ms: 3_000, rate: rate) } ?? Signals.silence(ms: 3_000, rate: rate)
        return bed.mixed(with: Signals.speech(dBFS: dBFS, ms: 800, rate: rate), at: rate)
    }

    @Test(arguments: [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000])
    func `an utterance is found where it is at any rate`(rate: Int) throws {
        let events = VoiceActivityDetector.events(of: Self.utterance(rate: rate), rate: rate)
        #expect(events.speech.count == 1)
        #expect(try #require(events.speech.first).isAbout(1_000..<1_800))
    }

    @Test func `start takes 60 ms to be sure and stop the silence`() throws {
        let events = VoiceActivityDetector.events(of: Self.utterance())
        let speech = try #require(events.speech.first)
        #expect(events.count == 2)
        #expect((60...120).contains(events.detectedAtMS[0] - speech.lowerBound))
        #expect(events.detectedAtMS[1] == speech.upperBound + 500)
    }

    @Test(arguments: [-30.0, -40, -50, -60])
    func `quiet speech is found in a quiet room`(level: Double) throws {
        let speech = VoiceActivityDetector.events(of: Self.utterance(dBFS: level)).speech
        #expect(try #require(speech.first).isAbout(1_000..<1_800, tolerance: 100))
        #expect(speech.count == 1)
    }

    @Test(arguments: [20.0, 15, 10])
    func `speech is found in noise`(ratio: Double) throws {
        let speech = VoiceActivityDetector.events(of: Self.utterance(noiseDBFS: -25 - ratio)).speech
        #expect(speech.count == 1)
        #expect(try #require(speech.first).isAbout(1_000..<1_800, tolerance: 150))
    }

    @Test func `speech is found from the first sample on`() throws {
        let signal = Signals.speech(dBFS: -20, ms: 900, rate: 24_000) + Signals.silence(ms: 1_000, rate: 24_000)
        let speech = VoiceActivityDetector.events(of: signal).speech
        #expect(try #require(speech.first).isAbout(0..<900, tolerance: 150))
        #expect(speech.count == 1)
    }

    @Test(arguments: [(200, 2), (300, 2), (500, 1), (800, 1)])
    func `a pause of 400 ms ends speech only if the settings say so`(silence: Int, turns: Int) {
        let rate = 24_000
        let signal =
            Self.utterance().mixed(with: Signals.speech(dBFS: -25, ms: 600, rate: rate), at: 2_200 * rate / 1_000)
            + Signals.silence(ms: 1_000, rate: rate)
        let settings = VoiceActivitySettings(threshold: 0.5, silenceDurationMS: silence)
        #expect(VoiceActivityDetector.events(of: signal, settings: settings).speech.count == turns)
    }

    @Test func `turns of a long session are all found where they are`() {
        let rate = 8_000
        var signal = Signals.noise(dBFS: -55, ms: 60_000, rate: rate)
        let starts = stride(from: 1_000, to: 58_000, by: 2_700)
        for (index, start) in starts.enumerated() {
            let speech = Signals.speech(dBFS: -22 - Double(index % 4) * 4, ms: 500 + 90 * (index % 7), rate: rate)
            signal = signal.mixed(with: speech, at: start * rate / 1_000)
        }
        let found = VoiceActivityDetector.events(of: signal, rate: rate).speech
        #expect(found.count == starts.underestimatedCount)
        for (index, (start, speech)) in zip(starts, found).enumerated() {
            #expect(speech.isAbout(start..<start + 500 + 90 * (index % 7), tolerance: 80))
        }
    }

    // MARK: What is not speech

    @Test(arguments: [-70.0, -50, -35, -32])
    func `steady noise is not speech`(level: Double) {
        #expect(VoiceActivityDetector.events(of: Signals.noise(dBFS: level, ms: 10_000, rate: 24_000)).isEmpty)
    }

    @Test(arguments: [0, 10_000, -32_768, 32_767] as [Int16])
    func `a constant is not speech`(value: Int16) {
        var detector = VoiceActivityDetector(sampleRate: 24_000, settings: .tuned)
        #expect(detector.events(of: [Int16](repeating: value, count: 72_000)) == [])
        // Nor does it hide speech that is added to it.
        let speech = Self.utterance().pcm.map { Int16(clamping: Int($0) + Int(value / 2)) }
        #expect(detector.events(of: speech).count == 2)
    }

    @Test func `mains hum is not speech`() {
        let hum = Signals.sine(hertz: 50, amplitude: 0.05, rate: 24_000, count: 72_000)
        let signal = Signals.noise(dBFS: -55, ms: 3_000, rate: 24_000).mixed(with: hum)
        #expect(VoiceActivityDetector.events(of: signal).isEmpty)
    }

    @Test func `key clicks are not speech`() {
        var signal = Signals.noise(dBFS: -60, ms: 5_000, rate: 24_000)
        for click in 0..<20 {
            let burst = Signals.noise(dBFS: -12, ms: 4, rate: 24_000, seed: UInt64(click))
            signal = signal.mixed(with: burst, at: 24_000 + click * 4_080)
        }
        #expect(VoiceActivityDetector.events(of: signal).isEmpty)
    }

    @Test func `noise that grows by 10 dB is taken for speech once and then got used to`() throws {
        let noise =
            Signals.noise(dBFS: -50, ms: 3_000, rate: 24_000) + Signals.noise(dBFS: -40, ms: 9_000, rate: 24_000)
        let speech = VoiceActivityDetector.events(of: noise + Self.utterance(dBFS: -20, noiseDBFS: -40)).speech
        #expect(speech.count == 2)
        #expect(speech[0].lowerBound >= 3_000 && speech[0].upperBound < 7_000)
        #expect(speech[1].isAbout(13_000..<13_800, tolerance: 100))
    }

    @Test func `full scale is found and does not trap`() throws {
        let loud = Self.utterance(dBFS: 6).map { $0 > 0 ? 1.0 : $0 < 0 ? -1.0 : 0 }
        let speech = VoiceActivityDetector.events(of: loud).speech
        #expect(try #require(speech.first).isAbout(1_000..<1_800, tolerance: 100))
    }

    @Test(arguments: [(0.4, true), (0.5, true), (0.8, false), (1.0, false)] as [(Float, Bool)])
    func `a higher threshold takes louder speech`(threshold: Float, isFound: Bool) {
        // About 9 dB over the noise within the band.
        let settings = VoiceActivitySettings(threshold: threshold, silenceDurationMS: 500)
        let tone = Signals.sine(hertz: 800, amplitude: 0.0125, rate: 24_000, count: 12_000)
        let signal = Signals.noise(dBFS: -45, ms: 3_000, rate: 24_000).mixed(with: tone, at: 24_000)
        #expect(VoiceActivityDetector.events(of: signal, settings: settings).isEmpty != isFound)
    }
}
