// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyClient
internal import ParleyEvents

/// What is written of a conversation as it goes on: what was understood, and the answer as it comes.
struct TalkTranscript {
    private var openID: String?
    private var understood: Set<String> = []

    /// The text to write for an update.
    mutating func text(for update: RealtimeUpdate, in conversation: Conversation) -> String {
        switch update {
        case .change(.updated(let id, let delta)): change(id, delta, conversation)
        case .change(.completed(let id)) where id == openID: end()
        case .change(.interrupted): end()
        case .toolFinished(let name, _, let output, _): end() + "[\(name): \(output)]\n"
        case .event(let received): event(received.event)
        case .state, .sent, .change, .toolStarted, .invalid: ""
        }
    }

    private mutating func change(
        _ id: String,
        _ delta: ConversationChange.Delta,
        _ conversation: Conversation
    ) -> String {
        let isAssistant = conversation[id]?.role == .assistant
        switch delta {
        case .text(let words) where isAssistant, .transcript(let words) where isAssistant:
            let before = openID == id ? "" : end()
            openID = id
            return before + words
        default: return ""
        }
    }

    private mutating func event(_ event: ServerEvent) -> String {
        switch event {
        case .inputTranscriptionCompleted(let id, let transcript, _, _, _, _) where understood.insert(id).inserted:
            let words = transcript.isEmpty ? "(nothing understood)" : transcript
            return end() + "> \(words)\n"
        case .responseDone: return end()
        case .error(let error): return end() + "error: \(error.message)\n"
        default: return ""
        }
    }

    private mutating func end() -> String {
        guard openID != nil else { return "" }
        openID = nil
        return "\n"
    }
}
