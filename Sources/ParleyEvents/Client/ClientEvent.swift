// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// What a client can ask for, GA model (protocol reference, section 5).
public enum ClientEvent: Sendable, Equatable {
    /// Change the session; the object is checked when it is applied.
    ///
    /// `temperature` is a beta client's, which the GA object has no place for.
    case sessionUpdate(JSONObject, temperature: Double? = nil)
    /// Audio in the session's input format, decoded from base64.
    case inputAudioBufferAppend(ByteBuffer)
    /// Turn the buffered audio into a user message.
    case inputAudioBufferCommit
    /// Forget the buffered audio.
    case inputAudioBufferClear
    /// Add an item after the one named; `root` = first, `nil` = last.
    indirect case conversationItemCreate(Item, previousItemID: String?)
    /// Send an item with its audio.
    case conversationItemRetrieve(itemID: String)
    /// Cut an assistant's audio to what was heard, in ms.
    case conversationItemTruncate(itemID: String, contentIndex: Int, audioEndMS: Int)
    /// Remove an item.
    case conversationItemDelete(itemID: String)
    /// Produce a response.
    indirect case responseCreate(ResponseOverrides)
    /// Stop that response, or the running one.
    case responseCancel(responseID: String?)
    /// WebRTC only; without effect on a WebSocket.
    case outputAudioBufferClear
}

extension ClientEvent {
    /// Longest client `event_id` in characters (protocol reference, section 10).
    public static let maximumEventIDLength = 512
    /// Most base64 text of one `input_audio_buffer.append` in bytes (protocol reference, section 10).
    public static let maximumAppendLength = 15 << 20

    /// Reads an event.
    ///
    /// - Parameters:
    ///   - object: The event in GA form.
    ///   - inputFormat: The session's input audio format.
    /// - Throws: What is wrong with it, with `eventID` set if it has one.
    public init(_ object: JSONObject, inputFormat: AudioFormat) throws(RealtimeError) {
        do throws(RealtimeError) {
            self = try Self.read(Fields(object), inputFormat)
        } catch {
            var error = error
            error.eventID = object["event_id"]?.stringValue
            throw error
        }
    }

    private static func read(_ fields: Fields, _ inputFormat: AudioFormat) throws(RealtimeError) -> ClientEvent {
        guard let value = fields.value("type") else { throw .invalidEvent("The 'type' field is missing.") }
        guard let type = value.stringValue else { throw .invalidType("type", expected: "a string", got: value) }
        _ = try fields.string("event_id", maximum: maximumEventIDLength)
        switch type {
        case "session.update":
            return .sessionUpdate(try Fields(try fields.required("session"), at: "session").object)
        case "input_audio_buffer.append":
            let base64 = try fields.requiredString("audio")
            guard base64.utf8.count <= maximumAppendLength else {
                throw .invalidValue(
                    "audio",
                    message: "Invalid 'audio': expected at most 15 MiB of base64, but got \(base64.utf8.count) bytes. "
                        + "Send it in several events."
                )
            }
            guard let audio = Base64.decode(base64), audio.readableBytes % inputFormat.bytesPerSample == 0 else {
                throw .invalidAudio("audio", format: inputFormat)
            }
            return .inputAudioBufferAppend(audio)
        case "input_audio_buffer.commit": return .inputAudioBufferCommit
        case "input_audio_buffer.clear": return .inputAudioBufferClear
        case "conversation.item.create":
            let previous = try fields.string("previous_item_id")
            return .conversationItemCreate(
                try Item(try fields.required("item"), at: "item", inputFormat: inputFormat),
                previousItemID: previous == "" ? nil : previous
            )
        case "conversation.item.retrieve":
            return .conversationItemRetrieve(itemID: try fields.requiredString("item_id"))
        case "conversation.item.delete":
            return .conversationItemDelete(itemID: try fields.requiredString("item_id"))
        case "conversation.item.truncate":
            let itemID = try fields.requiredString("item_id")
            guard let contentIndex = try fields.integer("content_index", in: 0...Int.max) else {
                throw .missing("content_index")
            }
            guard let end = try fields.integer("audio_end_ms", in: 0...Int.max) else { throw .missing("audio_end_ms") }
            return .conversationItemTruncate(itemID: itemID, contentIndex: contentIndex, audioEndMS: end)
        case "response.create":
            guard let response = fields.value("response") else { return .responseCreate(ResponseOverrides()) }
            return .responseCreate(try ResponseOverrides(response, inputFormat: inputFormat))
        case "response.cancel": return .responseCancel(responseID: try fields.string("response_id"))
        case "output_audio_buffer.clear": return .outputAudioBufferClear
        default: throw .invalidValue("type", type, supported: [])
        }
    }
}
