// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import ParleyEvents
package import ParleySession

/// Makes of what a session asks the body of a chat completion.
///
/// The beginning stays the same from turn to turn (instructions, then the conversation as it grows), so that a server
/// finds it in its cache.
package enum ChatQuestion {
    /// The body.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - model: The server's name of the model; without one the server chooses.
    ///   - streams: Whether the answer is to come piece by piece.
    ///   - extra: Members that the server needs beside; `null` takes a member away.
    /// - Returns: a JSON object.
    package static func body(
        for request: ResponseRequest,
        model: String?,
        streams: Bool = true,
        extra: JSONObject = [:]
    ) -> JSONObject {
        var body: JSONObject = [:]
        body["model"] = model.map { .string($0) }
        body["messages"] = .array(messages(of: request))
        if !request.tools.isEmpty {
            body["tools"] = .array(request.tools.map(tool))
            body["tool_choice"] = choice(request.toolChoice)
            body["parallel_tool_calls"] = request.allowsParallelCalls.map { .bool($0) }
        }
        body["max_tokens"] = request.maxOutputTokens.map { JSON($0) }
        body["temperature"] = request.temperature.map { JSON($0) }
        body["reasoning_effort"] = request.reasoningEffort.map { .string($0) }
        body["stream"] = .bool(streams)
        if streams { body["stream_options"] = ["include_usage": true] }
        for (name, value) in extra.members { body[name] = value.isNull ? .none : .some(value) }
        return body
    }

    private static func tool(_ tool: ToolDefinition) -> JSON {
        var function: JSONObject = ["name": .string(tool.name)]
        function["description"] = tool.description.map { .string($0) }
        function["parameters"] = tool.parameters ?? ["type": "object", "properties": [:]]
        return ["type": "function", "function": .object(function)]
    }

    private static func choice(_ choice: ToolChoice) -> JSON? {
        switch choice {
        case .auto: nil
        case .none: "none"
        case .required: "required"
        case .function(let name): ["type": "function", "function": ["name": .string(name)]]
        case .mcp: nil
        }
    }

    // MARK: The conversation

    private static func messages(of request: ResponseRequest) -> [JSON] {
        var messages: [JSONObject] = []
        if !request.instructions.isEmpty {
            messages.append(["role": "system", "content": .string(request.instructions)])
        }
        let outputs = Dictionary(
            request.context.compactMap { item -> (String, String)? in
                guard case .functionOutput(let callID, let output) = item else { return nil }
                return (callID, output)
            },
            uniquingKeysWith: { $1 }
        )
        var index = 0
        while index < request.context.count {
            switch request.context[index] {
            case .message(_, let role, let parts):
                if let content = content(parts) {
                    messages.append(["role": .string(role.rawValue), "content": content])
                }
                index += 1
            case .functionCall:
                let calls = request.context[index...].prefix(while: \.isFunctionCall)
                append(calls, answeredBy: outputs, to: &messages)
                index = calls.endIndex
            // Each stands behind its call; one whose call has been dropped from the context means nothing.
            case .functionOutput: index += 1
            }
        }
        return messages.map { .object($0) }
    }

    /// Calls of one answer with what they returned; servers refuse a call without an answer.
    private static func append(
        _ calls: ArraySlice<ContextItem>,
        answeredBy outputs: [String: String],
        to messages: inout [JSONObject]
    ) {
        var message: JSONObject = ["role": "assistant", "content": .null]
        // What the model said before it called belongs to the same message.
        if let last = messages.last, last["role"] == "assistant", last["tool_calls"] == nil {
            message = last
            messages.removeLast()
        }
        var written: [JSON] = []
        var answers: [JSONObject] = []
        for case .functionCall(let callID, let name, let arguments) in calls {
            written.append([
                "id": .string(callID), "type": "function",
                "function": ["name": .string(name), "arguments": .string(arguments.isEmpty ? "{}" : arguments)],
            ])
            answers.append([
                "role": "tool", "tool_call_id": .string(callID),
                "content": .string(outputs[callID] ?? "(no result yet)"),
            ])
        }
        message["tool_calls"] = .array(written)
        messages.append(message)
        messages += answers
    }

    /// Text where there is only text, since many servers know nothing else.
    private static func content(_ parts: [ContextPart]) -> JSON? {
        var texts: [String] = []
        var pictures: [JSON] = []
        for part in parts {
            switch part {
            case .text(let text): texts.append(text)
            case .audio(_, let transcript?): texts.append(transcript)
            case .audio(_, nil): texts.append("(something that could not be understood)")
            case .picture(let picture, let detail):
                let url = "data:\(picture.mediaType);base64,\(Base64.encode(picture.bytes))"
                var object: JSONObject = ["url": .string(url)]
                object["detail"] = detail.map { .string($0) }
                pictures.append(["type": "image_url", "image_url": .object(object)])
            }
        }
        let text = texts.filter { !$0.isEmpty }.joined(separator: "\n")
        if pictures.isEmpty { return text.isEmpty ? nil : .string(text) }
        return .array((text.isEmpty ? [] : [["type": "text", "text": .string(text)]]) + pictures)
    }
}

extension ContextItem {
    fileprivate var isFunctionCall: Bool {
        if case .functionCall = self { true } else { false }
    }
}

extension ResponseRequest {
    /// How much of what the user said last can be answered.
    enum LastWords: Sendable, Equatable {
        /// Something, or the user said nothing and something else is asked for.
        case understood
        /// Sound without words: a cough, a noise.
        case noWords
        /// Speech that nobody wrote down.
        case notTranscribed
    }

    /// What there is of the user's last message, if the conversation ends with one.
    var lastWords: LastWords {
        guard case .message(_, .user, let parts)? = context.last else { return .understood }
        var isTranscribed = true
        for part in parts {
            switch part {
            case .text(let text) where text.allSatisfy(\.isWhitespace): break
            case .text, .picture: return .understood
            case .audio(_, let transcript?):
                if !transcript.allSatisfy(\.isWhitespace) { return .understood }
            case .audio(_, nil): isTranscribed = false
            }
        }
        return isTranscribed ? .noWords : .notTranscribed
    }
}
