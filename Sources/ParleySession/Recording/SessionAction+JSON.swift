// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents

extension SessionAction {
    /// The members of its line; `eventID` is that of the event if one is sent.
    func members(eventID: String?) -> [(String, JSON)] {
        switch self {
        case .send(let event): [("out", "send"), ("event", .object(event.object(eventID: eventID)))]
        case .engine(let command): [("out", "engine"), command.member]
        case .startTimer(let timer, let delay):
            [("out", "start_timer"), ("timer", .string(timer.name)), ("after_ns", JSON(Int(delay.nanoseconds)))]
        case .cancelTimer(let timer): [("out", "cancel_timer"), ("timer", .string(timer.name))]
        case .close(let code, let reason):
            [("out", "close"), ("code", JSON(Int(code))), ("reason", .string(reason))]
        case .reset: [("out", "reset")]
        }
    }

    /// The kinds of lines that members(eventID:) makes.
    static let kinds: Set = ["send", "engine", "start_timer", "cancel_timer", "close", "reset"]
}

extension EngineCommand {
    fileprivate var member: (String, JSON) {
        switch self {
        case .respond(let request): ("respond", .object(request.object))
        case .cancel(let responseID): ("cancel", .string(responseID))
        case .transcribe(let request): ("transcribe", .object(request.object))
        case .anticipate(let request): ("anticipate", .object(request.object))
        case .disregard(let itemID): ("disregard", .string(itemID))
        }
    }
}

extension ResponseRequest {
    fileprivate var object: JSONObject {
        var object: JSONObject = [
            "response_id": .string(id), "model": .string(model), "instructions": .string(instructions),
            "context": .array(context.map(\.json)), "tools": .array(tools.map(\.json)),
            "tool_choice": toolChoice.json, "wants_audio": .bool(wantsAudio), "voice": .string(voice),
            "speed": JSON(speed), "max_output_tokens": maxOutputTokens.map { JSON($0) } ?? .null,
            "temperature": temperature.map { JSON($0) } ?? .null, "reasoning_effort": JSON(reasoningEffort),
            "allows_parallel_calls": allowsParallelCalls.map { .bool($0) } ?? .null,
        ]
        object["silence_ms"] = silenceMS.map { JSON($0) }
        if reportsLatency { object["reports_latency"] = true }
        return object
    }
}

extension ContextItem {
    fileprivate var json: JSON {
        switch self {
        case .message(let id, let role, let parts):
            ["item_id": .string(id), "role": .string(role.rawValue), "parts": .array(parts.map(\.json))]
        case .functionCall(let callID, let name, let arguments):
            ["call_id": .string(callID), "name": .string(name), "arguments": .string(arguments)]
        case .functionOutput(let callID, let output): ["call_id": .string(callID), "output": .string(output)]
        }
    }
}

extension ContextPart {
    fileprivate var json: JSON {
        switch self {
        case .text(let text): ["text": .string(text)]
        case .audio(let recording, let transcript): ["audio": recording.json, "transcript": JSON(transcript)]
        case .picture(let picture, let detail):
            [
                "picture": [
                    "media_type": .string(picture.mediaType), "bytes": JSON(picture.bytes.readableBytes),
                    "fnv1a": .string(Fingerprint.of(picture.bytes.readableBytesView)),
                ],
                "detail": JSON(detail),
            ]
        }
    }
}

extension ToolDefinition {
    fileprivate var json: JSON {
        ["name": .string(name), "description": JSON(description), "parameters": parameters ?? .null]
    }
}

extension TranscriptionRequest {
    fileprivate var object: JSONObject {
        [
            "item_id": .string(itemID), "audio": recording.json, "model": JSON(model), "language": JSON(language),
            "prompt": JSON(prompt),
        ]
    }
}

extension Recording {
    /// How much sound it is and a fingerprint of its samples.
    ///
    /// The sound itself is in the inputs. Every request for an answer holds all that was spoken before, so that a
    /// recording would grow with the square of the conversation.
    fileprivate var json: JSON {
        let samples = samples
        let bytes = samples.lazy.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        return [
            "sample_rate": JSON(sampleRate), "samples": JSON(samples.count), "fnv1a": .string(Fingerprint.of(bytes)),
        ]
    }
}

/// FNV-1a of 64 bits, as hexadecimal digits.
private enum Fingerprint {
    static func of(_ bytes: some Sequence<UInt8>) -> String {
        let print = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(print, radix: 16)
    }
}
