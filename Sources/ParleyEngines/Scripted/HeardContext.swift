// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// What a script looks at of a conversation.
struct HeardContext {
    /// What a function of the client has given.
    struct Result {
        /// The function's name, if its call is known.
        var name: String?
        var output: String
    }

    /// The user's last message, texts and transcripts; empty if there is none.
    private(set) var words = ""
    /// The results since the last call.
    private(set) var results: [Result] = []
    /// Whether the user has said nothing since the results.
    private(set) var endsWithResult = false

    init(_ context: [ContextItem]) {
        var names: [String: String] = [:]
        for item in context {
            switch item {
            case .functionCall(let callID, let name, _):
                names[callID] = name
                results = []
            case .functionOutput(let callID, let output):
                results.append(Result(name: names[callID], output: output))
                endsWithResult = true
                continue
            case .message(_, .user, let parts): words = Self.words(parts)
            case .message(_, .assistant, _): results = []
            case .message: continue
            }
            endsWithResult = false
        }
    }

    private static func words(_ parts: [ContextPart]) -> String {
        parts.compactMap { part in
            switch part {
            case .text(let text): text
            case .audio(_, let transcript): transcript
            case .picture: nil
            }
        }
        .joined(separator: " ")
    }
}
