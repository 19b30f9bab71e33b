// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// A conversation as a script sees it.
struct ScriptConversation {
    /// Something the user said or wrote.
    struct Turn {
        /// The text, also of recordings; `nil` if there is nothing but recordings that nobody has transcribed.
        var text: String?
        var recordings: [Recording] = []
        /// Whether the user has shown a picture.
        var hasPicture = false

        /// Whether the user switches parrot mode on or off.
        var parrotSwitch: Bool? {
            switch HeardWord.words(of: text ?? "").map(\.key) {
            case ["parrot", "on"], ["parrot", "mode", "on"]: true
            case ["parrot", "off"], ["parrot", "mode", "off"]: false
            default: nil
            }
        }
    }

    /// The result of a function call.
    struct Result {
        /// The function's name, if the call is known.
        var name: String?
        var output: String
    }

    /// What the user said, oldest first.
    private(set) var turns: [Turn] = []
    /// The results that the conversation ends with.
    private(set) var results: [Result] = []

    /// Reads the conversation.
    init(_ context: [ContextItem]) {
        var names: [String: String] = [:]
        for item in context {
            switch item {
            case .functionCall(let callID, let name, _): names[callID] = name
            case .functionOutput(let callID, let output): results.append(Result(name: names[callID], output: output))
            case .message(_, let role, let parts):
                results.removeAll()
                if role == .user { turns.append(Turn(parts)) }
            }
        }
    }

    /// Whether the user has switched parrot mode on.
    var isParrot: Bool { turns.reversed().lazy.compactMap(\.parrotSwitch).first ?? false }

    /// Whether the user has switched parrot mode off.
    var isParrotForbidden: Bool { turns.reversed().lazy.compactMap(\.parrotSwitch).first == false }
}

extension ScriptConversation.Turn {
    fileprivate init(_ parts: [ContextPart]) {
        var texts: [String] = []
        for part in parts {
            switch part {
            case .text(let text): texts.append(text)
            case .audio(let recording, let transcript):
                recordings.append(recording)
                if let transcript { texts.append(transcript) }
            case .picture: hasPicture = true
            }
        }
        text = texts.isEmpty ? nil : texts.joined(separator: " ")
    }
}
