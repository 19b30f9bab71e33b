// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Finds where speech starts and stops in a stream of samples.
///
/// Speech starts with 60 ms of it within 120 ms and stops with a run of silence as long as the settings say. Events do
/// not depend on how the stream is split. Memory is constant, nothing is allocated for a frame, and the settings may
/// change at any sample.
package struct VoiceActivityDetector: Sendable {
    /// How much speech it takes to start, and how far it must stand out.
    private struct Bar {
        let speechFrames: Int
        let windowFrames: Int
        let extraDB: Float

        static let normal = Bar(speechFrames: 6, windowFrames: 12, extraDB: 0)
        static let raised = Bar(speechFrames: 20, windowFrames: 30, extraDB: 6)
    }

    /// How far the probability must fall below even before a frame counts as silence.
    private static let hysteresis: Float = 0.15

    private var energy: SpeechEnergy
    private var smoother = SpeechProbability()
    private var settings: VoiceActivitySettings
    private var isBarRaised = false
    private var frames: Int
    /// One bit for each of the last 32 frames, the latest lowest: whether it was speech.
    private var history: UInt32 = 0
    private var silentFrames = 0
    private var contour = SpeechContour()

    /// Whether speech has started and not yet stopped.
    package private(set) var isSpeaking = false
    /// Level of the speech band in the last 10 ms, in dBFS.
    package private(set) var levelDBFS = SpeechBandMeter.silenceDBFS

    /// Silence since the last frame of speech, in ms, up to the silence that ends speech; 0 outside speech.
    package var trailingSilenceMS: Int {
        silentFrames * SpeechBandMeter.frameMS
    }

    /// Audio taken in so far in whole frames, in ms, counted from the session's beginning.
    package var elapsedMS: Int {
        frames * SpeechBandMeter.frameMS
    }

    /// A detector for a session.
    ///
    /// - Parameters:
    ///   - sampleRate: Hz of the samples, at least 100.
    ///   - settings: What the session has chosen.
    ///   - elapsedMS: Audio of the session that this detector does not see, in ms (rounded down to 10).
    package init(sampleRate: Int, settings: VoiceActivitySettings, elapsedMS: Int = 0) {
        energy = SpeechEnergy(sampleRate: sampleRate)
        self.settings = settings
        frames = elapsedMS / SpeechBandMeter.frameMS
    }

    /// Changes the settings from the next frame on; speech that goes on goes on.
    package mutating func update(_ settings: VoiceActivitySettings) {
        self.settings = settings
    }

    /// Makes it harder to start while our own audio plays, which may leak into the microphone.
    ///
    /// Speech must then last 200 ms within 300 ms and be 6 dB louder. Speech that has started is not affected.
    package mutating func raiseBar(_ raised: Bool) {
        isBarRaised = raised
    }

    /// Ends speech without an event, as after a commit by the client.
    ///
    /// The noise is not forgotten and time goes on; somebody who still speaks starts anew.
    package mutating func reset() {
        isSpeaking = false
        history = 0
        silentFrames = 0
    }

    /// Takes the next piece of the stream.
    ///
    /// - Parameters:
    ///   - samples: 16-bit mono samples, any number of them.
    ///   - events: Gets what was found, in order.
    package mutating func process(_ samples: Span<Int16>, into events: inout [VoiceActivityEvent]) {
        var position = 0
        while let frame = energy.nextFrame(of: samples, from: &position) {
            levelDBFS = frame.levelDBFS
            frames += 1
            contour.add(levelDBFS: frame.levelDBFS, isVoice: frame.excessDB >= settings.evenExcessDB)
            if let event = step(excessDB: frame.excessDB) {
                events.append(event)
            }
        }
    }

    private mutating func step(excessDB: Float) -> VoiceActivityEvent? {
        let bar = isBarRaised && !isSpeaking ? Bar.raised : Bar.normal
        smoother.update(excessDB: excessDB, evenAtDB: settings.evenExcessDB + bar.extraDB)
        return isSpeaking ? stepInSpeech() : stepOutsideSpeech(bar)
    }

    private mutating func stepOutsideSpeech(_ bar: Bar) -> VoiceActivityEvent? {
        history = history << 1 | (smoother.value >= 0.5 ? 1 : 0)
        let recent = history & (1 << UInt32(bar.windowFrames) - 1)
        guard recent.nonzeroBitCount >= bar.speechFrames else {
            return nil
        }
        let framesSinceStart = UInt32.bitWidth - recent.leadingZeroBitCount
        isSpeaking = true
        contour = SpeechContour()
        return .speechStarted(
            atMS: elapsedMS - framesSinceStart * SpeechBandMeter.frameMS,
            detectedAtMS: elapsedMS
        )
    }

    private mutating func stepInSpeech() -> VoiceActivityEvent? {
        guard smoother.value < 0.5 - Self.hysteresis else {
            silentFrames = 0
            return nil
        }
        silentFrames += 1
        guard silentFrames >= settings.silenceFrames(after: contour.ending) else {
            return nil
        }
        let end = elapsedMS - trailingSilenceMS
        reset()
        return .speechStopped(atMS: end, detectedAtMS: elapsedMS)
    }
}
