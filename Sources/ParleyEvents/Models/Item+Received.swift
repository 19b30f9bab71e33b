// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension Item: JSONRepresentable {
    /// Reads an item that a server sent.
    ///
    /// A message by someone unknown, or with a part of an unknown type, is kept as `Kind.other`. Encoded again, an item
    /// has an `object` and, if it is no other kind, a `status` even where the server left them out.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        self.init(
            id: try fields.string("id"),
            status: try fields.string("status").map { Status(rawValue: $0) } ?? .completed,
            kind: try Kind(received: fields)
        )
        unknown = fields.object.remainder(without: object(includingAudio: true))
    }

    /// The GA object, with the audio that there is.
    public var jsonForm: JSON { .object(object(part: \.jsonForm)) }
}

extension Item.Kind {
    fileprivate init(received fields: Fields) throws(RealtimeError) {
        let type = try fields.requiredString("type")
        switch type {
        case "message": self = try Self.message(received: fields) ?? .other(type: type, fields.itemMembers)
        case "function_call":
            self = .functionCall(
                name: try fields.requiredString("name"),
                callID: try fields.string("call_id") ?? "",
                arguments: try fields.string("arguments") ?? ""
            )
        case "function_call_output":
            self = .functionCallOutput(
                callID: try fields.requiredString("call_id"),
                output: try fields.requiredString("output")
            )
        default: self = .other(type: type, fields.itemMembers)
        }
    }

    private static func message(received fields: Fields) throws(RealtimeError) -> Item.Kind? {
        guard let role = Item.Role(rawValue: try fields.requiredString("role")) else { return nil }
        var parts: [ContentPart] = []
        for (index, value) in (try fields.array("content") ?? []).enumerated() {
            let path = "\(fields.at("content"))[\(index)]"
            guard let part = try ContentPart(known: Fields(value, at: path)) else { return nil }
            parts.append(part)
        }
        return .message(role: role, content: parts)
    }
}

extension Fields {
    /// The members of an item that only its type has.
    fileprivate var itemMembers: JSONObject {
        let common: Set = ["id", "object", "type", "status"]
        return JSONObject(object.members.filter { !common.contains($0.name) }.map { ($0.name, $0.value) })
    }
}

extension ContentPart: JSONRepresentable {
    /// Reads a part of an item that a server sent.
    ///
    /// `text` and `audio`, the beta names of what the model said, are taken for it.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        guard let part = try ContentPart(known: fields) else {
            throw .invalidValue(
                fields.at("type"),
                try fields.requiredString("type"),
                supported: ["input_text", "input_audio", "input_image", "output_text", "output_audio"]
            )
        }
        self = part
    }

    /// `nil` if the type is unknown.
    fileprivate init?(known fields: Fields) throws(RealtimeError) {
        switch try fields.requiredString("type") {
        case "input_text": self = .inputText(try fields.string("text") ?? "")
        case "output_text", "text": self = .outputText(try fields.string("text") ?? "")
        case "input_audio":
            self = .inputAudio(audio: try fields.partAudio, transcript: try fields.string("transcript"))
        case "output_audio", "audio":
            self = .outputAudio(audio: try fields.partAudio, transcript: try fields.string("transcript"))
        case "input_image":
            self = .inputImage(url: try fields.string("image_url") ?? "", detail: try fields.string("detail"))
        default: return nil
        }
    }

    /// The GA object, with the audio if it is known.
    public var jsonForm: JSON {
        switch self {
        case .inputAudio(_?, _), .outputAudio(_?, _): json(includingAudio: true)
        default: json(includingAudio: false)
        }
    }
}

extension Fields {
    /// The audio of a part; servers write an empty text where they have none.
    fileprivate var partAudio: ByteBuffer? {
        get throws(RealtimeError) {
            guard let audio = try audio("audio"), audio.readableBytes > 0 else { return nil }
            return audio
        }
    }

    /// Reads base64.
    func audio(_ name: String) throws(RealtimeError) -> ByteBuffer? {
        guard let text = try string(name) else { return nil }
        guard let audio = Base64.decode(text) else {
            throw .invalidValue(at(name), message: "Invalid '\(at(name))'. Expected base64 but got an invalid value.")
        }
        return audio
    }
}
