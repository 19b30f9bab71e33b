// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

extension RealtimeClient {
    /// Waits for an update; see the methods that wait for something in particular.
    ///
    /// - Parameters:
    ///   - what: For the error.
    ///   - limit: How long; nil for as long as the connection lasts.
    ///   - matches: Whether it is the one.
    /// - Throws: That the time is over, the connection is, or the task was cancelled.
    /// - Returns: The update.
    public func wait(
        for what: String,
        within limit: Duration? = nil,
        _ matches: @escaping @Sendable (RealtimeUpdate) -> Bool
    ) async throws(RealtimeClientError) -> RealtimeUpdate {
        try checkThatMoreComes()
        while true {
            let happening = try await wait(waiters.nextID(), for: what, within: limit) { happening in
                guard case .update(let update) = happening else { return false }
                return matches(update)
            }
            if case .update(let update) = happening { return update }
        }
    }

    /// Waits until there is a connection, where one is being opened.
    ///
    /// - Parameter limit: How long; nil until it is given up.
    /// - Throws: That there is none and will be none, or that the time is over.
    public func waitUntilConnected(within limit: Duration? = nil) async throws(RealtimeClientError) {
        if state == .connected { return }
        _ = try await wait(for: "the connection", within: limit) { $0 == .state(.connected) }
    }

    /// Waits for the next item that is new to the conversation.
    public func nextItem(within limit: Duration? = nil) async throws(RealtimeClientError) -> ConversationEntry {
        try await nextEntry("an item", within: limit) { change in
            guard case .added(let id) = change else { return nil }
            return id
        }
    }

    /// Waits for the next item that is complete.
    public func nextCompletedItem(
        within limit: Duration? = nil
    ) async throws(RealtimeClientError) -> ConversationEntry {
        try await nextEntry("a complete item", within: limit) { change in
            guard case .completed(let id) = change else { return nil }
            return id
        }
    }

    /// Waits for the end of the next response, whoever asked for it.
    ///
    /// It is that of a response which ends from now on: what asks for one (``sendMessage(_:)-(String)``,
    /// ``createResponse(_:)``) gives the very response, and ``expectResponse()`` one that the server will begin by itself.
    public func nextResponse(within limit: Duration? = nil) async throws(RealtimeClientError) -> Response {
        try await expectResponse().value(within: limit)
    }

    /// The next response that ends from now on, whoever asks for it.
    ///
    /// For responses that the server begins by itself, when it hears that the person has spoken: call it before the sound
    /// is sent, and the end cannot be missed.
    public func expectResponse() -> PendingResponse {
        let (handle, givenUp) = pending.expectAny()
        tell(givenUp)
        return PendingResponse(handle: handle, client: self)
    }

    func response(_ handle: Int, within limit: Duration?) async throws(RealtimeClientError) -> Response {
        if let outcome = pending.outcome(of: handle) { return try outcome.get() }
        try checkThatMoreComes()
        while true {
            let happening = try await wait(waiters.nextID(), for: "response.done", within: limit) { happening in
                guard case .ended(let ended) = happening else { return false }
                return ended.handle == handle
            }
            if case .ended(let ended) = happening { return try ended.outcome.get() }
        }
    }

    func followUp(of response: String) -> Int? { pending.followUp(of: response) }

    /// Tells who waits for a response.
    func tell(_ ended: PendingResponses.Ended?) {
        if let ended { waiters.happened(.ended(ended)) }
    }

    private func checkThatMoreComes() throws(RealtimeClientError) {
        switch state {
        case .idle: throw .notConnected
        case .closed(let close): throw .closed(close)
        case .connecting, .connected, .reconnecting: break
        }
    }

    func wait(
        _ id: Int,
        for what: String,
        within limit: Duration?,
        _ matches: @escaping @Sendable (Waiters.Happening) -> Bool
    ) async throws(RealtimeClientError) -> Waiters.Happening {
        let timer = limit.map { limit in
            Task { [weak self] in
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                await self?.giveUp(id, .timedOut(waitingFor: what))
            }
        }
        defer { timer?.cancel() }
        let result: Result<Waiters.Happening, RealtimeClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
                waiters.add(id, matches, continuation)
            }
        } onCancel: {
            Task { await self.giveUp(id, .cancelled) }
        }
        return try result.get()
    }

    private func giveUp(_ id: Int, _ error: RealtimeClientError) { waiters.fail(id, error) }

    private func nextEntry(
        _ what: String,
        within limit: Duration?,
        _ id: @escaping @Sendable (ConversationChange) -> String?
    ) async throws(RealtimeClientError) -> ConversationEntry {
        while true {
            let update = try await wait(for: what, within: limit) { update in
                guard case .change(let change) = update else { return false }
                return id(change) != nil
            }
            // It may have been removed since.
            if case .change(let change) = update, let id = id(change), let entry = conversation[id] { return entry }
        }
    }
}
