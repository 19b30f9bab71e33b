// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Session: JSONRepresentable {
    /// Reads a session that a server reported; members that it left out have their defaults.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        self.init(
            kind: try Self.kind(fields),
            id: try fields.string("id") ?? "",
            model: try fields.string("model") ?? "",
            expiresAt: try fields.integer("expires_at") ?? 0
        )
        let passedOn: Set = kind == .transcription ? ["include"] : Fields.passedOn
        extra = JSONObject(fields.object.members.filter { passedOn.contains($0.name) }.map { ($0.name, $0.value) })
        // These sessions always tell it.
        if kind == .transcription, extra["include"] == nil { extra["include"] = .null }
        try read(fields)
        let choice = unknown
        unknown = fields.object.remainder(without: known)
        for member in choice.members { unknown[member.name] = member.value }
    }

    private static func kind(_ fields: Fields) throws(RealtimeError) -> Kind {
        guard let type = try fields.string("type") else {
            return try fields.string("object") == "realtime.transcription_session" ? .transcription : .realtime
        }
        guard let kind = Kind(rawValue: type) else {
            throw .invalidValue(fields.at("type"), type, supported: Kind.allCases.map(\.rawValue))
        }
        return kind
    }

    private mutating func read(_ fields: Fields) throws(RealtimeError) {
        outputModality = try fields.receivedModality("output_modalities") ?? outputModality
        instructions = try fields.string("instructions") ?? instructions
        tools = try fields.receivedArray("tools") ?? tools
        if let value = fields.value("tool_choice") {
            if let choice = ToolChoice(ifKnown: value) {
                toolChoice = choice
            } else {
                unknown["tool_choice"] = value
            }
        }
        maxOutputTokens = try fields.received("max_output_tokens") ?? maxOutputTokens
        let audio = try fields.fields("audio")
        if let input = try audio?.fields("input") { try self.input.read(input) }
        if let output = try audio?.fields("output") {
            self.output.format = try output.received("format") ?? self.output.format
            self.output.voice = try output.voice("voice") ?? self.output.voice
            self.output.speed = try output.decimal("speed") ?? self.output.speed
        }
    }

    /// The GA object.
    public var jsonForm: JSON { .object(object) }
}

extension Session.Input {
    fileprivate mutating func read(_ fields: Fields) throws(RealtimeError) {
        format = try fields.received("format") ?? format
        transcription = try fields.received("transcription")
        noiseReduction = try fields.fields("noise_reduction")?.object
        guard let detection = try fields.fields("turn_detection") else {
            if fields.object["turn_detection"] != nil { turnDetection = nil }
            return
        }
        let type = try detection.requiredString("type")
        let isKnown = TurnDetection.Kind(rawValue: type) != nil
        turnDetection = isKnown ? try TurnDetection(received: .object(detection.object), at: detection.path) : nil
    }
}

extension TurnDetection: JSONRepresentable {
    /// Reads a detector that a server reported.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        guard let kind: Kind = try fields.choice("type") else { throw .missing(fields.at("type")) }
        self.init(kind: kind)
        threshold = try fields.decimal("threshold") ?? threshold
        prefixPaddingMS = try fields.integer("prefix_padding_ms") ?? prefixPaddingMS
        silenceDurationMS = try fields.integer("silence_duration_ms") ?? silenceDurationMS
        idleTimeoutMS = try fields.integer("idle_timeout_ms")
        eagerness = try fields.string("eagerness").map { Eagerness(rawValue: $0) } ?? eagerness
        createResponse = try fields.bool("create_response") ?? createResponse
        interruptResponse = try fields.bool("interrupt_response") ?? interruptResponse
    }

    /// The GA object of a session that responds.
    public var jsonForm: JSON { json(forTranscription: false) }
}

extension InputTranscription: JSONRepresentable {
    /// Reads what a server reported; every member that is not known goes to `extra`.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        self.init(
            model: try fields.string("model"),
            language: try fields.string("language"),
            prompt: try fields.string("prompt")
        )
        let known: Set = ["model", "language", "prompt"]
        extra = JSONObject(
            fields.object.members.filter { !known.contains($0.name) }.map { ($0.name, $0.value) }
        )
    }

    /// The GA object.
    public var jsonForm: JSON { json }
}

extension AudioFormat: JSONRepresentable {
    /// Reads the GA object.
    ///
    /// - Throws: For a format that this version does not know: whoever took it for another would play noise.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        let known = JSONObject(
            fields.object.members.filter { ["type", "rate"].contains($0.name) }.map { ($0.name, $0.value) }
        )
        try self.init(.object(known), at: path)
    }

    /// The GA object.
    public var jsonForm: JSON { json }
}
