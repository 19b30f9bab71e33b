// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Whose event holds the object that is being translated.
enum Sender: Sendable {
    case client
    case server
}

/// Translates what a beta event holds for GA eyes.
struct ToGA: Sendable {
    let sender: Sender
    var unknownMembers = UnknownMembers.drop
    var dropped = DroppedMembers()

    /// A session or response; only what is present is translated.
    mutating func object(_ beta: JSONObject, _ shape: ObjectShape) throws(RealtimeError) -> JSONObject {
        var ga = JSONObject()
        for (name, value) in beta.members {
            let path = "\(shape.root).\(name)"
            if let place = shape.place(beta: name) {
                let isSecondName = name != place.beta && beta[place.beta] != nil
                if isSecondName {
                    dropped.note(path, value)
                } else {
                    ga.set(try converted(value, as: place.value, at: path), at: place.ga)
                }
            } else if shape.betaOnly.contains(name) || sender == .server || unknownMembers == .drop {
                dropped.note(path, value)
            } else if shape.gaOnly.contains(name) {
                // In its GA place it would have an effect that no beta server gives it.
                throw .unknownParameter(path)
            } else {
                ga[name] = value
            }
        }
        return ga
    }

    private mutating func converted(
        _ value: JSON,
        as kind: MemberPlace.Value,
        at path: String
    ) throws(RealtimeError) -> JSON {
        switch kind {
        case .same, .voice, .transcription, .noiseReduction, .tools: value
        case .modalities: Self.modalities(value)
        case .audioFormat: AudioFormat(beta: value)?.json ?? value
        case .turnDetection: turnDetection(value, without: [], at: path)
        case .transcriptionTurnDetection:
            turnDetection(value, without: ["create_response", "interrupt_response"], at: path)
        case .toolChoice: Self.toolChoice(value)
        case .items: try items(value, at: path)
        case .usage: Self.usage(value)
        }
    }

    /// Audio always comes with its transcript; anything that is not a list of modalities is left as it is.
    private static func modalities(_ value: JSON) -> JSON {
        guard let names = value.arrayValue, !names.isEmpty, names.allSatisfy({ $0 == "text" || $0 == "audio" }) else {
            return value
        }
        return names.contains("audio") ? ["audio"] : ["text"]
    }

    private mutating func turnDetection(_ value: JSON, without others: [String], at path: String) -> JSON {
        guard case .object(let beta) = value else { return value }
        var ga = beta
        let type = beta["type"] ?? .null
        if type.isNull { ga["type"] = "server_vad" }
        let foreign =
            type == "semantic_vad"
            ? ["threshold", "prefix_padding_ms", "silence_duration_ms", "idle_timeout_ms"] : ["eagerness"]
        for name in foreign + others {
            if let value = ga[name] { dropped.note("\(path).\(name)", value) }
            ga[name] = nil
        }
        return .object(ga)
    }

    /// One form in circulation nests the name as chat completions do.
    private static func toolChoice(_ value: JSON) -> JSON {
        guard value["name"] == nil, let name = value["function"]?["name"] else { return value }
        return ["type": "function", "name": name]
    }

    private static func usage(_ value: JSON) -> JSON {
        guard case .object(var usage) = value, case .object(var input)? = usage["input_token_details"] else {
            return value
        }
        if input["image_tokens"] == nil { input["image_tokens"] = 0 }
        if case .object(var cached)? = input["cached_tokens_details"] {
            if cached["image_tokens"] == nil { cached["image_tokens"] = 0 }
            input["cached_tokens_details"] = .object(cached)
        }
        usage["input_token_details"] = .object(input)
        return .object(usage)
    }
}
