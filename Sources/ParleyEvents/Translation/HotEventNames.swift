// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The wire names of the events that make up most of a connection's traffic.
///
/// Outside of these six pairs the dialects differ in the shape of an event, not only in its name.
public struct HotEventNames: Sendable, Equatable {
    /// A piece of text.
    public let textDelta: String
    /// The text is complete.
    public let textDone: String
    /// A piece of audio, base64.
    public let audioDelta: String
    /// The audio is complete.
    public let audioDone: String
    /// A piece of what the audio says.
    public let audioTranscriptDelta: String
    /// What the audio says is complete.
    public let audioTranscriptDone: String

    private init(part: String) {
        textDelta = "response.\(part)text.delta"
        textDone = "response.\(part)text.done"
        audioDelta = "response.\(part)audio.delta"
        audioDone = "response.\(part)audio.done"
        audioTranscriptDelta = "response.\(part)audio_transcript.delta"
        audioTranscriptDone = "response.\(part)audio_transcript.done"
    }

    /// The names of the beta dialect: `response.audio.delta` and so on.
    public static let beta = HotEventNames(part: "")
    /// The names of the GA dialect: `response.output_audio.delta` and so on.
    public static let ga = HotEventNames(part: "output_")

    /// All names, the most frequent first; the same place means the same event in both dialects.
    var all: [String] {
        [audioDelta, audioTranscriptDelta, textDelta, audioDone, audioTranscriptDone, textDone]
    }
}

extension Dialect {
    /// The wire names of the most frequent events.
    public var hotEventNames: HotEventNames {
        switch self {
        case .beta: .beta
        case .ga: .ga
        }
    }
}

/// Renames the most frequent events and touches nothing else in them.
struct HotEventRenaming: Sendable {
    private let pairs: [(from: String, to: String)]

    init(from: HotEventNames, to: HotEventNames) {
        pairs = Array(zip(from.all, to.all))
    }

    /// The other dialect's name, if the type is one of the frequent ones.
    func name(for type: String) -> String? {
        for pair in pairs where pair.from == type { return pair.to }
        return nil
    }
}
