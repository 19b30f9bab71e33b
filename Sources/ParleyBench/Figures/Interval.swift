// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What happened in a stretch of time.
package struct Interval: Sendable, Equatable {
    /// Its length in seconds.
    package var seconds = 0.0
    /// From the moment something was due to its answer, in µs.
    package var latency = Histogram()
    /// From the moment something was due to the moment it was given to the socket, in µs: the generator's own part.
    package var lateness = Histogram()
    /// Messages sent; in mode `handshake`, connections begun.
    package var sent = 0
    /// Answers received.
    package var answered = 0
    /// What was due but not sent, since too much of the same session was unanswered.
    package var skipped = 0
    /// Sessions that are open at its end.
    package var open = 0
    /// Sessions that were opened.
    package var opened = 0
    /// What went wrong with sessions, and how often; at most 20 different sentences.
    package var failures: [String: Int] = [:]
    /// Sessions whose first answer was compared with what was sent, and differed.
    package var mismatched = 0

    package init() {}

    /// How many sessions failed.
    package var failed: Int { failures.values.reduce(0, +) }

    /// Counts a failure.
    package mutating func fail(_ sentence: String, times: Int = 1) {
        let isKnown = failures[sentence] != nil || failures.count < Self.longestList
        failures[isKnown ? sentence : "other failures", default: 0] += times
    }

    private static let longestList = 20

    /// Counts what happened at the same time on another event loop.
    package mutating func add(beside other: Interval) {
        let seconds = max(seconds, other.seconds)
        let open = open + other.open
        addCounts(other)
        self.seconds = seconds
        self.open = open
    }

    /// Counts what happened after this one.
    package mutating func add(after other: Interval) {
        addCounts(other)
        seconds += other.seconds
        open = other.open
    }

    private mutating func addCounts(_ other: Interval) {
        latency.merge(other.latency)
        lateness.merge(other.lateness)
        sent += other.sent
        answered += other.answered
        skipped += other.skipped
        opened += other.opened
        mismatched += other.mismatched
        for (sentence, times) in other.failures { fail(sentence, times: times) }
    }
}
