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
        /// Something newer: the protocol's word and the details as they came.
        case other(name: String, details: JSON)

        /// The protocol's word.
        public var name: String {
            switch self {
            case .inProgress: "in_progress"
            case .completed: "completed"
            case .cancelled: "cancelled"
            case .incomplete: "incomplete"
            case .failed: "failed"
            case .other(let name, _): name
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
            case .other(_, let details): details
            }
        }
    }

    /// Its id, `resp_…`.
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
    /// How freely the model chooses; only beta clients set and see it.
    public var temperature: Double?
    /// The client's own marks, echoed.
    public var metadata: JSONObject?
    /// Tokens, once it is done.
    public var usage: Usage?
    /// Members of a received response that this version does not know, by their place.
    public var unknown: JSONObject = [:]

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
        let known: JSONObject = [
            "object": "realtime.response", "id": .string(id), "status": .string(status.name),
            "status_details": status.details, "output": .array(output.map { .object($0.object()) }),
            "conversation_id": JSON(conversationID), "output_modalities": [.string(outputModality.rawValue)],
            "max_output_tokens": maxOutputTokens.json,
            "audio": ["output": ["format": format.json, "voice": .string(voice)]],
            "usage": usage?.json ?? .null, "metadata": metadata.map { .object($0) } ?? .null,
        ]
        return known.filled(with: unknown)
    }
}

/// Tokens of a response (protocol reference, section 4.11).
public struct Usage: Sendable, Equatable {
    /// Text tokens of the prompt.
    public var inputText = 0
    /// Audio tokens of the prompt.
    public var inputAudio = 0
    /// Image tokens of the prompt.
    public var inputImage = 0
    /// Prompt tokens that came from a cache, of all kinds.
    public var cached = 0
    /// Audio tokens among those from a cache.
    public var cachedAudio = 0
    /// Image tokens among those from a cache.
    public var cachedImage = 0
    /// Text tokens produced.
    public var outputText = 0
    /// Audio tokens produced.
    public var outputAudio = 0

    /// All zero.
    public init() {}

    /// Tokens of the prompt and those produced.
    public var total: Int { inputText + inputAudio + inputImage + outputText + outputAudio }

    /// The GA object.
    public var json: JSON {
        let input = inputText + inputAudio + inputImage
        let output = outputText + outputAudio
        return [
            "total_tokens": JSON(input + output), "input_tokens": JSON(input), "output_tokens": JSON(output),
            "input_token_details": [
                "text_tokens": JSON(inputText), "audio_tokens": JSON(inputAudio), "image_tokens": JSON(inputImage),
                "cached_tokens": JSON(cached),
                "cached_tokens_details": [
                    "text_tokens": JSON(cached - cachedAudio - cachedImage), "audio_tokens": JSON(cachedAudio),
                    "image_tokens": JSON(cachedImage),
                ],
            ],
            "output_token_details": ["text_tokens": JSON(outputText), "audio_tokens": JSON(outputAudio)],
        ]
    }
}
