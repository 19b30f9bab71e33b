// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

extension RealtimeClient {
    /// Sends an event.
    ///
    /// What the client has methods for is better sent by these: they keep account of it.
    ///
    /// - Parameters:
    ///   - event: What to send.
    ///   - eventID: Its id; one is made if there is none.
    /// - Throws: If there is no connection, or the task was cancelled; it was not sent then.
    public func send(_ event: ClientEvent, eventID: String? = nil) async throws(RealtimeClientError) {
        // While a conversation is told to a new session, nothing may come in between.
        if case .reconnecting = state { throw .reconnecting }
        try await sendNow(event, eventID: eventID)
    }

    func sendNow(_ event: ClientEvent, eventID: String? = nil) async throws(RealtimeClientError) {
        let id = eventID ?? ClientIDs.event()
        let answers = try await connection().send(event, eventID: id)
        publish(.sent(event, eventID: id))
        for answer in answers { received(.event(answer)) }
    }

    /// Sends an event in GA form that this version may not know; see ``send(_:eventID:)``.
    public func send(object: JSONObject) async throws(RealtimeClientError) {
        if case .reconnecting = state { throw .reconnecting }
        for answer in try await connection().send(object: object) { received(.event(answer)) }
    }

    private func connection() throws(RealtimeClientError) -> RealtimeAPI {
        if let api { return api }
        switch state {
        case .reconnecting: throw .reconnecting
        case .closed(let close): throw .closed(close)
        case .idle, .connecting, .connected: throw .notConnected
        }
    }
}
