// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What has to be told to a new session for the conversation to go on.
enum History {
    /// Items by which the model knows what was said, in order and with their ids.
    ///
    /// Sound is told by its words: a client cannot create the assistant's speech, and the person's would have to be
    /// understood again.
    static func items(of conversation: Conversation) -> [Item] {
        let answered = Set(
            conversation.entries.compactMap { entry -> String? in
                guard case .functionCallOutput(let callID, _) = entry.item.kind else { return nil }
                return callID
            }
        )
        return conversation.entries.compactMap { entry in
            switch entry.item.kind {
            case .message(let role, let content):
                let parts = parts(role, content, entry)
                return parts.isEmpty ? nil : Item(id: entry.id, kind: .message(role: role, content: parts))
            case .functionCall(let name, let callID, _):
                // A call without a result would be answered by nobody.
                guard answered.contains(callID) else { return nil }
                return Item(
                    id: entry.id,
                    kind: .functionCall(name: name, callID: callID, arguments: entry.arguments)
                )
            case .functionCallOutput: return Item(id: entry.id, kind: entry.item.kind)
            case .other: return nil
            }
        }
    }

    private static func parts(
        _ role: Item.Role,
        _ content: [ContentPart],
        _ entry: ConversationEntry
    ) -> [ContentPart] {
        let words = [entry.text, entry.transcript].filter { !$0.isEmpty }
        let pictures = content.filter {
            guard case .inputImage = $0 else { return false }
            return true
        }
        return words.map { role == .assistant ? .outputText($0) : .inputText($0) } + pictures
    }
}
