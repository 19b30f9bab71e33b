// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// An item of the conversation as an application shows it: what the server said of it, and what has come of it so far.
public struct ConversationEntry: Sendable, Equatable, Identifiable {
    /// The item's id.
    public let id: String
    /// The item as the server last told it; its sound is in ``audio``.
    public internal(set) var item: Item
    /// The response that makes it, if one does.
    public internal(set) var responseID: String?
    /// What is written in it, by a person or the model.
    public internal(set) var text = ""
    /// What is spoken in it, as far as it is known.
    public internal(set) var transcript = ""
    /// Its sound; empty for what was never spoken, or what was forgotten to keep within the limits.
    public internal(set) var audio: AudioClip
    /// The arguments of a function call as far as they have come, JSON text.
    public internal(set) var arguments = ""
    /// Why what was said could not be understood.
    public internal(set) var transcriptionFailure: RealtimeError?
    /// Whether it is whole, or was cut off.
    public internal(set) var isDone = false

    init(id: String, item: Item, audioFormat: AudioFormat) {
        self.id = id
        self.item = item
        audio = AudioClip(format: audioFormat)
    }

    /// Who said it; nil for what is no message.
    public var role: Item.Role? {
        guard case .message(let role, _) = item.kind else { return nil }
        return role
    }

    /// What to show: the text, else what was spoken, else the call or its result.
    public var summary: String {
        if !text.isEmpty { return text }
        if !transcript.isEmpty { return transcript }
        switch item.kind {
        case .functionCall(let name, _, _): return "\(name)(\(arguments))"
        case .functionCallOutput(_, let output): return output
        case .message, .other: return ""
        }
    }

    /// Takes over what the server now says of the item, without losing what came by deltas.
    mutating func update(_ item: Item) {
        self.item = item
        isDone = isDone || item.status == .completed || item.status == .incomplete
        switch item.kind {
        case .message(_, let content): update(content)
        case .functionCall(_, _, let arguments): if !arguments.isEmpty { self.arguments = arguments }
        case .functionCallOutput, .other: isDone = true
        }
    }

    private mutating func update(_ content: [ContentPart]) {
        var text = ""
        var transcript = ""
        var sound: [AudioClip] = []
        for part in content {
            switch part {
            case .inputText(let words), .outputText(let words): text += words
            case .inputAudio(let audio, let words), .outputAudio(let audio, let words):
                transcript += words ?? ""
                if let audio {
                    var clip = AudioClip(format: self.audio.format)
                    clip.append(audio)
                    sound.append(clip)
                }
            case .inputImage: break
            }
        }
        if text.count > self.text.count || isDone && !text.isEmpty { self.text = text }
        if transcript.count > self.transcript.count || isDone && !transcript.isEmpty { self.transcript = transcript }
        if audio.byteCount == 0 { for clip in sound { for chunk in clip.chunks { audio.append(chunk) } } }
    }
}
