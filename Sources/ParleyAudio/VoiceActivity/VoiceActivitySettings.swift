// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a session may choose about ``VoiceActivityDetector``.
package struct VoiceActivitySettings: Sendable, Hashable {
    /// How sure the detector must be, 0...1 (`threshold` of `server_vad`); below 0.35 it is as if it were 0.35.
    package var threshold: Float
    /// Silence that ends speech, in ms (`silence_duration_ms`); rounded up to 10, at least 10.
    package var silenceDurationMS: Int

    /// Silence that ends speech by how the voice ended, in ms each, instead of ``silenceDurationMS``.
    package struct Patience: Sendable, Hashable {
        /// After a voice that fell.
        package var finishedMS: Int
        /// After one of which nothing can be told.
        package var unclearMS: Int
        /// After a hesitation.
        package var hesitatingMS: Int

        /// Makes one; ms each.
        package init(finishedMS: Int, unclearMS: Int, hesitatingMS: Int) {
            self.finishedMS = finishedMS
            self.unclearMS = unclearMS
            self.hesitatingMS = hesitatingMS
        }
    }

    /// `nil` = however the voice ended.
    package var patience: Patience?

    /// Settings that wait by how the voice ended.
    package init(threshold: Float, patience: Patience) {
        self.init(threshold: threshold, silenceDurationMS: patience.unclearMS)
        self.patience = patience
    }

    /// Settings as the session states them.
    package init(threshold: Float, silenceDurationMS: Int) {
        self.threshold = threshold
        self.silenceDurationMS = silenceDurationMS
    }

    /// How far speech must stand out of the noise, in dB: 5 as tuned at 0.5, and 1 more for each 0.05.
    ///
    /// Less than 2 would lie within the spread of steady noise, and speech would never stop.
    var evenExcessDB: Float {
        max(2, SpeechEnergy.evenExcessDB + 20 * (threshold - 0.5))
    }

    /// ``silenceDurationMS`` in frames.
    var silenceFrames: Int { Self.frames(silenceDurationMS) }

    /// Silence that ends speech which ended like that, in frames.
    func silenceFrames(after ending: SpeechEnding) -> Int {
        guard let patience else { return silenceFrames }
        switch ending {
        case .finished: return Self.frames(patience.finishedMS)
        case .unclear: return Self.frames(patience.unclearMS)
        case .hesitating: return Self.frames(patience.hesitatingMS)
        }
    }

    private static func frames(_ milliseconds: Int) -> Int {
        let frame = SpeechBandMeter.frameMS
        return max(1, milliseconds / frame + (milliseconds % frame > 0 ? 1 : 0))
    }
}
