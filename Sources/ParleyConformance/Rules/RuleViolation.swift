// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// A rule of the protocol that an event breaks.
package struct RuleViolation: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the rule asks for.
    package let expected: String
    /// What came instead.
    package let came: String
    /// Section of the protocol reference that states the rule.
    package let source: String

    package init(expected: String, came: String, source: String) {
        self.expected = expected
        self.came = came
        self.source = source
    }

    package var description: String { "expected \(expected), came \(came) (\(source))" }
}
