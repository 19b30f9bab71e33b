// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Why a check failed: what the rule asks for, what came, and where the rule stands.
package struct Finding: Sendable, Hashable {
    /// What was expected.
    package let expected: String
    /// What came instead.
    package let came: String
    /// Section of the protocol reference; `nil` if it is the check's own.
    package let source: String?

    package init(expected: String, came: String, source: String? = nil) {
        self.expected = expected
        self.came = came
        self.source = source
    }

    init(_ violation: RuleViolation) {
        self.init(expected: violation.expected, came: violation.came, source: violation.source)
    }
}

/// Why a check stops before its end.
package enum CheckStop: Error, Sendable, Hashable {
    /// The server breaks a rule.
    case failed(Finding)
    /// Nothing can be said about this server, for the reason given.
    case skipped(String)
}

/// A message of a check's connections, as reports show it.
package struct TranscriptLine: Sendable, Hashable {
    package enum Direction: String, Sendable, Hashable {
        case sent, received
    }

    package let direction: Direction
    /// Abbreviated and masked.
    package let text: String

    package init(_ direction: Direction, _ text: String) {
        self.direction = direction
        self.text = text
    }
}
