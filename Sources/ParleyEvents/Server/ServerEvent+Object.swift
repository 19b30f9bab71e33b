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
        case .itemAdded: "conversation.item.added"
        case .itemDone: "conversation.item.done"
        case .itemRetrieved: "conversation.item.retrieved"
        case .itemTruncated: "conversation.item.truncated"
        case .itemDeleted: "conversation.item.deleted"
        case .inputTranscriptionDelta: "conversation.item.input_audio_transcription.delta"
        case .inputTranscriptionCompleted: "conversation.item.input_audio_transcription.completed"
        case .inputTranscriptionFailed: "conversation.item.input_audio_transcription.failed"
        case .inputAudioBufferCommitted: "input_audio_buffer.committed"
        case .inputAudioBufferCleared: "input_audio_buffer.cleared"
        case .speechStarted: "input_audio_buffer.speech_started"
        case .speechStopped: "input_audio_buffer.speech_stopped"
        case .inputTimeoutTriggered: "input_audio_buffer.timeout_triggered"
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
        }
    }

    /// The whole event as a GA object.
    public func object(eventID: String) -> JSONObject {
        JSONObject([("type", .string(type)), ("event_id", .string(eventID))] + body)
    }

    private var body: [(String, JSON)] {
        switch self {
        case .error(let error): return [("error", .object(error.object))]
        case .sessionCreated(let session), .sessionUpdated(let session):
            return [("session", .object(session.object))]
        case .itemAdded(let item, let previous), .itemDone(let item, let previous):
            return [("previous_item_id", JSON(previous)), ("item", .object(item.object()))]
        case .itemRetrieved(let item): return [("item", .object(item.object(includingAudio: true)))]
        case .itemTruncated(let itemID, let contentIndex, let end):
            return [
                ("item_id", .string(itemID)), ("content_index", JSON(contentIndex)), ("audio_end_ms", JSON(end)),
            ]
        case .itemDeleted(let itemID): return [("item_id", .string(itemID))]
        case .inputTranscriptionDelta, .inputTranscriptionCompleted, .inputTranscriptionFailed:
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
        case .inputTranscriptionDelta(let itemID, let delta):
            [("item_id", .string(itemID)), ("content_index", 0), ("delta", .string(delta))]
        case .inputTranscriptionCompleted(let itemID, let transcript, let seconds):
            [
                ("item_id", .string(itemID)), ("content_index", 0), ("transcript", .string(transcript)),
                ("usage", ["type": "duration", "seconds": JSON(seconds)]),
            ]
        case .inputTranscriptionFailed(let itemID, let error):
            [
                ("item_id", .string(itemID)), ("content_index", 0),
                (
                    "error",
                    [
                        "type": .string(error.type), "code": JSON(error.code), "message": .string(error.message),
                        "param": JSON(error.param),
                    ]
                ),
            ]
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
        default: []
        }
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
