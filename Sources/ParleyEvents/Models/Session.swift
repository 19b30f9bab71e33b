// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A session's configuration in the GA model (protocol reference, sections 4.1 and 4.3).
public struct Session: Sendable, Equatable {
    /// What a session is for.
    public enum Kind: String, Sendable, Equatable, CaseIterable {
        /// A conversation.
        case realtime
        /// Transcription of what is said, without answers.
        case transcription
    }

    /// What comes in.
    public struct Input: Sendable, Equatable {
        /// Format of the audio that the client appends.
        public var format = AudioFormat.pcm
        /// Transcription of the user's speech; `nil` = off.
        public var transcription: InputTranscription?
        /// Noise reduction as the client asked for it; `nil` = off.
        public var noiseReduction: JSONObject?
        /// How much of the noise is to go, up to 1; `nil` = noise reduction is off.
        public var noiseReductionStrength: Double? { noiseReduction.map { $0["strength"]?.doubleValue ?? 1 } }
        /// Turn detection; `nil` = the client commits by hand.
        public var turnDetection: TurnDetection? = TurnDetection()
    }

    /// What goes out.
    public struct Output: Sendable, Equatable {
        /// Format of the audio in the deltas.
        public var format = AudioFormat.pcm
        /// The voice's name.
        public var voice = "alloy"
        /// Speaking rate, 0.25 to 1.5.
        public var speed = 1.0
    }

    /// What the session is for; never changes.
    public let kind: Kind
    /// Its id, `sess_…`.
    public let id: String
    /// The model's name.
    public var model: String
    /// When the session will be ended, in Unix seconds.
    public var expiresAt: Int
    /// Speech or text.
    public var outputModality = Modality.audio
    /// System instructions.
    public var instructions = ""
    /// What the model may call.
    public var tools: [Tool] = []
    /// How it chooses.
    public var toolChoice = ToolChoice.auto
    /// How freely the model chooses, 0.6 to 1.2; `nil` = as it likes.
    ///
    /// Only beta clients set and see it, so that it is not in the GA object.
    public var temperature: Double?
    /// The most tokens of a response.
    public var maxOutputTokens = TokenLimit.infinite
    /// What comes in.
    public var input = Input()
    /// What goes out.
    public var output = Output()
    /// Members that are kept and reported as the client set them: `include`, `truncation`, `tracing`, `prompt`,
    /// `reasoning`, `parallel_tool_calls`.
    public var extra: JSONObject = ["tracing": nil, "truncation": "auto", "prompt": nil, "include": nil]
    /// Members of a received session that this version does not know or cannot read, by their place.
    ///
    /// A detector of a new kind is here while `input.turnDetection` is `nil`, and a new kind of choice while
    /// `toolChoice` is `auto`.
    public var unknown: JSONObject = [:]

    /// A session with the default configuration; `expiresAt` in Unix seconds.
    public init(kind: Kind = .realtime, id: String, model: String, expiresAt: Int) {
        self.kind = kind
        self.id = id
        self.model = model
        self.expiresAt = expiresAt
    }

    /// The complete GA object as `session.created` and `session.updated` carry it.
    public var object: JSONObject { known.filled(with: unknown) }

    /// The object without what is unknown.
    var known: JSONObject {
        let isTranscription = kind == .transcription
        var audioInput: JSONObject = ["format": input.format.json]
        audioInput["transcription"] = input.transcription?.json ?? .null
        audioInput["noise_reduction"] = input.noiseReduction.map { .object($0) } ?? .null
        audioInput["turn_detection"] = input.turnDetection?.json(forTranscription: isTranscription) ?? .null
        if isTranscription {
            return [
                "type": "transcription", "object": "realtime.transcription_session", "id": .string(id),
                "expires_at": JSON(expiresAt), "audio": ["input": .object(audioInput)],
                "include": extra["include"] ?? .null,
            ]
        }
        var object: JSONObject = [
            "type": "realtime", "object": "realtime.session", "id": .string(id), "model": .string(model),
            "output_modalities": [.string(outputModality.rawValue)], "instructions": .string(instructions),
            "tools": .array(tools.map(\.json)), "tool_choice": unreadToolChoice ?? toolChoice.json,
            "max_output_tokens": maxOutputTokens.json, "expires_at": JSON(expiresAt),
            "audio": [
                "input": .object(audioInput),
                "output": [
                    "format": output.format.json, "voice": .string(output.voice), "speed": JSON(output.speed),
                ],
            ],
        ]
        for member in extra.members { object[member.name] = member.value }
        return object
    }

    private var unreadToolChoice: JSON? { toolChoice == .auto ? unknown["tool_choice"] : nil }
}
