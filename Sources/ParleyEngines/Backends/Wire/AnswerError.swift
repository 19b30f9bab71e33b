// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why the answer of a server cannot be used, as its reader finds it.
package enum AnswerError: Error, Sendable, Equatable {
    /// The server reports an error inside an answer that began well.
    case reported(BackendMessage)
    /// The answer ended before it was complete.
    case cutShort
    /// The answer is not of the form that was asked for; says what is wrong.
    case unreadable(String)
}
