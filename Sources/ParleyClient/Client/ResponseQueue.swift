// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Lets one response run at a time: a `response.create` that comes during another waits for its end.
///
/// The server refuses a second one with `conversation_already_has_active_response`; with turn detection it also starts
/// responses by itself, so that a refusal can happen all the same and only means to wait.
struct ResponseQueue: Sendable {
    /// Most that wait.
    static let limit = 16

    /// A response that is wanted.
    struct Wanted: Sendable, Equatable {
        var eventID: String
        var overrides: ResponseOverrides
    }

    private var waiting: [Wanted] = []
    /// Sent, but not yet answered.
    private var asked: Wanted?
    private var running: String?

    /// Whether one is running or asked for.
    var isBusy: Bool { running != nil || asked != nil }

    /// Wants a response.
    ///
    /// - Returns: What is to be sent now; nil while it waits.
    /// - Throws: If too many wait.
    mutating func want(_ wanted: Wanted) throws(RealtimeClientError) -> Wanted? {
        // Out of band it does not compete with the conversation's own.
        if wanted.overrides.isOutOfBand { return wanted }
        guard waiting.count < Self.limit else { throw .tooManyResponses(limit: Self.limit) }
        waiting.append(wanted)
        return next()
    }

    /// Takes a server's event in.
    ///
    /// - Returns: What is to be sent now.
    mutating func received(_ event: ServerEvent) -> Wanted? {
        switch event {
        case .responseCreated(let response) where response.conversationID != nil:
            running = response.id
            asked = nil
        case .responseDone(let response) where response.id == running:
            running = nil
            return next()
        case .error(let error): return failed(error)
        default: break
        }
        return nil
    }

    /// The connection is another: nothing runs there.
    mutating func reconnected() -> Wanted? {
        if let asked { waiting.insert(asked, at: 0) }
        asked = nil
        running = nil
        return next()
    }

    private mutating func failed(_ error: RealtimeError) -> Wanted? {
        guard let asked, error.eventID == asked.eventID else { return nil }
        self.asked = nil
        guard error.code == "conversation_already_has_active_response" else { return next() }
        waiting.insert(asked, at: 0)
        // The one in its way was not announced, so that its end is what shows it.
        return nil
    }

    private mutating func next() -> Wanted? {
        guard !isBusy, !waiting.isEmpty else { return nil }
        asked = waiting.removeFirst()
        return asked
    }
}
