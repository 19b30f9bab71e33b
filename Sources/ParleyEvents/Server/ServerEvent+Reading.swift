// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ServerEvent: JSONRepresentable {
    /// Reads any event of a server, GA form, and never fails.
    ///
    /// An event of an unknown type, or one that is not as it should be, becomes `unknown`.
    public init(lenient object: JSONObject) {
        do throws(RealtimeError) {
            try self.init(decoding: object)
        } catch {
            self = .unknown(type: object["type"]?.stringValue ?? "", object)
        }
    }

    /// Reads an event of a server, GA form.
    ///
    /// An event of an unknown type becomes `unknown`.
    ///
    /// - Throws: What is wrong with an event of a known type.
    public init(decoding object: JSONObject) throws(RealtimeError) {
        let fields = Fields(object)
        let type = try fields.requiredString("type")
        if let event = try Self.part(type, fields) {
            self = event
        } else if let event = try Self.response(type, fields) {
            self = event
        } else if let event = try Self.item(type, fields) {
            self = event
        } else if let event = try Self.input(type, fields) {
            self = event
        } else if let event = try Self.session(type, fields) {
            self = event
        } else if let event = try Self.remote(type, fields) {
            self = event
        } else {
            self = .unknown(type: type, object)
        }
    }

    /// Reads the GA object.
    public init(received value: JSON, at path: String) throws(RealtimeError) {
        self.init(lenient: try Fields(value, at: path).object)
    }

    /// The GA object, without an `event_id`.
    public var jsonForm: JSON { .object(object(eventID: nil)) }

    private static func session(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "error": .error(try fields.requiredReceived("error"))
        case "session.created": .sessionCreated(try fields.requiredReceived("session"))
        case "session.updated": .sessionUpdated(try fields.requiredReceived("session"))
        case "conversation.created":
            .conversationCreated(id: try Fields(fields.required("conversation"), at: "conversation").string("id"))
        case "rate_limits.updated": .rateLimitsUpdated(try fields.receivedArray("rate_limits") ?? [])
        default: nil
        }
    }

    private static func item(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        guard type.hasPrefix("conversation.item.") else { return nil }
        let previous = try fields.string("previous_item_id")
        return switch type {
        case "conversation.item.created":
            .itemCreated(try fields.requiredReceived("item"), previousItemID: previous)
        case "conversation.item.added": .itemAdded(try fields.requiredReceived("item"), previousItemID: previous)
        case "conversation.item.done": .itemDone(try fields.requiredReceived("item"), previousItemID: previous)
        case "conversation.item.retrieved": .itemRetrieved(try fields.requiredReceived("item"))
        case "conversation.item.truncated":
            .itemTruncated(
                itemID: try fields.requiredString("item_id"),
                contentIndex: try fields.requiredInteger("content_index"),
                audioEndMS: try fields.requiredInteger("audio_end_ms")
            )
        case "conversation.item.deleted": .itemDeleted(itemID: try fields.requiredString("item_id"))
        default: try transcription(type, fields)
        }
    }

    private static func transcription(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "conversation.item.input_audio_transcription.delta":
            .inputTranscriptionDelta(
                itemID: try fields.requiredString("item_id"),
                delta: try fields.string("delta") ?? "",
                contentIndex: try fields.integer("content_index") ?? 0,
                logProbabilities: try fields.receivedArray("logprobs")
            )
        case "conversation.item.input_audio_transcription.completed":
            .inputTranscriptionCompleted(
                itemID: try fields.requiredString("item_id"),
                transcript: try fields.requiredString("transcript"),
                usage: try fields.received("usage"),
                contentIndex: try fields.integer("content_index") ?? 0,
                logProbabilities: try fields.receivedArray("logprobs"),
                languages: try fields.array("languages")
            )
        case "conversation.item.input_audio_transcription.failed":
            .inputTranscriptionFailed(
                itemID: try fields.requiredString("item_id"),
                try fields.requiredReceived("error"),
                contentIndex: try fields.integer("content_index") ?? 0
            )
        case "conversation.item.input_audio_transcription.segment":
            .inputTranscriptionSegment(try TranscriptionSegment(fields))
        default: nil
        }
    }

    private static func input(_ type: String, _ fields: Fields) throws(RealtimeError) -> ServerEvent? {
        switch type {
        case "input_audio_buffer.committed":
            .inputAudioBufferCommitted(
                itemID: try fields.requiredString("item_id"),
                previousItemID: try fields.string("previous_item_id")
            )
        case "input_audio_buffer.cleared": .inputAudioBufferCleared
        case "input_audio_buffer.speech_started":
            .speechStarted(
                itemID: try fields.requiredString("item_id"),
                audioStartMS: try fields.requiredInteger("audio_start_ms")
            )
        case "input_audio_buffer.speech_stopped":
            .speechStopped(
                itemID: try fields.requiredString("item_id"),
                audioEndMS: try fields.requiredInteger("audio_end_ms")
            )
        case "input_audio_buffer.timeout_triggered":
            .inputTimeoutTriggered(
                itemID: try fields.requiredString("item_id"),
                audioStartMS: try fields.requiredInteger("audio_start_ms"),
                audioEndMS: try fields.requiredInteger("audio_end_ms")
            )
        case "input_audio_buffer.dtmf_event_received":
            .dtmfReceived(
                event: try fields.requiredString("event"),
                receivedAt: try fields.requiredInteger("received_at")
            )
        case "output_audio_buffer.started":
            .outputAudioBufferStarted(responseID: try fields.requiredString("response_id"))
        case "output_audio_buffer.stopped":
            .outputAudioBufferStopped(responseID: try fields.requiredString("response_id"))
        case "output_audio_buffer.cleared":
            .outputAudioBufferCleared(responseID: try fields.requiredString("response_id"))
        default: nil
        }
    }
}
