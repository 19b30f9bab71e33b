// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Answers that come only if they were asked for.
struct RequestOrder {
    private var open: [String: Int] = [:]

    private static let answers = [
        "session.update": "session.updated",
        "transcription_session.update": "transcription_session.updated",
        "input_audio_buffer.clear": "input_audio_buffer.cleared",
        "conversation.item.truncate": "conversation.item.truncated",
        "conversation.item.delete": "conversation.item.deleted",
        "conversation.item.retrieve": "conversation.item.retrieved",
    ]
    private static let all = Set(answers.values)

    mutating func sent(_ type: String) {
        if let answer = Self.answers[type] { open[answer, default: 0] += 1 }
    }

    mutating func received(_ name: String) throws(RuleViolation) {
        guard Self.all.contains(name) else { return }
        guard let count = open[name], count > 0 else {
            throw RuleViolation(
                expected: "\(name) only as the answer to a request",
                came: "one too many",
                source: "7 Event sequences"
            )
        }
        open[name] = count - 1
    }
}
