// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// What the server tells a client, GA model (protocol reference, section 6).
public enum ServerEvent: Sendable, Equatable {
    /// Where in a response a part stands.
    public struct PartAddress: Sendable, Equatable {
        /// `resp_…`
        public var responseID: String
        /// `item_…`
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

    case error(RealtimeError)
    case sessionCreated(Session)
    case sessionUpdated(Session)
    case itemAdded(Item, previousItemID: String?)
    case itemDone(Item, previousItemID: String?)
    case itemRetrieved(Item)
    case itemTruncated(itemID: String, contentIndex: Int, audioEndMS: Int)
    case itemDeleted(itemID: String)
    case inputTranscriptionDelta(itemID: String, delta: String)
    case inputTranscriptionCompleted(itemID: String, transcript: String, seconds: Double)
    case inputTranscriptionFailed(itemID: String, RealtimeError)
    case inputAudioBufferCommitted(itemID: String, previousItemID: String?)
    case inputAudioBufferCleared
    case speechStarted(itemID: String, audioStartMS: Int)
    case speechStopped(itemID: String, audioEndMS: Int)
    case inputTimeoutTriggered(itemID: String, audioStartMS: Int, audioEndMS: Int)
    case responseCreated(Response)
    case responseDone(Response)
    case outputItemAdded(responseID: String, outputIndex: Int, Item)
    case outputItemDone(responseID: String, outputIndex: Int, Item)
    case contentPartAdded(PartAddress, Part)
    case contentPartDone(PartAddress, Part)
    case textDelta(PartAddress, String)
    case textDone(PartAddress, String)
    /// Audio in the response's format, not yet base64.
    case audioDelta(PartAddress, ByteBuffer)
    case audioDone(PartAddress)
    case transcriptDelta(PartAddress, String)
    case transcriptDone(PartAddress, String)
    case argumentsDelta(responseID: String, itemID: String, outputIndex: Int, callID: String, String)
    case argumentsDone(
        responseID: String, itemID: String, outputIndex: Int, callID: String, name: String, arguments: String)
}
