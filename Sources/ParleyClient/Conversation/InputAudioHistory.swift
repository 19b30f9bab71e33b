// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

/// What was sent as the person's voice, until it is known which item it belongs to.
///
/// The server counts the times of `speech_started` and `speech_stopped` from the session's first sound.
struct InputAudioHistory: Sendable, Equatable {
    private struct Speech: Sendable, Equatable {
        let id: String
        var startMS: Int
        var endMS: Int?
    }

    /// Utterances whose items have not come; more means a server that never makes them.
    private static let mostSpeeches = 16

    private let limitMS: Int
    private var clip = AudioClip(format: .pcm)
    /// Bytes that came before those in `clip`.
    private var forgottenBytes = 0
    /// Where the buffer that is committed by hand begins, in ms.
    private var bufferStartMS = 0
    private var speeches: [Speech] = []

    init(limitMS: Int) { self.limitMS = limitMS }

    private var endMS: Int { forgottenMS + clip.durationMS }
    private var forgottenMS: Int { forgottenBytes / clip.format.bytesPerMillisecond }

    mutating func append(_ audio: ByteBuffer, format: AudioFormat) {
        guard limitMS > 0 else { return }
        if format != clip.format {
            // Times of another format cannot be told from bytes of this one.
            let end = endMS
            clip = AudioClip(format: format)
            forgottenBytes = end * format.bytesPerMillisecond
        }
        clip.append(audio)
        forgottenBytes += clip.dropFront(untilAtMost: limitMS * format.bytesPerMillisecond)
    }

    mutating func speechStarted(_ id: String, atMS start: Int) {
        speeches.append(Speech(id: id, startMS: start))
        if speeches.count > Self.mostSpeeches { speeches.removeFirst() }
    }

    mutating func speechStopped(_ id: String, atMS end: Int) {
        guard let index = speeches.lastIndex(where: { $0.id == id }) else { return }
        speeches[index].endMS = end
    }

    /// The buffer becomes that item; if no speech was detected for it, it is all since the last commit.
    mutating func committed(_ id: String) {
        if let index = speeches.lastIndex(where: { $0.id == id }) {
            if speeches[index].endMS == nil { speeches[index].endMS = endMS }
        } else {
            speeches.append(Speech(id: id, startMS: bufferStartMS, endMS: endMS))
            if speeches.count > Self.mostSpeeches { speeches.removeFirst() }
        }
        bufferStartMS = endMS
    }

    mutating func cleared() { bufferStartMS = endMS }

    /// The sound of that item, once.
    mutating func take(_ id: String) -> AudioClip? {
        guard let index = speeches.lastIndex(where: { $0.id == id }) else { return nil }
        let speech = speeches.remove(at: index)
        let part = clip.slice(fromMS: speech.startMS - forgottenMS, toMS: (speech.endMS ?? endMS) - forgottenMS)
        return part.byteCount > 0 ? part : nil
    }
}
