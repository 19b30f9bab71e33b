// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

// What only the side that speaks beta can tell a client: errors in members that GA does not have, or has differently.
extension ObjectShape {
    private static let temperatures = 0.6...1.2

    /// Checks a beta session or response of a client.
    func check(_ beta: JSONObject) throws(RealtimeError) {
        let fields = Fields(beta, at: root)
        if betaOnly.contains("temperature") { _ = try fields.decimal("temperature", in: Self.temperatures) }
        for place in places {
            switch place.value {
            case .modalities: try fields.checkModalities(place.beta)
            case .audioFormat: try fields.checkAudioFormat(place.beta)
            case .tools: try fields.checkTools(place.beta)
            case .toolChoice: try fields.checkToolChoice(place.beta)
            default: continue
            }
        }
    }
}

extension Fields {
    /// Checks an item of a beta client as far as beta has its own words for what is in it.
    func checkBetaItem() throws(RealtimeError) {
        let types = ["message", "function_call", "function_call_output"]
        if let type = object["type"]?.stringValue, !types.contains(type) {
            throw .invalidValue(at("type"), type, supported: types)
        }
        guard let parts = object["content"]?.arrayValue,
            let role = object["role"]?.stringValue.flatMap(Item.Role.init(rawValue:))
        else { return }
        for (index, value) in parts.enumerated() {
            guard let part = value.objectValue else { continue }
            try Fields(part, at: "\(at("content"))[\(index)]").checkBetaPart(of: role)
        }
    }

    private func checkBetaPart(of role: Item.Role) throws(RealtimeError) {
        let types =
            switch role {
            case .system: ["input_text"]
            case .user: ["input_text", "input_audio"]
            case .assistant: ["text", "audio"]
            }
        // References are settled by the translation.
        guard let type = object["type"]?.stringValue, type != "item_reference" else { return }
        guard types.contains(type) else { throw .invalidValue(at("type"), type, supported: types) }
        if type == "audio" { _ = try string("transcript") }
    }

    /// Checks the `input` of a beta client's response.
    func checkBetaInput() throws(RealtimeError) {
        for (index, value) in (object["input"]?.arrayValue ?? []).enumerated() {
            guard let item = value.objectValue, item["type"] != "item_reference" else { continue }
            try Fields(item, at: "\(at("input"))[\(index)]").checkBetaItem()
        }
    }

    fileprivate func checkTools(_ name: String) throws(RealtimeError) {
        for (index, tool) in (object[name]?.arrayValue ?? []).enumerated() {
            try Self.checkToolType(tool, at: "\(at(name))[\(index)]")
        }
    }

    fileprivate func checkToolChoice(_ name: String) throws(RealtimeError) {
        if let choice = object[name] { try Self.checkToolType(choice, at: at(name)) }
    }

    private static func checkToolType(_ value: JSON, at path: String) throws(RealtimeError) {
        guard let type = value["type"]?.stringValue, type != "function" else { return }
        throw .invalidValue("\(path).type", type, supported: ["function"])
    }

    fileprivate func checkModalities(_ name: String) throws(RealtimeError) {
        guard let elements = try array(name) else { return }
        var modalities: [String] = []
        for (index, element) in elements.enumerated() {
            let path = "\(at(name))[\(index)]"
            guard let modality = element.stringValue else {
                throw .invalidType(path, expected: "a string", got: element)
            }
            guard modality == "text" || modality == "audio" else {
                throw .invalidValue(path, modality, supported: ["text", "audio"])
            }
            modalities.append(modality)
        }
        guard modalities == ["text"] || modalities.sorted() == ["audio", "text"] else {
            let list = modalities.map { "'\($0)'" }.joined(separator: ", ")
            throw .invalidValue(
                at(name),
                message: "Invalid modalities: [\(list)]. Supported combinations are: ['text'] and ['audio', 'text']."
            )
        }
    }

    fileprivate func checkAudioFormat(_ name: String) throws(RealtimeError) {
        guard let format = try string(name) else { return }
        let supported = AudioFormat.allCases.map(\.betaName)
        guard supported.contains(format) else { throw .invalidValue(at(name), format, supported: supported) }
    }
}
