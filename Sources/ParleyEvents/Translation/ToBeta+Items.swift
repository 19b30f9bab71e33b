// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ToBeta {
    /// `output` or `input` of a response.
    ///
    /// Items that a beta client is not told of are left out.
    mutating func items(_ value: JSON, at path: String) throws(RealtimeError) -> JSON {
        guard let items = value.arrayValue else { return value }
        var translated: [JSON] = []
        for (index, element) in items.enumerated() {
            if sender == .server, HiddenItems.mustHide(element) { continue }
            if case .object(let ga) = element {
                translated.append(.object(try item(ga, at: "\(path)[\(index)]")))
            } else {
                translated.append(element)
            }
        }
        return .array(translated)
    }

    /// One item.
    mutating func item(_ ga: JSONObject, at path: String) throws(RealtimeError) -> JSONObject {
        if sender == .client, HiddenItems.mustHide(.object(ga)) {
            throw .unsupported("\(path).type", by: .beta, "items of remote tool servers.")
        }
        var beta = ga
        let isAssistant = ga["role"] == "assistant"
        // Beta servers name the object in all items that they show, and so in what a client hands back to them.
        if sender == .server || isAssistant, beta["object"] == nil { beta["object"] = "realtime.item" }
        guard case .array(var parts)? = ga["content"] else { return beta }
        for index in parts.indices {
            parts[index] = try part(parts[index], isAssistant, at: "\(path).content[\(index)]")
        }
        beta["content"] = .array(parts)
        return beta
    }

    private mutating func part(_ value: JSON, _ isAssistant: Bool, at path: String) throws(RealtimeError) -> JSON {
        guard case .object(var part) = value else { return value }
        switch part["type"] {
        case "input_image":
            guard sender == .server else { throw .unsupported("\(path).type", by: .beta, "images.") }
            dropped.note(path, value)
            return ["type": "input_text", "text": "[image]"]
        case "output_text" where isAssistant: part["type"] = "text"
        case "output_audio" where isAssistant: part["type"] = "audio"
        default: break
        }
        return .object(part)
    }
}
