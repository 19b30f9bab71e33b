// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a group of checks is about; `--only` takes these names.
package enum Capability: String, Sendable, CaseIterable {
    case handshake, session, items, text, audio, vad
    case bargeIn = "barge-in"
    case functions, cancel, truncate
    case outOfBand = "out-of-band"
    case overrides, conflict
    case inputTranscription = "input-transcription"
    case transcriptionSession = "transcription-session"
    case rest, errors, limits, close, isolation
}
