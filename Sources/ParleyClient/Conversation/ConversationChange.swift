// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore

/// What an event changed in a conversation.
public enum ConversationChange: Sendable, Equatable {
    /// The item with that id is new.
    case added(String)
    /// More has come of an item.
    case updated(String, Delta)
    /// Nothing more will come of an item, unless it is what was understood of a person's words.
    case completed(String)
    /// An item's sound was cut to that many ms.
    case truncated(String, atMS: Int)
    /// An item was removed.
    case removed(String)
    /// The person began to speak: what is being played should stop.
    case interrupted

    /// What came.
    public enum Delta: Sendable, Equatable {
        case text(String)
        case transcript(String)
        /// In the format of the entry's ``ConversationEntry/audio``.
        case audio(ByteBuffer)
        case arguments(String)
        /// The item as a whole.
        case item
    }

    /// The item it is about.
    public var itemID: String? {
        switch self {
        case .added(let id), .updated(let id, _), .completed(let id), .truncated(let id, _), .removed(let id): id
        case .interrupted: nil
        }
    }
}
