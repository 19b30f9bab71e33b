// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents
internal import ParleySession

/// Makes of the answer to a chat completion, streamed or whole, what the model says.
///
/// It takes what servers are known to send beside the reference: `choices: []`, `content: null`, `message` for `delta`,
/// content beside `finish_reason`, errors in the stream, reasoning in a member of its own.
package struct ChatAnswerReader: Sendable {
    private var calls = ToolCallAssembler()
    private var reason: String?
    private var usage: TokenUsage?
    private var isDone = false

    /// A reader at the beginning of an answer.
    package init() {}

    /// Takes the data of one event of a stream, or a whole body.
    package mutating func push(_ data: String) throws(AnswerError) -> [ModelEvent] {
        guard !isDone else { return [] }
        if data == "[DONE]" {
            isDone = true
            return try end()
        }
        guard !data.isEmpty else { return [] }
        let object: JSON
        do {
            object = try JSON(parsing: data)
        } catch {
            throw .unreadable("\(error)")
        }
        if let message = BackendMessage.reported(in: object) { throw .reported(message) }
        if let counted = object["usage"]?.objectValue { usage = TokenUsage(counted) ?? usage }
        guard let choice = object["choices"]?.arrayValue?.first else { return [] }
        // Reasoning (`reasoning_content`, `reasoning`) is left where it is: it is not to be spoken.
        var events: [ModelEvent] = []
        if let delta = choice["delta"] ?? choice["message"], !delta.isNull {
            let text = Self.text(delta["content"]) + Self.text(delta["refusal"])
            if !text.isEmpty { events.append(.text(text)) }
            if let pieces = delta["tool_calls"]?.arrayValue { events += try calls.push(pieces) }
        }
        if let word = choice["finish_reason"]?.stringValue { reason = word }
        return events
    }

    /// The answer is over: what is left of it.
    ///
    /// - Throws: ``AnswerError/cutShort`` if neither `[DONE]` nor a `finish_reason` has come.
    package mutating func finish() throws(AnswerError) -> [ModelEvent] {
        guard !isDone else { return [] }
        isDone = true
        guard reason != nil else { throw .cutShort }
        return try end()
    }

    private mutating func end() throws(AnswerError) -> [ModelEvent] {
        let finish: FinishReason =
            switch reason {
            case "length": .maxOutputTokens
            case "content_filter": .contentFilter
            default: .completed
            }
        return try calls.finish(isCut: finish != .completed) + [.finished(finish, usage: usage)]
    }

    /// Text, `null`, or parts of which only those with text count.
    private static func text(_ content: JSON?) -> String {
        switch content {
        case .string(let text): text
        case .array(let parts): parts.compactMap { $0["text"]?.stringValue }.joined()
        default: ""
        }
    }
}

extension TokenUsage {
    /// Reads `usage`; `nil` if it counts nothing.
    init?(_ object: JSONObject) {
        guard let input = object["prompt_tokens"]?.intValue, let output = object["completion_tokens"]?.intValue,
            input >= 0, output >= 0
        else { return nil }
        let cached = object["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? 0
        self.init(input: input, cachedInput: min(max(cached, 0), input), output: output)
    }
}
