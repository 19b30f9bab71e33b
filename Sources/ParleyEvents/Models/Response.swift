// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A response as `response.created` and `response.done` carry it, GA model (protocol reference, section 4.10).
public struct Response: Sendable, Equatable {
    /// How a response stands.
    public enum Status: Sendable, Equatable {
        /// Running.
        case inProgress
        /// Whole.
        case completed
        /// Stopped; `reason` is `turn_detected` or `client_cancelled`.
        case cancelled(reason: String)
        /// Cut off; `reason` is `max_output_tokens` or `content_filter`.
        case incomplete(reason: String)
        /// The engine failed.
        case failed(type: String, code: String?, message: String)

        /// The protocol's word.
        public var name: String {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .incomplete: "incomplete"
            case .failed: "failed"
            }
        }

        var details: JSON {
            switch self {
            case .inProgress, .completed: .null
            case .cancelled(let reason), .incomplete(let reason):
                ["type": .string(name), "reason": .string(reason)]
            case .failed(let type, let code, let message):
                [
                    "type": "failed",
                    "error": ["type": .string(type), "code": JSON(code), "message": .string(message)],
                ]
            }
        }
    }

    /// `resp_…`
    public var id: String
    /// How it stands.
    public var status: Status = .inProgress
    /// What it produced so far.
    public var output: [Item] = []
    /// The conversation it belongs to; `nil` = out of band.
    public var conversationID: String?
    /// Speech or text.
    public var outputModality: Modality
    /// The voice's name.
    public var voice: String
    /// Format of its audio.
    public var format: AudioFormat
    /// The most tokens it may have.
    public var maxOutputTokens: TokenLimit
    /// The client's own marks, echoed.
    public var metadata: JSONObject?
    /// Tokens, once it is done.
    public var usage: Usage?

    /// Makes a running response.
    public init(
        id: String,
        conversationID: String?,
        outputModality: Modality,
        voice: String,
        format: AudioFormat,
        maxOutputTokens: TokenLimit,
        metadata: JSONObject?
    ) {
        self.id = id
        self.conversationID = conversationID
        self.outputModality = outputModality
        self.voice = voice
        self.format = format
        self.maxOutputTokens = maxOutputTokens
        self.metadata = metadata
    }

    /// The GA object.
    public var object: JSONObject {
        [
            "object": "realtime.response", "id": .string(id), "status": .string(status.name),
            "status_details": status.details, "output": .array(output.map { .object($0.object()) }),
            "conversation_id": JSON(conversationID), "output_modalities": [.string(outputModality.rawValue)],
            "max_output_tokens": maxOutputTokens.json,
            "audio": ["output": ["format": format.json, "voice": .string(voice)]],
            "usage": usage?.json ?? .null, "metadata": metadata.map { .object($0) } ?? .null,
        ]
    }
}

/// Tokens of a response (protocol reference, section 4.11).
public struct Usage: Sendable, Equatable {
    /// Text tokens of the prompt.
    public var inputText = 0
    /// Audio tokens of the prompt.
    public var inputAudio = 0
    /// Prompt tokens that came from a cache.
    public var cached = 0
    /// Text tokens produced.
    public var outputText = 0
    /// Audio tokens produced.
    public var outputAudio = 0

    /// All zero.
    public init() {}

    /// The GA object.
    public var json: JSON {
        let input = inputText + inputAudio
        let output = outputText + outputAudio
        return [
            "total_tokens": JSON(input + output), "input_tokens": JSON(input), "output_tokens": JSON(output),
            "input_token_details": [
                "text_tokens": JSON(inputText), "audio_tokens": JSON(inputAudio), "image_tokens": 0,
                "cached_tokens": JSON(cached),
                "cached_tokens_details": ["text_tokens": JSON(cached), "audio_tokens": 0, "image_tokens": 0],
            ],
            "output_token_details": ["text_tokens": JSON(outputText), "audio_tokens": JSON(outputAudio)],
        ]
    }
}
