// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

extension ConversationLog {
    /// Cuts an assistant's audio to its first `endMS` milliseconds and deletes its transcript; the model keeps the
    /// words that were heard (protocol reference, section 5, `conversation.item.truncate`).
    package mutating func truncate(
        _ id: String,
        contentIndex: Int,
        atMS endMS: Int
    ) throws(RealtimeError) {
        guard let entry = self[id] else { throw .noSuchItem(id, "truncat") }
        guard case .message(.assistant, let content) = entry.item.kind else {
            throw .invalidValue(
                "item_id",
                message: "Only assistant messages with audio can be truncated; '\(id)' is not one."
            )
        }
        guard content.indices.contains(contentIndex), case .outputAudio = content[contentIndex] else {
            throw .invalidValue(
                "content_index",
                message: "Only assistant audio can be truncated; content part \(contentIndex) of '\(id)' is not audio."
            )
        }
        guard endMS <= entry.speechMS else {
            throw .invalidValue(
                "audio_end_ms",
                message: "Audio content of \(entry.speechMS)ms is already shorter than \(endMS)ms"
            )
        }
        update(id) { entry in
            entry.truncate(atMS: endMS)
            var content = content
            content[contentIndex] = .outputAudio(audio: nil, transcript: nil)
            entry.item.kind = .message(role: .assistant, content: content)
        }
    }
}
