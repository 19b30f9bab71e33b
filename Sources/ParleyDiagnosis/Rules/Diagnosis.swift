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
    ///   - readings: Ids of the causes that a client's error message points to, the likeliest first.
    /// - Returns: What the doctor says.
    package static func report(
        _ question: Question,
        _ evidence: [Evidence],
        startedAt: Int,
        durationMS: Int,
        readings: (String) -> [String] = { ErrorTexts.reading($0).causes }
    ) -> Report {
        var meant = question
        meant.expectation = Facts(question, []).expectation
        let facts = Facts(meant, evidence)
        return report(
            question,
            evidence,
            startedAt: startedAt,
            durationMS: durationMS,
            results: ClientProfile.selected(question).map { $0.result(facts) },
            pasted: question.errorText.map(readings) ?? []
        )
    }

    /// The same, with what the clients meet and what the error message points to as given.
    static func report(
        _ question: Question,
        _ evidence: [Evidence],
        startedAt: Int = 0,
        durationMS: Int = 0,
        results: [Report.ProfileResult],
        pasted: [String] = []
    ) -> Report {
        let facts = Facts(question, evidence, results: results, pasted: pasted)
        let ranking = Ranking(facts)
        let outcome = Outcome(facts, ranking)
        let isFailing = outcome.verdict == .fails || outcome.verdict == .connectsForSome
        let cause = isFailing ? ranking.cause : nil
        let others = isFailing ? ranking.others : ranking.hints
        return Report(
            question: question,
            startedAt: startedAt,
            durationMS: durationMS,
            verdict: outcome.verdict,
            cause: cause,
            otherCauses: others,
            classes: ClassMarks.marks(facts, outcome.verdict, cause, others),
            profiles: outcome.results,
            evidence: evidence,
            software: facts.detected
        )
    }
}
