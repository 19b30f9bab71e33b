// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A piece of a transcript and how sure the model was of it.
public struct TokenLogProbability: JSONRepresentable, Equatable {
    /// The text of the token.
    public var token: String
    /// Natural logarithm of its probability.
    public var logProbability: Double
    /// The token's bytes, 0 to 255 each.
    public var bytes: [Int]

    /// Makes an entry.
    public init(token: String, logProbability: Double, bytes: [Int]) {
        self.token = token
        self.logProbability = logProbability
        self.bytes = bytes
    }

    /// Reads the object.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        token = try fields.requiredString("token")
        logProbability = try fields.requiredDecimal("logprob")
        bytes = (try fields.array("bytes") ?? []).compactMap(\.intValue)
    }

    /// The object.
    public var jsonForm: JSON {
        ["token": .string(token), "logprob": JSON(logProbability), "bytes": .array(bytes.map { JSON($0) })]
    }
}

/// What the transcription of a turn is charged for.
public enum TranscriptionUsage: JSONRepresentable, Equatable {
    /// The length of the audio in seconds.
    case duration(seconds: Double)
    /// Tokens; `inputDetails` as they came.
    case tokens(input: Int, output: Int, total: Int, inputDetails: JSONObject?)
    /// Something newer, as it came.
    case other(JSONObject)

    /// Reads the object.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        switch try fields.string("type") {
        case "duration": self = .duration(seconds: try fields.requiredDecimal("seconds"))
        case "tokens":
            self = .tokens(
                input: try fields.requiredInteger("input_tokens"),
                output: try fields.requiredInteger("output_tokens"),
                total: try fields.requiredInteger("total_tokens"),
                inputDetails: try fields.fields("input_token_details")?.object
            )
        default: self = .other(fields.object)
        }
    }

    /// The object.
    public var jsonForm: JSON {
        switch self {
        case .duration(let seconds): return ["type": "duration", "seconds": JSON(seconds)]
        case .tokens(let input, let output, let total, let details):
            var object: JSONObject = [
                "type": "tokens", "input_tokens": JSON(input), "output_tokens": JSON(output),
                "total_tokens": JSON(total),
            ]
            object["input_token_details"] = details.map { .object($0) }
            return .object(object)
        case .other(let object): return .object(object)
        }
    }
}

/// What one speaker said, from a model that tells speakers apart.
public struct TranscriptionSegment: Sendable, Equatable {
    /// The user's item.
    public var itemID: String
    /// The part of that item.
    public var contentIndex: Int
    /// The segment's id.
    public var id: String
    /// What was said.
    public var text: String
    /// Who said it, as the model names them.
    public var speaker: String
    /// Begin in the item's audio, in seconds.
    public var start: Double
    /// End in the item's audio, in seconds.
    public var end: Double

    /// Makes a segment; times in seconds.
    public init(
        itemID: String,
        contentIndex: Int = 0,
        id: String,
        text: String,
        speaker: String,
        start: Double,
        end: Double
    ) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.id = id
        self.text = text
        self.speaker = speaker
        self.start = start
        self.end = end
    }

    init(_ fields: Fields) throws(RealtimeError) {
        itemID = try fields.requiredString("item_id")
        contentIndex = try fields.requiredInteger("content_index")
        id = try fields.requiredString("id")
        text = try fields.requiredString("text")
        speaker = try fields.requiredString("speaker")
        start = try fields.requiredDecimal("start")
        end = try fields.requiredDecimal("end")
    }

    var members: [(String, JSON)] {
        [
            ("item_id", .string(itemID)), ("content_index", JSON(contentIndex)), ("id", .string(id)),
            ("text", .string(text)), ("speaker", .string(speaker)), ("start", JSON(start)), ("end", JSON(end)),
        ]
    }
}
