// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a rule concludes from the evidence.
package struct Finding: Codable, Sendable, Equatable {
    /// How sure it is.
    package enum Confidence: String, Codable, Sendable, Comparable {
        case possible, likely, certain

        private var order: Int {
            switch self {
            case .possible: 0
            case .likely: 1
            case .certain: 2
            }
        }

        package static func < (left: Self, right: Self) -> Bool { left.order < right.order }
    }

    /// Of ``Cause``.
    package var causeID: String
    package var confidence: Confidence
    /// What was seen that says so, in one or two sentences with the values seen: it stands before the cause's
    /// explanation.
    package var observed: Text
    /// Ids of the evidence it rests on.
    package var evidence: [String]
    /// Whose setting is at fault, if the evidence tells.
    package var software: ServerSoftware?

    package init(
        _ causeID: String,
        _ confidence: Confidence,
        observed: Text,
        evidence: [String] = [],
        software: ServerSoftware? = nil
    ) {
        self.causeID = causeID
        self.confidence = confidence
        self.observed = observed
        self.evidence = evidence
        self.software = software
    }
}
