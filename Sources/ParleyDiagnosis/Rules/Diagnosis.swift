// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Judges evidence.
package enum Diagnosis {
    /// Whether it works and, if not, why.
    ///
    /// - Parameters:
    ///   - question: What was asked.
    ///   - evidence: What was seen.
    ///   - startedAt: Seconds since 1970.
    ///   - durationMS: How long the looking took.
    /// - Returns: What the doctor says.
    package static func report(
        _ question: Question,
        _ evidence: [Evidence],
        startedAt: Int,
        durationMS: Int
    ) -> Report {
        Report(question: question, startedAt: startedAt, durationMS: durationMS, verdict: .inconclusive)
    }
}
