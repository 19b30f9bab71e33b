// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// From evidence to a cause.
package struct Rule: Sendable {
    /// Of ``Cause``.
    package let causeID: String
    /// How far a connection comes before it fails of this cause.
    package let stage: Stage
    /// What the evidence says of this cause; nil for nothing.
    package let judge: @Sendable (Facts) -> Finding?

    package init(_ causeID: String, _ stage: Stage, _ look: @escaping @Sendable (Facts) -> Sign?) {
        self.causeID = causeID
        self.stage = stage
        judge = { facts in
            look(facts)
                .map { sign in
                    Finding(
                        causeID,
                        sign.confidence,
                        observed: sign.observed,
                        evidence: sign.evidence,
                        software: sign.software ?? facts.question.server
                            // How a server is set up, the one that answers is to be told.
                            ?? (CauseClass(causeID: causeID) == .serverConfiguration ? facts.detected.first : nil)
                    )
                }
        }
    }
}

/// How far a connection comes, in the order in which causes are ruled out: of two causes equally sure, the one that
/// strikes first is the one to mend first.
package enum Stage: Int, Sendable, Comparable, CaseIterable {
    /// Nothing leaves the client: its address, its code, the browser's policy.
    case address
    case name
    case connection
    /// The answer of a proxy to CONNECT.
    case tunnel
    case encryption
    /// Somebody else answers than the server that is meant.
    case interception
    /// The status of the answer.
    case answer
    /// The fields of a 101.
    case acceptance
    case frames
    /// What the application says on the open connection.
    case session
    /// What comes later: quiet, large messages.
    case endurance

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What a rule saw.
package struct Sign: Sendable {
    let confidence: Finding.Confidence
    let observed: Text
    let evidence: [String]
    let software: ServerSoftware?

    init(
        _ confidence: Finding.Confidence,
        _ en: String,
        zh: String,
        _ seen: [Facts.Seen?] = [],
        software: ServerSoftware? = nil
    ) {
        self.init(confidence, en, zh: zh, ids: seen.compactMap { $0?.id }, software: software)
    }

    init(
        _ confidence: Finding.Confidence,
        _ en: String,
        zh: String,
        ids: [String],
        software: ServerSoftware? = nil
    ) {
        self.confidence = confidence
        observed = Text(en, zh: zh)
        var known: Set<String> = []
        evidence = ids.filter { known.insert($0).inserted }
        self.software = software
    }
}
