// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ToGA {
    /// `output` or `input` of a response.
    mutating func items(_ value: JSON, at path: String) throws(RealtimeError) -> JSON {
        guard case .array(var items) = value else { return value }
        for index in items.indices {
            guard case .object(let beta) = items[index] else { continue }
            if sender == .client, let reference = Self.reference(beta) {
                items[index] = .object(reference)
            } else {
                items[index] = .object(try item(beta, at: "\(path)[\(index)]"))
            }
        }
        return .array(items)
    }

    /// An item whose whole content is a reference stands for the item that it refers to.
    private static func reference(_ item: JSONObject) -> JSONObject? {
        guard let parts = item["content"]?.arrayValue, parts.count == 1, isReference(parts[0]) else { return nil }
        return ["type": "item_reference", "id": parts[0]["id"] ?? .null]
    }

    private static func isReference(_ part: JSON) -> Bool { part["type"] == "item_reference" }

    /// One item.
    ///
    /// Only what the assistant said is called differently.
    mutating func item(_ beta: JSONObject, at path: String) throws(RealtimeError) -> JSONObject {
        if sender == .client, HiddenItems.mustHide(.object(beta)) {
            // GA would take it, and its answer would have to be hidden.
            throw .unsupported("\(path).type", by: .beta, "items of remote tool servers.")
        }
        guard case .array(var parts)? = beta["content"] else { return beta }
        let isAssistant = beta["role"] == "assistant"
        for index in parts.indices {
            let partPath = "\(path).content[\(index)]"
            if sender == .client, Self.isReference(parts[index]) {
                throw .unsupported(
                    "\(partPath).type",
                    by: .ga,
                    "references beside other content. Send them as input items of their own."
                )
            }
            guard isAssistant, case .object(var part) = parts[index] else { continue }
            switch part["type"] {
            case "text": part["type"] = "output_text"
            case "audio" where sender == .server: part["type"] = "output_audio"
            case "audio": part = try spoken(part, at: partPath)
            default: continue
            }
            parts[index] = .object(part)
        }
        var ga = beta
        ga["content"] = .array(parts)
        return ga
    }

    /// GA takes no audio as something the assistant said before, so its words have to do.
    private mutating func spoken(_ part: JSONObject, at path: String) throws(RealtimeError) -> JSONObject {
        guard let transcript = part["transcript"], !transcript.isNull else {
            throw .unsupported(
                "\(path).transcript",
                by: .ga,
                "assistant audio without a transcript. Send the transcript with it."
            )
        }
        if let audio = part["audio"] { dropped.note("\(path).audio", audio) }
        return ["type": "output_text", "text": transcript]
    }
}
