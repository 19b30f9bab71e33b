// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

extension ClientEvent {
    /// The event's name, the same in both dialects.
    public var type: String {
        switch self {
        case .sessionUpdate: "session.update"
        case .inputAudioBufferAppend: "input_audio_buffer.append"
        case .inputAudioBufferCommit: "input_audio_buffer.commit"
        case .inputAudioBufferClear: "input_audio_buffer.clear"
        case .conversationItemCreate: "conversation.item.create"
        case .conversationItemRetrieve: "conversation.item.retrieve"
        case .conversationItemTruncate: "conversation.item.truncate"
        case .conversationItemDelete: "conversation.item.delete"
        case .responseCreate: "response.create"
        case .responseCancel: "response.cancel"
        case .outputAudioBufferClear: "output_audio_buffer.clear"
        }
    }

    /// The whole event as a GA object; without an `event_id` if there is none.
    public func object(eventID: String?) -> JSONObject {
        let id: [(String, JSON)] = eventID.map { [("event_id", .string($0))] } ?? []
        return JSONObject([("type", .string(type))] + id + body)
    }

    private var body: [(String, JSON)] {
        switch self {
        case .sessionUpdate(let session, _): [("session", .object(session))]
        case .inputAudioBufferAppend(let audio): [("audio", .string(Base64.encode(audio)))]
        case .conversationItemCreate(let item, let previous):
            (previous.map { [("previous_item_id", .string($0))] } ?? []) + [("item", .object(item.objectFromClient))]
        case .conversationItemRetrieve(let itemID), .conversationItemDelete(let itemID):
            [("item_id", .string(itemID))]
        case .conversationItemTruncate(let itemID, let contentIndex, let end):
            [("item_id", .string(itemID)), ("content_index", JSON(contentIndex)), ("audio_end_ms", JSON(end))]
        case .responseCreate(let overrides):
            overrides == ResponseOverrides() ? [] : [("response", .object(overrides.object))]
        case .responseCancel(let responseID): responseID.map { [("response_id", .string($0))] } ?? []
        case .inputAudioBufferCommit, .inputAudioBufferClear, .outputAudioBufferClear: []
        }
    }

    /// Appends the whole event as a GA text message.
    ///
    /// Audio goes straight to base64, since it is nearly all that a client sends.
    public func write(eventID: String?, into buffer: inout ByteBuffer) {
        guard case .inputAudioBufferAppend(let audio) = self else {
            object(eventID: eventID).write(into: &buffer)
            return
        }
        buffer.writeStaticString(#"{"type":"input_audio_buffer.append""#)
        if let eventID {
            buffer.writeStaticString(#","event_id":"#)
            JSON.write(eventID, into: &buffer)
        }
        buffer.writeStaticString(#","audio":""#)
        Base64.encode(audio, into: &buffer)
        buffer.writeStaticString(#""}"#)
    }
}

extension ClientEvent: JSONRepresentable {
    /// Reads the GA object as strictly as a server does; audio may be of any format.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        // Any number of bytes is whole samples of G.711.
        try self.init(Fields(value, at: path).object, inputFormat: .pcmu)
    }

    /// The GA object, without an `event_id`.
    public var jsonForm: JSON { .object(object(eventID: nil)) }
}

extension Item {
    /// The object as a client sends it: without what is the server's to say.
    var objectFromClient: JSONObject {
        var object = object(part: \.jsonFromClient)
        object["object"] = nil
        if status == .completed { object["status"] = nil }
        if case .functionCall(_, "", _) = kind { object["call_id"] = nil }
        return object
    }
}

extension ContentPart {
    fileprivate var jsonFromClient: JSON {
        guard case .object(var object) = jsonForm else { return jsonForm }
        if object["transcript"]?.isNull == true { object["transcript"] = nil }
        return .object(object)
    }
}

extension ResponseOverrides: JSONRepresentable {
    /// Reads the `response` object of a `response.create` as strictly as a server does; audio may be of any format.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        try self.init(value, inputFormat: .pcmu)
    }

    /// The GA object.
    public var jsonForm: JSON { .object(object) }

    /// The GA object, with nothing but what is overridden.
    public var object: JSONObject {
        var object: JSONObject = [:]
        if isOutOfBand { object["conversation"] = "none" }
        object["output_modalities"] = outputModality.map { [.string($0.rawValue)] }
        object["instructions"] = instructions.map { .string($0) }
        var output: JSONObject = [:]
        output["voice"] = voice.map { .string($0) }
        output["format"] = format?.json
        if !output.isEmpty { object["audio"] = ["output": .object(output)] }
        object["tools"] = tools.map { .array($0.map(\.json)) }
        object["tool_choice"] = toolChoice?.json
        object["max_output_tokens"] = maxOutputTokens?.json
        object["metadata"] = metadata.map { .object($0) }
        object["input"] = input.map { .array($0.map(\.json)) }
        for member in extra.members { object[member.name] = member.value }
        return object
    }
}

extension ResponseOverrides.InputItem {
    fileprivate var json: JSON {
        switch self {
        case .item(let item): .object(item.objectFromClient)
        case .reference(let id): ["type": "item_reference", "id": .string(id)]
        }
    }
}
