// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a session may choose about ``VoiceActivityDetector``.
package struct VoiceActivitySettings: Sendable, Hashable {
    /// How sure the detector must be, 0...1 (`threshold` of `server_vad`); below 0.35 it is as if it were 0.35.
    package var threshold: Float
    /// Silence that ends speech, in ms (`silence_duration_ms`); rounded up to 10, at least 10.
    package var silenceDurationMS: Int

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
    var silenceFrames: Int {
        let frame = SpeechBandMeter.frameMS
        return max(1, silenceDurationMS / frame + (silenceDurationMS % frame > 0 ? 1 : 0))
    }
}
