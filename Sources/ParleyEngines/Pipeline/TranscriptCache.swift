// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession

/// Which recording: the n-th of an item, from 0.
struct RecordingID: Sendable, Hashable {
    var itemID: String
    var part: Int
}

/// The transcripts of a session's recordings, also those still being made, so that none is made twice.
///
/// Forgets the oldest.
struct TranscriptCache: Sendable {
    private static let limit = 1_024

    private var transcripts: [RecordingID: Promise<String?>] = [:]
    private var order: [RecordingID] = []

    /// The transcript of that recording, if it was made or begun.
    subscript(id: RecordingID) -> Promise<String?>? { transcripts[id] }

    /// Keeps the transcript of a recording that has none yet.
    mutating func insert(_ transcript: Promise<String?>, for id: RecordingID) {
        transcripts[id] = transcript
        order.append(id)
        if order.count > Self.limit { transcripts.removeValue(forKey: order.removeFirst()) }
    }

    /// Forgets a transcript.
    mutating func remove(_ id: RecordingID) {
        transcripts.removeValue(forKey: id)
        order.removeAll { $0 == id }
    }
}

extension ResponseRequest {
    /// The user's recordings that have no transcript.
    var untranscribedRecordings: [(RecordingID, Recording)] {
        recordings.compactMap { id, recording, transcript in transcript == nil ? (id, recording) : nil }
    }

    /// The request with transcripts added to recordings that have none.
    func transcribed(by transcripts: [RecordingID: String]) -> ResponseRequest {
        var request = self
        request.context = context.map { item in
            guard case .message(let id, let role, let parts) = item else { return item }
            var count = 0
            let heard = parts.map { part in
                guard case .audio(let recording, let transcript) = part else { return part }
                defer { count += 1 }
                let known = transcripts[RecordingID(itemID: id, part: count)]
                return ContextPart.audio(recording, transcript: transcript ?? known)
            }
            return .message(id: id, role: role, parts: heard)
        }
        return request
    }

    private var recordings: [(RecordingID, Recording, transcript: String?)] {
        context.flatMap { item -> [(RecordingID, Recording, transcript: String?)] in
            guard case .message(let id, _, let parts) = item else { return [] }
            let recordings = parts.compactMap { part -> (Recording, String?)? in
                guard case .audio(let recording, let transcript) = part else { return nil }
                return (recording, transcript)
            }
            return recordings.enumerated()
                .map { (RecordingID(itemID: id, part: $0.offset), $0.element.0, $0.element.1) }
        }
    }
}
