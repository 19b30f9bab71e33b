// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// What a client tells its readers, in the order in which it happens.
public enum RealtimeUpdate: Sendable, Equatable {
    /// How the client stands.
    case state(RealtimeClientState)
    /// An event of this side went out.
    case sent(ClientEvent, eventID: String)
    /// An event of the server, known or not.
    case event(ReceivedEvent)
    /// What the event before it changed in the conversation.
    case change(ConversationChange)
    /// A tool begins to run.
    case toolStarted(name: String, callID: String)
    /// A tool's result was sent; `failed` if it threw.
    case toolFinished(name: String, callID: String, output: String, failed: Bool)
    /// A message of the server that is no event; the connection goes on.
    case invalid(RealtimeError)
}

/// How a client stands.
public enum RealtimeClientState: Sendable, Equatable {
    /// Not connected yet.
    case idle
    /// A connection is being opened.
    case connecting
    /// There is a session.
    case connected
    /// The connection was lost; that attempt to open another is next, 1 for the first.
    case reconnecting(attempt: Int)
    /// The connection is over.
    case closed(RealtimeClose)
}

/// The updates of a client for one reader.
///
/// Ends when the connection is over for good; throws ``RealtimeClientError/fellBehind(limit:)`` to a reader that is too
/// slow, so that no reader can make memory grow or hold up others.
public typealias RealtimeUpdates = AsyncThrowingStream<RealtimeUpdate, any Error>
