// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What ``VoiceActivityDetector`` found, in milliseconds of audio since the session began.
///
/// Both times are multiples of 10 and say how much audio had gone in, not when.
package enum VoiceActivityEvent: Sendable, Hashable {
    /// Somebody speaks.
    ///
    /// - `atMS`: where speech began. `audio_start_ms` of the protocol is this less the prefix padding.
    /// - `detectedAtMS`: the audio it took to be sure, at least 60 ms more.
    case speechStarted(atMS: Int, detectedAtMS: Int)
    /// Nobody speaks any more.
    ///
    /// - `atMS`: end of the last frame of speech.
    /// - `detectedAtMS`: `atMS` and the silence it took. This is `audio_end_ms` of the protocol, which ends where
    ///   the audio that is committed ends.
    case speechStopped(atMS: Int, detectedAtMS: Int)
}
