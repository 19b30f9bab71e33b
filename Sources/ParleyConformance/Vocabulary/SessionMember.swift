// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Members of the session that both dialects have, each under its own name and place
/// (protocol reference, sections 4.1 and 4.2).
enum SessionMember: String, Sendable, CaseIterable {
    case model, modalities, instructions, voice, inputFormat, outputFormat, transcription, noiseReduction
    case turnDetection, tools, toolChoice, maxTokens, speed

    /// Where the member stands in the session object.
    func path(in dialect: Dialect) -> [String] {
        switch (self, dialect) {
        case (.model, _): ["model"]
        case (.instructions, _): ["instructions"]
        case (.tools, _): ["tools"]
        case (.toolChoice, _): ["tool_choice"]
        case (.modalities, .ga): ["output_modalities"]
        case (.modalities, .beta): ["modalities"]
        case (.voice, .ga): ["audio", "output", "voice"]
        case (.voice, .beta): ["voice"]
        case (.inputFormat, .ga): ["audio", "input", "format"]
        case (.inputFormat, .beta): ["input_audio_format"]
        case (.outputFormat, .ga): ["audio", "output", "format"]
        case (.outputFormat, .beta): ["output_audio_format"]
        case (.transcription, .ga): ["audio", "input", "transcription"]
        case (.transcription, .beta): ["input_audio_transcription"]
        case (.noiseReduction, .ga): ["audio", "input", "noise_reduction"]
        case (.noiseReduction, .beta): ["input_audio_noise_reduction"]
        case (.turnDetection, .ga): ["audio", "input", "turn_detection"]
        case (.turnDetection, .beta): ["turn_detection"]
        case (.maxTokens, .ga): ["max_output_tokens"]
        case (.maxTokens, .beta): ["max_response_output_tokens"]
        case (.speed, .ga): ["audio", "output", "speed"]
        case (.speed, .beta): ["speed"]
        }
    }

    /// The member as `error.param` names it.
    func parameter(in dialect: Dialect) -> String { "session." + path(in: dialect).joined(separator: ".") }
}

/// Some members of a session with values, as a client sends them.
typealias SessionValues = [(member: SessionMember, value: JSON)]

extension JSONObject {
    /// The body of `session.update`.
    static func session(_ values: SessionValues, in dialect: Dialect) -> JSONObject {
        var session: JSONObject = dialect == .ga ? ["type": "realtime"] : [:]
        for (member, value) in values { session.set(value, at: member.path(in: dialect)[...]) }
        return session
    }

    /// The value at a path of member names; `nil` if a step is missing.
    func value(at path: [String]) -> JSON? {
        var value: JSON? = .object(self)
        for name in path { value = value?[name] }
        return value
    }

    private mutating func set(_ value: JSON, at path: ArraySlice<String>) {
        guard let name = path.first else { return }
        if path.count == 1 {
            self[name] = value
        } else {
            var inner = self[name]?.objectValue ?? [:]
            inner.set(value, at: path.dropFirst())
            self[name] = .object(inner)
        }
    }

    /// The same object with more members, which replace those of the same name.
    func adding(_ members: JSONObject) -> JSONObject {
        var object = self
        for (name, value) in members.members { object[name] = value }
        return object
    }

    /// The string of that name, if there is one.
    func string(_ name: String) -> String? { self[name]?.stringValue }

    /// The event's type; empty if there is none.
    var type: String { string("type") ?? "" }
}
