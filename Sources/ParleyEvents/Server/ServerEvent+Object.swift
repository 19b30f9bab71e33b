// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension ServerEvent {
    /// The event's name in GA.
    public var type: String {
        switch self {
        case .error: "error"
        case .sessionCreated: "session.created"
        case .sessionUpdated: "session.updated"
        case .conversationCreated: "conversation.created"
        case .itemCreated: "conversation.item.created"
        case .itemAdded: "conversation.item.added"
        case .itemDone: "conversation.item.done"
        case .itemRetrieved: "conversation.item.retrieved"
        case .itemTruncated: "conversation.item.truncated"
        case .itemDeleted: "conversation.item.deleted"
        case .inputTranscriptionDelta: "conversation.item.input_audio_transcription.delta"
        case .inputTranscriptionCompleted: "conversation.item.input_audio_transcription.completed"
        case .inputTranscriptionFailed: "conversation.item.input_audio_transcription.failed"
        case .inputTranscriptionSegment: "conversation.item.input_audio_transcription.segment"
        case .inputAudioBufferCommitted: "input_audio_buffer.committed"
        case .inputAudioBufferCleared: "input_audio_buffer.cleared"
        case .speechStarted: "input_audio_buffer.speech_started"
        case .speechStopped: "input_audio_buffer.speech_stopped"
        case .inputTimeoutTriggered: "input_audio_buffer.timeout_triggered"
        case .dtmfReceived: "input_audio_buffer.dtmf_event_received"
        case .responseCreated: "response.created"
        case .responseDone: "response.done"
        case .outputItemAdded: "response.output_item.added"
        case .outputItemDone: "response.output_item.done"
        case .contentPartAdded: "response.content_part.added"
        case .contentPartDone: "response.content_part.done"
        case .textDelta: "response.output_text.delta"
        case .textDone: "response.output_text.done"
        case .audioDelta: "response.output_audio.delta"
        case .audioDone: "response.output_audio.done"
        case .transcriptDelta: "response.output_audio_transcript.delta"
        case .transcriptDone: "response.output_audio_transcript.done"
        case .argumentsDelta: "response.function_call_arguments.delta"
        case .argumentsDone: "response.function_call_arguments.done"
        case .mcpListToolsInProgress: "mcp_list_tools.in_progress"
        case .mcpListToolsCompleted: "mcp_list_tools.completed"
        case .mcpListToolsFailed: "mcp_list_tools.failed"
        case .mcpArgumentsDelta: "response.mcp_call_arguments.delta"
        case .mcpArgumentsDone: "response.mcp_call_arguments.done"
        case .mcpCallInProgress: "response.mcp_call.in_progress"
        case .mcpCallCompleted: "response.mcp_call.completed"
        case .mcpCallFailed: "response.mcp_call.failed"
        case .rateLimitsUpdated: "rate_limits.updated"
        case .outputAudioBufferStarted: "output_audio_buffer.started"
        case .outputAudioBufferStopped: "output_audio_buffer.stopped"
        case .outputAudioBufferCleared: "output_audio_buffer.cleared"
        case .unknown(let type, _): type
        }
    }

    /// The whole event as a GA object; without an `event_id` if there is none.
    ///
    /// An unknown event is given as it came, with that `event_id`.
    public func object(eventID: String?) -> JSONObject {
        if case .unknown(_, var object) = self {
            if let eventID { object["event_id"] = .string(eventID) }
            return object
        }
        let id: [(String, JSON)] = eventID.map { [("event_id", .string($0))] } ?? []
        return JSONObject([("type", .string(type))] + id + body)
    }

    private var body: [(String, JSON)] {
        switch self {
        case .error(let error): return [("error", .object(error.object))]
        case .sessionCreated(let session), .sessionUpdated(let session):
            return [("session", .object(session.object))]
        case .itemCreated(let item, let previous), .itemAdded(let item, let previous),
            .itemDone(let item, let previous):
            return [("previous_item_id", JSON(previous)), ("item", .object(item.object()))]
        case .itemRetrieved(let item): return [("item", .object(item.object(includingAudio: true)))]
        case .itemTruncated(let itemID, let contentIndex, let end):
            return [
                ("item_id", .string(itemID)), ("content_index", JSON(contentIndex)), ("audio_end_ms", JSON(end)),
            ]
        case .itemDeleted(let itemID): return [("item_id", .string(itemID))]
        case .inputTranscriptionDelta, .inputTranscriptionCompleted, .inputTranscriptionFailed,
            .inputTranscriptionSegment:
            return transcriptionBody
        case .inputAudioBufferCommitted(let itemID, let previous):
            return [("previous_item_id", JSON(previous)), ("item_id", .string(itemID))]
        case .inputAudioBufferCleared: return []
        case .speechStarted(let itemID, let start):
            return [("audio_start_ms", JSON(start)), ("item_id", .string(itemID))]
        case .speechStopped(let itemID, let end):
            return [("audio_end_ms", JSON(end)), ("item_id", .string(itemID))]
        case .inputTimeoutTriggered(let itemID, let start, let end):
            return [("audio_start_ms", JSON(start)), ("audio_end_ms", JSON(end)), ("item_id", .string(itemID))]
        case .responseCreated(let response), .responseDone(let response):
            return [("response", .object(response.object))]
        default: return responseBody
        }
    }

    private var transcriptionBody: [(String, JSON)] {
        switch self {
        case .inputTranscriptionDelta(let itemID, let delta, let contentIndex, let logProbabilities):
            [("item_id", .string(itemID)), ("content_index", JSON(contentIndex)), ("delta", .string(delta))]
                + Self.optional("logprobs", logProbabilities?.map(\.jsonForm))
        case .inputTranscriptionCompleted(
            let itemID,
            let transcript,
            let usage,
            let contentIndex,
            let logProbabilities,
            let languages
        ):
            [
                ("item_id", .string(itemID)), ("content_index", JSON(contentIndex)),
                ("transcript", .string(transcript)),
            ]
                + (usage.map { [("usage", $0.jsonForm)] } ?? [])
                + Self.optional("logprobs", logProbabilities?.map(\.jsonForm))
                + Self.optional("languages", languages)
        case .inputTranscriptionFailed(let itemID, let error, let contentIndex):
            [
                ("item_id", .string(itemID)), ("content_index", JSON(contentIndex)),
                (
                    "error",
                    [
                        "type": .string(error.type), "code": JSON(error.code), "message": .string(error.message),
                        "param": JSON(error.param),
                    ]
                ),
            ]
        case .inputTranscriptionSegment(let segment): segment.members
        default: []
        }
    }

    private var responseBody: [(String, JSON)] {
        switch self {
        case .outputItemAdded(let responseID, let index, let item),
            .outputItemDone(let responseID, let index, let item):
            [
                ("response_id", .string(responseID)), ("output_index", JSON(index)), ("item", .object(item.object())),
            ]
        case .contentPartAdded(let address, let part), .contentPartDone(let address, let part):
            address.members + [("part", part.json)]
        case .textDelta(let address, let delta), .transcriptDelta(let address, let delta):
            address.members + [("delta", .string(delta))]
        case .audioDelta(let address, let audio): address.members + [("delta", .string(Base64.encode(audio)))]
        case .audioDone(let address): address.members
        case .textDone(let address, let text): address.members + [("text", .string(text))]
        case .transcriptDone(let address, let transcript): address.members + [("transcript", .string(transcript))]
        case .argumentsDelta(let responseID, let itemID, let index, let callID, let delta):
            [
                ("response_id", .string(responseID)), ("item_id", .string(itemID)), ("output_index", JSON(index)),
                ("call_id", .string(callID)), ("delta", .string(delta)),
            ]
        case .argumentsDone(let responseID, let itemID, let index, let callID, let name, let arguments):
            [
                ("response_id", .string(responseID)), ("item_id", .string(itemID)), ("output_index", JSON(index)),
                ("call_id", .string(callID)), ("name", .string(name)), ("arguments", .string(arguments)),
            ]
        default: mcpBody
        }
    }

    private var mcpBody: [(String, JSON)] {
        switch self {
        case .mcpListToolsInProgress(let itemID), .mcpListToolsCompleted(let itemID), .mcpListToolsFailed(let itemID):
            [("item_id", .string(itemID))]
        case .mcpArgumentsDelta(let responseID, let itemID, let index, let delta):
            [
                ("response_id", .string(responseID)), ("item_id", .string(itemID)), ("output_index", JSON(index)),
                ("delta", .string(delta)),
            ]
        case .mcpArgumentsDone(let responseID, let itemID, let index, let arguments):
            [
                ("response_id", .string(responseID)), ("item_id", .string(itemID)), ("output_index", JSON(index)),
                ("arguments", .string(arguments)),
            ]
        case .mcpCallInProgress(let itemID, let index), .mcpCallCompleted(let itemID, let index),
            .mcpCallFailed(let itemID, let index):
            [("item_id", .string(itemID)), ("output_index", JSON(index))]
        default: rareBody
        }
    }

    private var rareBody: [(String, JSON)] {
        switch self {
        case .conversationCreated(let id):
            [("conversation", ["id": JSON(id), "object": "realtime.conversation"])]
        case .dtmfReceived(let event, let receivedAt):
            [("event", .string(event)), ("received_at", JSON(receivedAt))]
        case .rateLimitsUpdated(let limits): [("rate_limits", .array(limits.map(\.jsonForm)))]
        case .outputAudioBufferStarted(let responseID), .outputAudioBufferStopped(let responseID),
            .outputAudioBufferCleared(let responseID):
            [("response_id", .string(responseID))]
        default: []
        }
    }

    private static func optional(_ name: String, _ elements: [JSON]?) -> [(String, JSON)] {
        elements.map { [(name, .array($0))] } ?? []
    }
}

extension ServerEvent.PartAddress {
    var members: [(String, JSON)] {
        [
            ("response_id", .string(responseID)), ("item_id", .string(itemID)), ("output_index", JSON(outputIndex)),
            ("content_index", JSON(contentIndex)),
        ]
    }
}

extension ServerEvent.Part {
    var json: JSON {
        switch self {
        case .text(let text): ["type": "text", "text": .string(text)]
        case .audio(let transcript): ["type": "audio", "transcript": .string(transcript)]
        }
    }
}
