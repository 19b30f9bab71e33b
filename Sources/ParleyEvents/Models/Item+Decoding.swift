// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

extension Item {
    /// Longest `item.id` and `call_id` in characters (protocol reference, section 10).
    public static let maximumIDLength = 32

    /// Whether that may be a `call_id`: 1 to 32 letters, digits, `_` and `-` of ASCII (protocol reference, section 3).
    public static func isValidCallID(_ callID: String) -> Bool {
        (1...maximumIDLength).contains(callID.utf8.count)
            && callID.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Reads an item that a client sent, found at `path`.
    ///
    /// - Parameters:
    ///   - value: The object, GA form.
    ///   - path: Where it stands in the client's event.
    ///   - format: The session's input audio format, for recordings.
    /// - Throws: What is wrong, by the path of the member.
    public init(_ value: JSON, at path: String, inputFormat format: AudioFormat) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        id = try fields.string("id", maximum: Self.maximumIDLength)
        if id == "" { id = nil }
        status = try fields.choice("status") ?? .completed
        let type = try fields.requiredString("type")
        switch type {
        case "message":
            guard let role: Role = try fields.choice("role") else { throw .missing(fields.at("role")) }
            guard let content = try fields.array("content") else { throw .missing(fields.at("content")) }
            var parts: [ContentPart] = []
            for (index, part) in content.enumerated() {
                parts.append(
                    try ContentPart(part, at: "\(fields.at("content"))[\(index)]", role: role, inputFormat: format)
                )
            }
            kind = .message(role: role, content: parts)
        case "function_call":
            kind = .functionCall(
                name: try fields.requiredString("name"),
                callID: try fields.callID() ?? "",
                arguments: try fields.requiredString("arguments")
            )
        case "function_call_output":
            guard let callID = try fields.callID() else { throw .missing(fields.at("call_id")) }
            kind = .functionCallOutput(callID: callID, output: try fields.requiredString("output"))
        case "mcp_list_tools", "mcp_call", "mcp_approval_request", "mcp_approval_response":
            try fields.checkRemoteToolItem(type)
            let common: Set = ["id", "object", "type", "status"]
            kind = .other(
                type: type,
                JSONObject(fields.object.members.filter { !common.contains($0.name) }.map { ($0.name, $0.value) })
            )
        default:
            throw .invalidValue(
                fields.at("type"),
                type,
                supported: [
                    "message", "function_call", "function_call_output", "mcp_list_tools", "mcp_call",
                    "mcp_approval_request", "mcp_approval_response",
                ]
            )
        }
    }
}

extension Fields {
    /// Items of remote tool servers are kept as they came, but must be what they say they are.
    fileprivate func checkRemoteToolItem(_ type: String) throws(RealtimeError) {
        switch type {
        case "mcp_approval_response":
            _ = try requiredString("approval_request_id")
            guard try bool("approve") != nil else { throw .missing(at("approve")) }
        case "mcp_list_tools":
            _ = try requiredString("server_label")
            guard try array("tools") != nil else { throw .missing(at("tools")) }
        default:
            for name in ["server_label", "name", "arguments"] { _ = try requiredString(name) }
        }
    }

    fileprivate func callID() throws(RealtimeError) -> String? {
        guard let callID = try string("call_id", maximum: Item.maximumIDLength) else { return nil }
        guard Item.isValidCallID(callID) else {
            throw .invalidValue(
                at("call_id"),
                message: "Invalid '\(at("call_id"))': string does not match pattern. "
                    + "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'."
            )
        }
        return callID
    }
}

extension ContentPart {
    /// Reads a part that a client sent.
    ///
    /// Which types are allowed depends on the role (protocol reference, 4.9).
    init(_ value: JSON, at path: String, role: Item.Role, inputFormat: AudioFormat) throws(RealtimeError) {
        let fields = try Fields(value, at: path)
        let type = try fields.requiredString("type")
        let allowed =
            switch role {
            case .system: ["input_text"]
            case .user: ["input_text", "input_audio", "input_image"]
            case .assistant: ["output_text"]
            }
        // Assistant audio is refused for what it lacks, not for its type, as the hosted service does.
        let isAssistantAudio = role == .assistant && type == "output_audio"
        guard allowed.contains(type) || isAssistantAudio else {
            throw .invalidValue(fields.at("type"), type, supported: allowed)
        }
        switch type {
        case "input_text": self = .inputText(try fields.requiredString("text"))
        case "input_audio":
            let base64 = try fields.requiredString("audio")
            guard let audio = Base64.decode(base64), audio.readableBytes % inputFormat.bytesPerSample == 0 else {
                throw .invalidAudio(fields.at("audio"), format: inputFormat)
            }
            self = .inputAudio(audio: audio, transcript: try fields.string("transcript"))
        case "input_image":
            let url = try fields.requiredString("image_url")
            guard Picture(dataURI: url) != nil else {
                throw .invalidValue(
                    fields.at("image_url"),
                    message:
                        "Invalid '\(fields.at("image_url"))'. Expected a data URI with a PNG or JPEG image in base64 "
                        + "('data:image/png;base64,…')."
                )
            }
            self = .inputImage(
                url: url,
                detail: try fields.word("detail", among: ["auto", "low", "high"])
            )
        default: self = .outputText(try fields.requiredString("text"))
        }
    }
}
