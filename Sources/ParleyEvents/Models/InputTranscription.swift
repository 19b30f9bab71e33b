// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Transcription of what the user says, beside the conversation (protocol reference, section 4.6).
public struct InputTranscription: Sendable, Equatable {
    /// The transcription model.
    public var model: String?
    /// ISO 639-1 code of the language spoken.
    public var language: String?
    /// A hint for the model.
    public var prompt: String?
    /// Members of newer models (`languages`, `keywords`, `delay`), as the client sent them.
    public var extra: JSONObject = [:]

    /// Transcription with that model.
    public init(model: String? = nil, language: String? = nil, prompt: String? = nil) {
        self.model = model
        self.language = language
        self.prompt = prompt
    }

    private static let extraNames: Set = ["languages", "keywords", "delay"]

    /// Reads the GA object found at `path`.
    public init(_ value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        model = try fields.string("model")
        language = try fields.string("language")
        prompt = try fields.string("prompt")
        _ = try fields.strings("languages")
        _ = try fields.strings("keywords")
        _ = try fields.word("delay", among: ["minimal", "low", "medium", "high", "xhigh"])
        try fields.rejectUnknown(Self.extraNames.union(["model", "language", "prompt"]))
        extra = JSONObject(
            fields.object.members.filter { Self.extraNames.contains($0.name) }.map { ($0.name, $0.value) }
        )
    }

    /// The GA object; members of newer models are there only if they were set.
    public var json: JSON {
        var object: JSONObject = ["model": JSON(model), "language": JSON(language), "prompt": JSON(prompt)]
        for member in extra.members { object[member.name] = member.value }
        return .object(object)
    }
}
