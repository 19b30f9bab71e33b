// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Translates what a GA event holds for beta eyes.
struct ToBeta: Sendable {
    /// What a beta object shows for a response that is heard, unless its client prefers the other order.
    static let audioModalities: [JSON] = ["text", "audio"]

    let sender: Sender
    var audioModalities = Self.audioModalities
    var dropped = DroppedMembers()

    /// A session or response; only what is present is translated.
    mutating func object(_ ga: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var beta = JSONObject()
        try flatten(ga, under: [], shape, into: &beta)
        return beta
    }

    private mutating func flatten(
        _ ga: JSONObject,
        under prefix: [String],
        _ shape: ObjectShape,
        into beta: inout JSONObject
    ) throws(RealtimeError) {
        for (name, value) in ga.members {
            let path = prefix + [name]
            if let place = shape.place(ga: path) {
                beta[place.beta] = try converted(value, of: place, in: shape)
            } else if shape.isContainer(ga: path) {
                if case .object(let inner) = value {
                    try flatten(inner, under: path, shape, into: &beta)
                } else if sender == .client, !value.isNull {
                    // The server refuses it by its name, which tells the client more than silence.
                    beta.set(value, at: path)
                } else {
                    dropped.note(Self.text(path, shape), value)
                }
            } else if path != ["type"] {
                dropped.note(Self.text(path, shape), value)
            }
        }
    }

    private static func text(_ path: [String], _ shape: ObjectShape) -> String {
        ([shape.root] + path).joined(separator: ".")
    }

    /// The value for a beta object; `nil` if the member is better left out.
    private mutating func converted(
        _ value: JSON,
        of place: MemberPlace,
        in shape: ObjectShape
    ) throws(RealtimeError) -> JSON? {
        switch place.value {
        case .same: value
        case .modalities: modalities(value)
        case .audioFormat: try audioFormat(value, of: place, in: shape)
        case .voice: value["id"] ?? value
        case .transcription: without(["languages", "keywords", "delay"], value, at: Self.text(place.ga, shape))
        case .noiseReduction: without(["strength"], value, at: Self.text(place.ga, shape))
        case .turnDetection, .transcriptionTurnDetection:
            without(["idle_timeout_ms"], value, at: Self.text(place.ga, shape))
        case .tools: functionTools(value, at: Self.text(place.ga, shape))
        case .toolChoice: value["type"] == "mcp" ? "auto" : value
        case .items: try items(value, at: Self.text(place.ga, shape))
        case .usage: Self.usage(value)
        }
    }

    private func modalities(_ value: JSON) -> JSON {
        guard let names = value.arrayValue, names.contains("audio") else { return value }
        return .array(audioModalities)
    }

    private mutating func audioFormat(
        _ value: JSON,
        of place: MemberPlace,
        in shape: ObjectShape
    ) throws(RealtimeError) -> JSON? {
        if let name = AudioFormat.betaName(ga: value) { return name }
        let path = Self.text(place.ga, shape)
        switch (sender, shape.root) {
        case (.client, _):
            throw .unsupported(path, by: .beta, "name for this audio format. Use PCM at 24000 Hz, µ-law or A-law.")
        case (.server, "session"):
            // A client that went on would take the audio for what it is not.
            throw .unsupported(
                "\(shape.root).\(place.beta)",
                by: .beta,
                "name for the audio format of the server's session."
            )
        case (.server, _):
            dropped.note(path, value)
            return nil
        }
    }

    private mutating func without(_ names: [String], _ value: JSON, at path: String) -> JSON {
        guard case .object(var object) = value else { return value }
        for name in names {
            if let value = object[name] { dropped.note("\(path).\(name)", value) }
            object[name] = nil
        }
        return .object(object)
    }

    private mutating func functionTools(_ value: JSON, at path: String) -> JSON {
        guard let tools = value.arrayValue else { return value }
        var remaining: [JSON] = []
        for (index, tool) in tools.enumerated() {
            if tool["type"] == "mcp" {
                dropped.note("\(path)[\(index)]", tool)
            } else {
                remaining.append(tool)
            }
        }
        return .array(remaining)
    }

    private static func usage(_ value: JSON) -> JSON {
        guard case .object(var usage) = value, case .object(var input)? = usage["input_token_details"] else {
            return value
        }
        input["image_tokens"] = nil
        if case .object(var cached)? = input["cached_tokens_details"] {
            cached["image_tokens"] = nil
            input["cached_tokens_details"] = .object(cached)
        }
        usage["input_token_details"] = .object(input)
        return .object(usage)
    }
}
