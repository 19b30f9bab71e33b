// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// What the server tells a client, GA model (protocol reference, section 6).
public enum ServerEvent: Sendable, Equatable {
    /// Where in a response a part stands.
    public struct PartAddress: Sendable, Equatable {
        /// The response, `resp_…`.
        public var responseID: String
        /// The item, `item_…`.
        public var itemID: String
        /// Place of the item in the response.
        public var outputIndex: Int
        /// Place of the part in the item.
        public var contentIndex: Int

        /// Makes an address.
        public init(responseID: String, itemID: String, outputIndex: Int, contentIndex: Int) {
            self.responseID = responseID
            self.itemID = itemID
            self.outputIndex = outputIndex
            self.contentIndex = contentIndex
        }
    }

    /// A part as `response.content_part.*` names it, in both dialects.
    public enum Part: Sendable, Equatable {
        /// Text.
        case text(String)
        /// Speech, by its transcript.
        case audio(transcript: String)
    }

    /// `error`: a client event was refused, or the session cannot go on.
    indirect case error(RealtimeError)
    /// `session.created`: always first, the whole configuration.
    indirect case sessionCreated(Session)
    /// `session.updated`: the answer to `session.update`, the whole configuration.
    indirect case sessionUpdated(Session)
    /// `conversation.created`: in the models of both dialects, though not seen on any wire.
    case conversationCreated(id: String?)
    /// `conversation.item.created`: how the beta announces items, and older GA models.
    indirect case itemCreated(Item, previousItemID: String?)
    /// `conversation.item.added`: an item entered the conversation after the one named.
    indirect case itemAdded(Item, previousItemID: String?)
    /// `conversation.item.done`: an item is final.
    indirect case itemDone(Item, previousItemID: String?)
    /// `conversation.item.retrieved`: an item with its audio.
    indirect case itemRetrieved(Item)
    /// `conversation.item.truncated`: the audio was cut to that length in ms.
    case itemTruncated(itemID: String, contentIndex: Int, audioEndMS: Int)
    /// `conversation.item.deleted`: an item was removed.
    case itemDeleted(itemID: String)
    /// `conversation.item.input_audio_transcription.delta`: what was heard so far, a fragment.
    case inputTranscriptionDelta(
        itemID: String,
        delta: String,
        contentIndex: Int = 0,
        logProbabilities: [TokenLogProbability]? = nil
    )
    /// `conversation.item.input_audio_transcription.completed`: all that was heard; `languages` as they came.
    ///
    /// Early beta servers give no `usage`.
    indirect case inputTranscriptionCompleted(
        itemID: String,
        transcript: String,
        usage: TranscriptionUsage?,
        contentIndex: Int = 0,
        logProbabilities: [TokenLogProbability]? = nil,
        languages: [JSON]? = nil
    )
    /// `conversation.item.input_audio_transcription.failed`: instead of `completed`.
    indirect case inputTranscriptionFailed(itemID: String, RealtimeError, contentIndex: Int = 0)
    /// `conversation.item.input_audio_transcription.segment`: what one speaker said.
    indirect case inputTranscriptionSegment(TranscriptionSegment)
    /// `input_audio_buffer.committed`: the buffered audio becomes that user item.
    case inputAudioBufferCommitted(itemID: String, previousItemID: String?)
    /// `input_audio_buffer.cleared`: the buffered audio is forgotten.
    case inputAudioBufferCleared
    /// `input_audio_buffer.speech_started`: at that many ms of the session's input audio.
    case speechStarted(itemID: String, audioStartMS: Int)
    /// `input_audio_buffer.speech_stopped`: at that many ms of the session's input audio.
    case speechStopped(itemID: String, audioEndMS: Int)
    /// `input_audio_buffer.timeout_triggered`: nobody spoke between these ms of the session's input audio.
    case inputTimeoutTriggered(itemID: String, audioStartMS: Int, audioEndMS: Int)
    /// `input_audio_buffer.dtmf_event_received`: a key of the telephone, at that Unix second; without `event_id`.
    case dtmfReceived(event: String, receivedAt: Int)
    /// `response.created`: a response begins.
    indirect case responseCreated(Response)
    /// `response.done`: a response has ended, however it did.
    indirect case responseDone(Response)
    /// `response.output_item.added`: the response begins an item.
    indirect case outputItemAdded(responseID: String, outputIndex: Int, Item)
    /// `response.output_item.done`: the response is through with an item.
    indirect case outputItemDone(responseID: String, outputIndex: Int, Item)
    /// `response.content_part.added`: an item begins a part.
    case contentPartAdded(PartAddress, Part)
    /// `response.content_part.done`: a part is whole.
    case contentPartDone(PartAddress, Part)
    /// `response.output_text.delta`: a fragment of text.
    case textDelta(PartAddress, String)
    /// `response.output_text.done`: the whole text.
    case textDone(PartAddress, String)
    /// `response.output_audio.delta`: audio in the response's format, not yet base64.
    case audioDelta(PartAddress, ByteBuffer)
    /// `response.output_audio.done`: the audio is whole.
    case audioDone(PartAddress)
    /// `response.output_audio_transcript.delta`: a fragment of what is spoken.
    case transcriptDelta(PartAddress, String)
    /// `response.output_audio_transcript.done`: all that is spoken.
    case transcriptDone(PartAddress, String)
    /// `response.function_call_arguments.delta`: a fragment of JSON text.
    case argumentsDelta(responseID: String, itemID: String, outputIndex: Int, callID: String, String)
    /// `response.function_call_arguments.done`: the whole JSON text; `name` is empty if the server left it out.
    indirect case argumentsDone(
        responseID: String,
        itemID: String,
        outputIndex: Int,
        callID: String,
        name: String,
        arguments: String
    )
    /// `mcp_list_tools.in_progress`: the tools of an MCP server are asked for.
    case mcpListToolsInProgress(itemID: String)
    /// `mcp_list_tools.completed`: they are known.
    case mcpListToolsCompleted(itemID: String)
    /// `mcp_list_tools.failed`: they could not be had.
    case mcpListToolsFailed(itemID: String)
    /// `response.mcp_call_arguments.delta`: a fragment of JSON text.
    case mcpArgumentsDelta(responseID: String, itemID: String, outputIndex: Int, String)
    /// `response.mcp_call_arguments.done`: the whole JSON text.
    case mcpArgumentsDone(responseID: String, itemID: String, outputIndex: Int, arguments: String)
    /// `response.mcp_call.in_progress`: the server calls a tool.
    case mcpCallInProgress(itemID: String, outputIndex: Int)
    /// `response.mcp_call.completed`: the tool has answered.
    case mcpCallCompleted(itemID: String, outputIndex: Int)
    /// `response.mcp_call.failed`: the call did not succeed.
    case mcpCallFailed(itemID: String, outputIndex: Int)
    /// `rate_limits.updated`: what is left of the allowances.
    case rateLimitsUpdated([RateLimit])
    /// `output_audio_buffer.started`: WebRTC only, the server begins to play.
    case outputAudioBufferStarted(responseID: String)
    /// `output_audio_buffer.stopped`: WebRTC only, everything has been played.
    case outputAudioBufferStopped(responseID: String)
    /// `output_audio_buffer.cleared`: WebRTC only, the rest will not be played.
    case outputAudioBufferCleared(responseID: String)
    /// An event of another type, or one that is not as it should be, as it came.
    case unknown(type: String, JSONObject)
}

extension ServerEvent {
    /// `conversation.item.input_audio_transcription.completed` with the length of the audio in seconds as its usage.
    public static func inputTranscriptionCompleted(
        itemID: String,
        transcript: String,
        seconds: Double
    ) -> ServerEvent {
        .inputTranscriptionCompleted(itemID: itemID, transcript: transcript, usage: .duration(seconds: seconds))
    }
}
