// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// What an application wants of a session; what is nil stays as the server has it.
public struct SessionSettings: Sendable, Equatable {
    /// How the server finds the ends of what is said.
    public enum TurnTaking: Sendable, Equatable {
        /// It does not: the client commits, as with push-to-talk.
        case manual
        /// By sound or by meaning.
        case detected(TurnDetection)
    }

    /// What the model is to be and do.
    public var instructions: String?
    /// Speech (with its transcript) or text.
    public var outputModality: Modality?
    /// The name of the voice; it cannot change once it has spoken.
    public var voice: String?
    /// Speaking rate, 0.25–1.5.
    public var speed: Double?
    /// Of what is sent.
    public var inputFormat: AudioFormat?
    /// Of what is received.
    public var outputFormat: AudioFormat?
    /// Who ends a turn.
    public var turnTaking: TurnTaking?
    /// Writes down what the person says.
    public var transcription: InputTranscription?
    /// Whether the model may, must or must not call tools.
    public var toolChoice: ToolChoice?
    /// The most tokens of a response.
    public var maxOutputTokens: TokenLimit?
    /// Further members of the GA session object, such as `include`, `tracing` or `truncation`; they come last and win.
    public var extra: JSONObject = [:]

    /// Everything as the server has it.
    public init() {}

    /// The object of a `session.update` with these tools.
    func object(tools: [Tool]) -> JSONObject {
        var input: JSONObject = [:]
        input["format"] = inputFormat?.json
        input["transcription"] = transcription?.json
        switch turnTaking {
        case .manual: input["turn_detection"] = .null
        case .detected(let detection): input["turn_detection"] = detection.json(forTranscription: false)
        case nil: break
        }
        var output: JSONObject = [:]
        output["format"] = outputFormat?.json
        output["voice"] = voice.map { .string($0) }
        output["speed"] = speed.map { JSON($0) }
        var audio: JSONObject = [:]
        if !input.isEmpty { audio["input"] = .object(input) }
        if !output.isEmpty { audio["output"] = .object(output) }
        var session: JSONObject = ["type": "realtime"]
        session["instructions"] = instructions.map { .string($0) }
        session["output_modalities"] = outputModality.map { [.string($0.rawValue)] }
        if !audio.isEmpty { session["audio"] = .object(audio) }
        if !tools.isEmpty { session["tools"] = .array(tools.map(\.json)) }
        session["tool_choice"] = toolChoice?.json
        session["max_output_tokens"] = maxOutputTokens?.json
        for (name, value) in extra.members { session[name] = value }
        return session
    }
}
