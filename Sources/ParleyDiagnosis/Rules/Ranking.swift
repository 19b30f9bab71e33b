// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The findings in the order in which they are to be believed.
struct Ranking {
    /// The best first, each cause once.
    let findings: [Finding]
    private let facts: Facts

    init(_ facts: Facts) {
        self.facts = facts
        var ranked: [(finding: Finding, stage: Stage, order: Int)] = []
        for (order, rule) in Rule.all.enumerated() {
            guard let finding = rule.judge(facts) else { continue }
            ranked.append((finding, rule.stage, order))
        }
        ranked.sort { left, right in
            if left.finding.confidence != right.finding.confidence {
                return left.finding.confidence > right.finding.confidence
            }
            // What the user saw decides between what was not proved.
            let leftIsPasted = left.finding.confidence != .certain && facts.isPasted(left.finding.causeID)
            let rightIsPasted = right.finding.confidence != .certain && facts.isPasted(right.finding.causeID)
            if leftIsPasted != rightIsPasted { return leftIsPasted }
            if left.stage != right.stage { return left.stage < right.stage }
            return left.order < right.order
        }
        var known: Set<String> = []
        findings = ranked.map(\.finding).filter { known.insert($0.causeID).inserted }
    }

    /// The cause: proven, or clearly likeliest.
    var cause: Finding? { findings.first.flatMap { $0.confidence >= .likely ? $0 : nil } }

    /// What else the evidence allows; beside a proven cause, only what is likely too.
    var others: [Finding] {
        let rest = cause == nil ? findings : Array(findings.dropFirst())
        return cause?.confidence == .certain
            ? rest.filter { $0.confidence >= .likely } : rest + hints(besides: findings)
    }

    /// What the message that the user saw points to, when nothing fails for the doctor.
    var hints: [Finding] { facts.question.errorText == nil ? [] : hints(besides: []) }

    private func hints(besides found: [Finding]) -> [Finding] {
        facts.pasted.compactMap { causeID in
            guard Rule.causeIDs.contains(causeID), !found.contains(where: { $0.causeID == causeID }),
                !isDisproved(causeID)
            else { return nil }
            return Finding(
                causeID,
                .possible,
                observed: Text(
                    "The message that the user saw points here; the probes did not see it.",
                    zh: "用户看到的消息指向此处；探测没有看到它。"
                )
            )
        }
    }

    /// Whether the exchange came further than this cause would let it.
    private func isDisproved(_ causeID: String) -> Bool {
        guard let stage = Rule.all.first(where: { $0.causeID == causeID })?.stage, stage != .address,
            let exchange = facts.main?.exchange
        else { return false }
        if exchange.isUpgraded { return stage < .acceptance }
        if exchange.status != nil { return stage < .interception }
        return exchange.tcp?.result == .connected && stage < .tunnel
    }

    /// A finding of one of some causes that is at least likely.
    func finding(_ causeIDs: Set<String>) -> Finding? {
        findings.first { causeIDs.contains($0.causeID) && $0.confidence >= .likely }
    }
}
