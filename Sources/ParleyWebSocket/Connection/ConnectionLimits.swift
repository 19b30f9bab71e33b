// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// How much and for how long a connection may ask for.
package struct ConnectionLimits: Sendable, Equatable {
    /// Longest payload of one frame, in bytes; default 16 MiB (16,777,216), at most 2 GiB - 1.
    package var maxFrameBytes: Int
    /// Longest message, in bytes, all fragments together; default 16 MiB (16,777,216), at most 2 GiB - 1.
    package var maxMessageBytes: Int
    /// Most times that a compressed message, or its beginning, may grow once that is longer than ``freeInflationBytes``;
    /// default 100.
    ///
    /// DEFLATE can grow a thousand times; text rarely does more than ten times.
    package var maxInflationRatio: Int
    /// So many bytes a compressed message may come to whatever its ratio; default 1 MiB (1,048,576).
    package var freeInflationBytes: Int
    /// Silence of the peer after which it is pinged; default 15 s, `nil` for never.
    package var pingInterval: TimeAmount?
    /// Further silence after the ping until the connection counts as lost; default 20 s.
    ///
    /// Any byte ends the silence, not only the pong: a peer that sends a long frame cannot answer in between.
    package var pongTimeout: TimeAmount
    /// Longest wait for the peer's part in the end of the connection; default 2 s.
    ///
    /// For its close frame after ours, and in the client role for the server to end TCP after that. For as long, answers
    /// to messages may be given that came before the peer broke a rule.
    package var closeTimeout: TimeAmount
    /// Longest time without a byte of a data message; default `nil`, for no limit.
    package var idleTimeout: TimeAmount?
    /// Longest time in which the peer may take nothing of what waits for it; default `nil`, for no limit.
    package var sendTimeout: TimeAmount?
    /// Most bytes that may wait for the peer; default no limit.
    ///
    /// What one message adds is not known before it is written, so that one message more may wait.
    package var maxUnsentBytes: Int
    /// Most messages and pings per second before the peer is read from more slowly; default `nil`, for no limit.
    package var messagesPerSecond: Int?

    package init(
        maxFrameBytes: Int = 16 * 1024 * 1024,
        maxMessageBytes: Int = 16 * 1024 * 1024,
        maxInflationRatio: Int = 100,
        freeInflationBytes: Int = 1024 * 1024,
        pingInterval: TimeAmount? = .seconds(15),
        pongTimeout: TimeAmount = .seconds(20),
        closeTimeout: TimeAmount = .seconds(2),
        idleTimeout: TimeAmount? = nil,
        sendTimeout: TimeAmount? = nil,
        maxUnsentBytes: Int = .max,
        messagesPerSecond: Int? = nil
    ) {
        self.maxFrameBytes = maxFrameBytes
        self.maxMessageBytes = maxMessageBytes
        self.maxInflationRatio = maxInflationRatio
        self.freeInflationBytes = freeInflationBytes
        self.pingInterval = pingInterval
        self.pongTimeout = pongTimeout
        self.closeTimeout = closeTimeout
        self.idleTimeout = idleTimeout
        self.sendTimeout = sendTimeout
        self.maxUnsentBytes = maxUnsentBytes
        self.messagesPerSecond = messagesPerSecond
    }
}
