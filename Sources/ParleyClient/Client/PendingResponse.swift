// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ParleyEvents

/// A response that was asked for, or is expected; its end cannot be missed, however late one waits for it.
///
/// The ends of the last 64 responses are kept.
public struct PendingResponse: Sendable {
    let handle: Int
    let client: RealtimeClient

    /// Waits for the end of the response.
    ///
    /// - Parameter limit: How long; nil for as long as the connection lasts.
    /// - Throws: ``RealtimeClientError/server(_:)`` if the server refused the request, ``RealtimeClientError/lost(_:)`` if
    ///   the connection was lost before the end, or that the time is over, the connection is, or the task was cancelled.
    /// - Returns: The response as it ended, whether it was completed or not.
    public func value(within limit: Duration? = nil) async throws(RealtimeClientError) -> Response {
        try await client.response(handle, within: limit)
    }

    /// Waits for the end of the last response of the turn.
    ///
    /// One that calls functions which this client runs is followed by another, which tells their results.
    ///
    /// - Parameter limit: For all of them together; nil for as long as the connection lasts.
    /// - Throws: As ``value(within:)``.
    /// - Returns: The response behind which nothing more comes.
    public func answer(within limit: Duration? = nil) async throws(RealtimeClientError) -> Response {
        let deadline = limit.map { ContinuousClock.now + $0 }
        var handle = handle
        while true {
            let response = try await client.response(handle, within: deadline.map { $0 - .now })
            guard let next = await client.followUp(of: response.id) else { return response }
            handle = next
        }
    }
}
