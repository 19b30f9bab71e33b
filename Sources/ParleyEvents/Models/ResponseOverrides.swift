// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a `response.create` sets for its response only; everything else comes from the session.
public struct ResponseOverrides: Sendable, Equatable {
    /// One entry of `input`.
    public enum InputItem: Sendable, Equatable {
        /// An item of the client's.
        case item(Item)
        /// An item of the conversation.
        case reference(id: String)
    }

    /// `conversation: "none"`: the response leaves the conversation alone.
    public var isOutOfBand = false
    /// Replaces the conversation as context; `nil` = the conversation.
    public var input: [InputItem]?
    /// Instructions instead of the session's.
    public var instructions: String?
    /// Tools instead of the session's.
    public var tools: [Tool]?
    /// Instead of the session's.
    public var toolChoice: ToolChoice?
    /// Instead of the session's.
    public var outputModality: Modality?
    /// Instead of the session's.
    public var voice: String?
    /// Instead of the session's.
    public var format: AudioFormat?
    /// Instead of the session's.
    public var maxOutputTokens: TokenLimit?
    /// How freely the model chooses, 0.6 to 1.2, instead of the session's; only beta clients set it.
    public var temperature: Double?
    /// The client's own marks, echoed.
    public var metadata: JSONObject?
    /// Members that are kept as the client set them: `prompt`, `reasoning`, `parallel_tool_calls`.
    public var extra: JSONObject = [:]

    /// Nothing overridden.
    public init() {}

    /// Reads the `response` object of a `response.create`, GA form.
    public init(_ value: JSON, inputFormat: AudioFormat) throws(RealtimeError) {
        let fields = try Fields(value, at: "response")
        try fields.rejectUnknown([
            "conversation", "input", "instructions", "tools", "tool_choice", "output_modalities", "audio",
            "max_output_tokens", "metadata", "prompt", "reasoning", "parallel_tool_calls",
        ])
        isOutOfBand = try fields.word("conversation", among: ["auto", "none"]) == "none"
        input = try fields.inputItems(inputFormat)
        instructions = try fields.string("instructions")
        tools = try fields.tools("tools")
        if let choice = fields.value("tool_choice") {
            toolChoice = try ToolChoice(choice, at: fields.at("tool_choice"))
        }
        outputModality = try fields.modality("output_modalities")
        let audio = try fields.fields("audio")
        try audio?.rejectUnknown(["output"])
        if let output = try audio?.fields("output") {
            try output.rejectUnknown(["voice", "format"])
            voice = try output.voice("voice")
            if let value = output.value("format") { format = try AudioFormat(value, at: output.at("format")) }
        }
        maxOutputTokens = try fields.tokenLimit("max_output_tokens")
        metadata = try fields.metadata()
        try fields.checkPassedOn()
        extra = JSONObject(
            fields.object.members.filter { Fields.passedOn.contains($0.name) }.map { ($0.name, $0.value) }
        )
    }
}

extension Fields {
    fileprivate func inputItems(_ format: AudioFormat) throws(RealtimeError) -> [ResponseOverrides.InputItem]? {
        guard let values = try array("input") else { return nil }
        var items: [ResponseOverrides.InputItem] = []
        for (index, value) in values.enumerated() {
            let path = "\(at("input"))[\(index)]"
            let fields = try Fields(value, at: path)
            if try fields.string("type") == "item_reference" {
                items.append(.reference(id: try fields.requiredString("id")))
            } else {
                items.append(.item(try Item(value, at: path, inputFormat: format)))
            }
        }
        return items
    }

    /// At most 16 pairs, keys up to 64 and values up to 512 characters (protocol reference, section 10).
    fileprivate func metadata() throws(RealtimeError) -> JSONObject? {
        guard let fields = try fields("metadata") else { return nil }
        guard fields.object.members.count <= 16 else {
            throw .invalidValue(
                fields.path,
                message: "Invalid '\(fields.path)': expected at most 16 pairs, but got \(fields.object.members.count)."
            )
        }
        for (name, value) in fields.object.members {
            if name.count > 64 { throw .stringTooLong(fields.path, maximum: 64, length: name.count) }
            guard try fields.string(name, maximum: 512) != nil else {
                throw .invalidType(fields.at(name), expected: "a string", got: value)
            }
        }
        return fields.object
    }
}
