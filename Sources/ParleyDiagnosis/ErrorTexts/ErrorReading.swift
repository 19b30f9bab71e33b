// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a client's own message tells.
package struct ErrorReading: Sendable, Equatable {
    /// The HTTP status in it.
    package var status: Int?
    /// The WebSocket close code in it.
    package var closeCode: Int?
    /// Ids of the causes it can stand for, the likeliest first; empty when it says nothing.
    package var causes: [String]
    /// What the message does not tell apart; nil if it is exact.
    package var leavesOpen: Text?

    package init(
        status: Int? = nil,
        closeCode: Int? = nil,
        causes: [String] = [],
        leavesOpen: Text? = nil
    ) {
        self.status = status
        self.closeCode = closeCode
        self.causes = causes
        self.leavesOpen = leavesOpen
    }
}

/// Words that a client or server uses for a failure.
struct ErrorPhrase: Sendable {
    /// Any of them, in lower case; what stands around them does not matter.
    let phrases: [String]
    let causes: [String]
    let leavesOpen: Text?

    init(_ phrases: [String], _ causes: [String], leavesOpen: Text? = nil) {
        self.phrases = phrases
        self.causes = causes
        self.leavesOpen = leavesOpen
    }
}
