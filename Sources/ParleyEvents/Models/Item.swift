// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// One entry of a conversation in the GA model (protocol reference, section 4.8).
public struct Item: Sendable, Equatable {
    /// How far an item is.
    ///
    /// Servers may know words that this version does not.
    public struct Status: RawRepresentable, Sendable, Hashable, CaseIterable {
        /// The protocol's word.
        public let rawValue: String

        /// The status of that word, whether it is known or not.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The model is still producing it.
        public static let inProgress = Status(rawValue: "in_progress")
        /// It is whole.
        public static let completed = Status(rawValue: "completed")
        /// It was cut off.
        public static let incomplete = Status(rawValue: "incomplete")

        /// Those that clients may send.
        public static let allCases = [inProgress, completed, incomplete]
    }

    /// Who a message is from.
    public enum Role: String, Sendable, Equatable, CaseIterable {
        /// Instructions.
        case system
        /// The person.
        case user
        /// The model.
        case assistant
    }

    /// What the item is.
    public enum Kind: Sendable, Equatable {
        /// Something said or written.
        case message(role: Role, content: [ContentPart])
        /// The model calls a function; `arguments` is JSON text.
        case functionCall(name: String, callID: String, arguments: String)
        /// What the function returned, free text.
        case functionCallOutput(callID: String, output: String)
        /// An item of another type, member for member, without `id`, `object`, `type` and `status`.
        case other(type: String, JSONObject)
    }

    /// `item_…`, or what the client chose; `nil` until the server has given it one.
    public var id: String?
    /// How far it is.
    public var status: Status
    /// What it is.
    public var kind: Kind
    /// Members of a received item that this version does not know, by their place.
    public var unknown: JSONObject = [:]

    /// Makes an item.
    public init(id: String? = nil, status: Status = .completed, kind: Kind) {
        self.id = id
        self.status = status
        self.kind = kind
    }

    /// The GA object.
    ///
    /// - Parameter includingAudio: Whether audio bytes are included, as only `conversation.item.retrieved` does.
    /// - Returns: The item as server events show it.
    public func object(includingAudio: Bool = false) -> JSONObject {
        object { $0.json(includingAudio: includingAudio) }
    }

    /// The GA object with these forms of the parts.
    func object(part json: (ContentPart) -> JSON) -> JSONObject {
        var object: JSONObject = [:]
        object["id"] = id.map { .string($0) }
        object["object"] = "realtime.item"
        switch kind {
        case .message(let role, let content):
            object["type"] = "message"
            object["status"] = .string(status.rawValue)
            object["role"] = .string(role.rawValue)
            object["content"] = .array(content.map(json))
        case .functionCall(let name, let callID, let arguments):
            object["type"] = "function_call"
            object["status"] = .string(status.rawValue)
            object["name"] = .string(name)
            object["call_id"] = .string(callID)
            object["arguments"] = .string(arguments)
        case .functionCallOutput(let callID, let output):
            object["type"] = "function_call_output"
            object["status"] = .string(status.rawValue)
            object["call_id"] = .string(callID)
            object["output"] = .string(output)
        case .other(let type, let members):
            object["type"] = .string(type)
            for member in members.members { object[member.name] = member.value }
        }
        return object.filled(with: unknown)
    }
}

/// A part of a message (protocol reference, section 4.9).
public enum ContentPart: Sendable, Equatable {
    /// Text by the user or the system.
    case inputText(String)
    /// A recording in the session's input format; `audio` is `nil` where bytes are left out.
    case inputAudio(audio: ByteBuffer?, transcript: String?)
    /// A picture as a data URI.
    case inputImage(url: String, detail: String?)
    /// Text by the model.
    case outputText(String)
    /// Speech by the model in the session's output format; `audio` is `nil` where bytes are left out.
    case outputAudio(audio: ByteBuffer?, transcript: String?)

    /// The GA object.
    public func json(includingAudio: Bool) -> JSON {
        switch self {
        case .inputText(let text): return ["type": "input_text", "text": .string(text)]
        case .outputText(let text): return ["type": "output_text", "text": .string(text)]
        case .inputAudio(let audio, let transcript):
            return Self.audio("input_audio", audio, transcript, includingAudio)
        case .outputAudio(let audio, let transcript):
            return Self.audio("output_audio", audio, transcript, includingAudio)
        case .inputImage(let url, let detail):
            var object: JSONObject = ["type": "input_image", "image_url": .string(url)]
            object["detail"] = detail.map { .string($0) }
            return .object(object)
        }
    }

    private static func audio(_ type: String, _ audio: ByteBuffer?, _ transcript: String?, _ include: Bool) -> JSON {
        var object: JSONObject = ["type": .string(type), "transcript": JSON(transcript)]
        if include { object["audio"] = .string(Base64.encode(audio ?? ByteBuffer())) }
        return .object(object)
    }
}
