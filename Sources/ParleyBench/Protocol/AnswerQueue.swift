// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Finds the message that an answer belongs to: the n-th answer is that of the n-th message.
package struct AnswerQueue: Sendable {
    /// Most messages of a session that may be unanswered; what is due beyond is left out and counted.
    package static let longest = 1_024

    private var due = CircularBuffer<Int64>(initialCapacity: 2)

    package init() {}

    /// How many messages are not answered.
    package var count: Int { due.count }

    /// Whether another message may be sent.
    package var hasRoom: Bool { due.count < Self.longest }

    /// A message was sent that was due at this time.
    package mutating func sent(due time: Int64) { due.append(time) }

    /// An answer came.
    ///
    /// - Returns: When the message that it answers was due; nil if none is unanswered.
    package mutating func answered() -> Int64? { due.popFirst() }

    /// When the unanswered messages were due, the oldest first.
    package var unanswered: [Int64] { Array(due) }
}
