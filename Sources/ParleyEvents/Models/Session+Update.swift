// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Session {
    /// Applies the `session` object of a `session.update`, or changes nothing and says what is wrong.
    ///
    /// Members that are absent stay; `null` switches a feature off; `audio`, `audio.input` and `audio.output` merge
    /// member by member, everything below is replaced whole, but `noise_reduction` merges (protocol reference, 4.1).
    ///
    /// - Parameters:
    ///   - update: The object as the client sent it, GA form.
    ///   - audioWasProduced: Whether the session has spoken already, which locks its voice.
    ///   - isResponding: Whether a response is under way, which locks the speed.
    ///   - temperature: A beta client's, to be taken over with the rest.
    /// - Throws: What is wrong, by the path of the member.
    public mutating func apply(
        _ update: JSONObject,
        audioWasProduced: Bool,
        isResponding: Bool = false,
        temperature: Double? = nil
    ) throws(RealtimeError) {
        let fields = Fields(update, at: "session")
        guard let kind: Kind = try fields.choice("type") else { throw .missing("session.type") }
        guard kind == self.kind else {
            let (given, session) =
                kind == .transcription
                ? ("transcription session", "realtime session") : ("realtime session", "transcription session")
            throw RealtimeError(
                code: "invalid_parameter",
                message: "Passing a \(given) update event to a \(session) is not allowed."
            )
        }
        var changed = self
        switch kind {
        case .realtime: try changed.applyRealtime(fields)
        case .transcription:
            try fields.rejectUnknown(Self.identity.union(["audio", "include"]))
            try changed.applyPassedOn(fields, names: ["include"])
        }
        if let audio = try fields.fields("audio") {
            try audio.rejectUnknown(kind == .realtime ? ["input", "output"] : ["input"])
            if let input = try audio.fields("input") { try changed.input.apply(input) }
            if let output = try audio.fields("output") {
                try changed.output.apply(output, voiceIsLocked: audioWasProduced, speedIsLocked: isResponding)
            }
        }
        changed.temperature = temperature ?? self.temperature
        self = changed
    }

    /// Members that a client may repeat as it was shown them, without effect.
    private static let identity: Set = ["type", "id", "object", "expires_at"]

    private mutating func applyRealtime(_ fields: Fields) throws(RealtimeError) {
        try fields.rejectUnknown(
            Self.identity.union(Fields.passedOn)
                .union([
                    "model", "output_modalities", "instructions", "tools", "tool_choice", "max_output_tokens", "audio",
                ])
        )
        if let model = try fields.string("model"), model != self.model {
            throw .invalidValue(
                "session.model",
                message: "Invalid 'session.model': the model of a session cannot be changed. "
                    + "This session uses '\(self.model)'; open another connection for '\(model)'."
            )
        }
        outputModality = try fields.modality("output_modalities") ?? outputModality
        if let instructions = try fields.string("instructions") { self.instructions = instructions }
        tools = try fields.tools("tools") ?? tools
        if let choice = fields.value("tool_choice") {
            toolChoice = try ToolChoice(choice, at: fields.at("tool_choice"))
        }
        maxOutputTokens = try fields.tokenLimit("max_output_tokens") ?? maxOutputTokens
        try applyPassedOn(fields, names: Fields.passedOn)
    }

    private mutating func applyPassedOn(_ fields: Fields, names: Set<String>) throws(RealtimeError) {
        try fields.checkPassedOn()
        if let tracing = extra["tracing"], !tracing.isNull, let change = fields.object["tracing"], change != tracing {
            throw .invalidValue(
                "session.tracing",
                message: "Invalid 'session.tracing': tracing cannot be changed once it is on."
            )
        }
        for member in fields.object.members where names.contains(member.name) { extra[member.name] = member.value }
    }
}

extension Session.Input {
    fileprivate mutating func apply(_ fields: Fields) throws(RealtimeError) {
        try fields.rejectUnknown(["format", "transcription", "noise_reduction", "turn_detection"])
        if let value = fields.value("format") { format = try AudioFormat(value, at: fields.at("format")) }
        switch fields.object["transcription"] {
        case nil: break
        case .null?: transcription = nil
        case let value?: transcription = try InputTranscription(value, at: fields.at("transcription"))
        }
        switch fields.object["turn_detection"] {
        case nil: break
        case .null?: turnDetection = nil
        case let value?: turnDetection = try TurnDetection(value, at: fields.at("turn_detection"))
        }
        switch fields.object["noise_reduction"] {
        case nil: break
        case .null?: noiseReduction = nil
        case let value?: noiseReduction = try merged(Fields(value, at: fields.at("noise_reduction")))
        }
    }

    private func merged(_ fields: Fields) throws(RealtimeError) -> JSONObject {
        try fields.rejectUnknown(["type", "strength"])
        _ = try fields.word("type", among: ["near_field", "far_field"])
        _ = try fields.decimal("strength", in: 0...1)
        var result = noiseReduction ?? [:]
        for member in fields.object.members where !member.value.isNull { result[member.name] = member.value }
        guard result["type"] != nil else { throw .missing(fields.at("type")) }
        return result
    }
}

extension Session.Output {
    fileprivate mutating func apply(
        _ fields: Fields,
        voiceIsLocked: Bool,
        speedIsLocked: Bool
    ) throws(RealtimeError) {
        try fields.rejectUnknown(["format", "voice", "speed"])
        if let value = fields.value("format") { format = try AudioFormat(value, at: fields.at("format")) }
        if let name = try fields.voice("voice"), name != voice {
            guard !voiceIsLocked else {
                throw RealtimeError(
                    code: "cannot_update_voice",
                    message: "Cannot update a conversation's voice if assistant audio is present."
                )
            }
            voice = name
        }
        if let speed = try fields.decimal("speed", in: 0.25...1.5), speed != self.speed {
            guard !speedIsLocked else {
                throw .invalidValue(
                    fields.at("speed"),
                    message: "Invalid '\(fields.at("speed"))': the speed cannot change during a response. "
                        + "Wait for response.done."
                )
            }
            self.speed = speed
        }
    }
}

extension Fields {
    /// Reads a voice: a name, or an object with its `id`.
    func voice(_ name: String) throws(RealtimeError) -> String? {
        guard let value = value(name) else { return nil }
        if let name = value.stringValue { return name }
        return try Fields(value, at: at(name)).requiredString("id")
    }
}
