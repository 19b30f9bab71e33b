// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyDiagnosis

/// How long the server is waited for after a 101, by how fast it was before.
struct Pace: Sendable {
    /// For its first event, in ms.
    var eventMS: Int
    /// For echo and pong, in ms.
    var replyMS: Int

    /// Before anything is known of the server.
    static func first(timeoutMS: Int) -> Pace { Pace(eventMS: min(5_000, timeoutMS), replyMS: min(3_000, timeoutMS)) }

    /// After it has been seen.
    func after(_ seen: [Exchange]) -> Pace {
        let talks = seen.filter(\.isUpgraded)
        guard !talks.isEmpty else { return self }
        let events = talks.compactMap { talk in
            talk.conversation?.firstEvent.map { $0.atMS - (talk.response?.atMS ?? 0) }
        }
        let isAnswering = talks.contains { $0.conversation?.pingAnswered == true }
        return Pace(
            eventMS: min(eventMS, events.max().map { max(2_000, 3 * $0) } ?? 1_000),
            replyMS: isAnswering ? replyMS : min(replyMS, 500)
        )
    }

    /// What is said after a 101 to answer the question.
    func conversation(_ question: Question) -> ConversationPlan {
        var plan = ConversationPlan()
        if question.isRealtime { plan.awaitsEventMS = eventMS }
        plan.expectsEcho = question.expectation == .echo
        plan.text = question.sendText ?? (plan.expectsEcho ? "Hello from parley doctor" : nil)
        plan.replyMS = replyMS
        return plan
    }
}
