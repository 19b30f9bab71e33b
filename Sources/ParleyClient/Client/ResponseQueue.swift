// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Lets one response run at a time: a `response.create` that comes during another waits for its end.
///
/// It also knows which response answers which request, which no event says. The server refuses a second one with `conversation_already_has_active_response`; with turn detection it also starts
/// responses by itself, so that a refusal can happen all the same and only means to wait.
struct ResponseQueue: Sendable {
    /// Most that wait; and most out of band at a time.
    static let limit = 16

    /// A response that is wanted.
    struct Wanted: Sendable, Equatable {
        var eventID: String
        var overrides: ResponseOverrides
    }

    /// A request that is over.
    struct Settled: Sendable, Equatable {
        /// The id of its event.
        let request: String
        /// The response, or the server's refusal.
        let outcome: Result<Response, RealtimeError>
    }

    private var waiting: [Wanted] = []
    /// Sent, but not yet answered.
    private var asked: Wanted?
    /// The response that runs in the conversation.
    private(set) var running: String?
    /// What the running one answers; nil if the server began it by itself.
    private var answered: Wanted?
    /// Requests out of band that were sent and not answered yet, in order.
    private var beside: [String] = []
    /// Requests out of band by their responses.
    private var runningBeside: [String: String] = [:]

    /// Whether one is running or asked for.
    var isBusy: Bool { running != nil || asked != nil }

    /// Wants a response.
    ///
    /// - Returns: What is to be sent now; nil while it waits.
    /// - Throws: If too many wait.
    mutating func want(_ wanted: Wanted) throws(RealtimeClientError) -> Wanted? {
        // Out of band it does not compete with the conversation's own.
        if wanted.overrides.isOutOfBand {
            guard beside.count + runningBeside.count < Self.limit else { throw .tooManyResponses(limit: Self.limit) }
            beside.append(wanted.eventID)
            return wanted
        }
        guard waiting.count < Self.limit else { throw .tooManyResponses(limit: Self.limit) }
        waiting.append(wanted)
        return next()
    }

    /// Takes a server's event in.
    ///
    /// - Returns: What is to be sent now, and which request is over.
    mutating func received(_ event: ServerEvent) -> (send: Wanted?, settled: Settled?) {
        switch event {
        case .responseCreated(let response):
            // Only a response out of band has no conversation, and old servers name none at all.
            if response.conversationID == nil, !beside.isEmpty {
                runningBeside[response.id] = beside.removeFirst()
            } else {
                running = response.id
                answered = asked
                asked = nil
            }
            return (nil, nil)
        case .responseDone(let response): return ended(response)
        case .error(let error): return failed(error)
        default: return (nil, nil)
        }
    }

    /// The connection is lost.
    ///
    /// - Returns: Requests whose responses were lost with it; one that was not begun yet will be sent again.
    mutating func lost() -> [String] {
        let gone = (answered.map { [$0.eventID] } ?? []) + beside + runningBeside.values.sorted()
        if let asked { waiting.insert(asked, at: 0) }
        asked = nil
        running = nil
        answered = nil
        beside = []
        runningBeside = [:]
        return gone
    }

    /// There is a new connection, where nothing runs.
    ///
    /// - Returns: What is to be sent now.
    mutating func reconnected() -> Wanted? { next() }

    private mutating func ended(_ response: Response) -> (send: Wanted?, settled: Settled?) {
        if let request = runningBeside.removeValue(forKey: response.id) {
            return (nil, Settled(request: request, outcome: .success(response)))
        }
        // One that was never announced was in the way of what waits.
        guard response.id == running || running == nil else { return (nil, nil) }
        let settled = answered.map { Settled(request: $0.eventID, outcome: .success(response)) }
        running = nil
        answered = nil
        return (next(), settled)
    }

    private mutating func failed(_ error: RealtimeError) -> (send: Wanted?, settled: Settled?) {
        guard let request = error.eventID else { return (nil, nil) }
        let isBusy = error.code == "conversation_already_has_active_response"
        if let refused = asked ?? answered, refused.eventID == request {
            // The response that runs may be one that the server began in between.
            asked = nil
            answered = nil
            if isBusy {
                waiting.insert(refused, at: 0)
                return (nil, nil)
            }
        } else if let index = beside.firstIndex(of: request) {
            beside.remove(at: index)
        } else {
            return (nil, nil)
        }
        return (next(), Settled(request: request, outcome: .failure(error)))
    }

    private mutating func next() -> Wanted? {
        guard !isBusy, !waiting.isEmpty else { return nil }
        asked = waiting.removeFirst()
        return asked
    }
}
