// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Report {
    /// A cause with what the evidence says of it and what to do, the fixes in the order in which they are of use.
    struct Explained {
        let finding: Finding
        let cause: Cause
        let fixes: [Fix]
        /// How many of the fixes come first because they are for the software at hand or for everybody.
        let fittingFixes: Int

        /// What was seen, then why that is a failure.
        var explanation: Text { finding.observed.followed(by: cause.explanation) }
    }

    /// The cause that a finding names; nil if the catalogue does not know it.
    func explained(_ finding: Finding) -> Explained? {
        guard let cause = Catalogue.cause(finding.causeID) else { return nil }
        let atHand = softwareAtHand(finding)
        let fitting =
            atHand.flatMap { software in cause.fixes.filter { $0.software == software } }
            + cause.fixes.filter { $0.software == nil }
        let others = cause.fixes.filter { fix in fix.software.map { !atHand.contains($0) } ?? false }
        return Explained(finding: finding, cause: cause, fixes: fitting + others, fittingFixes: fitting.count)
    }

    /// What the user named, what the rule holds responsible, then what answered; each once.
    func softwareAtHand(_ finding: Finding) -> [ServerSoftware] {
        var atHand: [ServerSoftware] = []
        for software in [question.server, finding.software].compactMap({ $0 }) + software
        where !atHand.contains(software) { atHand.append(software) }
        return atHand
    }
}
