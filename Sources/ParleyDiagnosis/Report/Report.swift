// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What the doctor says, before it is put into words or JSON.
package struct Report: Sendable, Equatable {
    /// Whether the connection works.
    package enum Verdict: String, Codable, Sendable {
        case connects
        case connectsForSome = "connects_for_some"
        case fails
        case inconclusive
    }

    /// What is known about a class of causes.
    package enum Mark: String, Codable, Sendable {
        case ruledOut = "ruled_out"
        case cause
        case suspect
        case notReached = "not_reached"
        case untestable
    }

    /// What one client meets.
    package struct ProfileResult: Codable, Sendable, Equatable {
        /// Of ``ClientProfile``.
        package var id: String
        /// Nil if it could not be told.
        package var connects: Bool?
        /// As that client words it.
        package var failure: String?

        package init(id: String, connects: Bool?, failure: String? = nil) {
            self.id = id
            self.connects = connects
            self.failure = failure
        }
    }

    /// The question, masked.
    package var question: Question
    /// When it was asked, seconds since 1970.
    package var startedAt: Int
    package var durationMS: Int
    package var verdict: Verdict
    /// The cause, if one is proven or clearly likeliest.
    package var cause: Finding?
    /// Others that the evidence allows, the likeliest first.
    package var otherCauses: [Finding]
    package var classes: [CauseClass: Mark]
    package var profiles: [ProfileResult]
    package var evidence: [Evidence]
    /// Server software that the evidence shows, the one that answered first.
    package var software: [ServerSoftware]

    package init(
        question: Question,
        startedAt: Int,
        durationMS: Int,
        verdict: Verdict,
        cause: Finding? = nil,
        otherCauses: [Finding] = [],
        classes: [CauseClass: Mark] = [:],
        profiles: [ProfileResult] = [],
        evidence: [Evidence] = [],
        software: [ServerSoftware] = []
    ) {
        self.question = question
        self.startedAt = startedAt
        self.durationMS = durationMS
        self.verdict = verdict
        self.cause = cause
        self.otherCauses = otherCauses
        self.classes = classes
        self.profiles = profiles
        self.evidence = evidence
        self.software = software
    }
}
