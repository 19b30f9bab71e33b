// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// One reason why a client cannot connect, with what to do about it.
package struct Cause: Sendable, Identifiable {
    /// Class prefix, then what is wrong, as in `ver-subproto-none`.
    ///
    /// Never reworded: logs, refusals and docs name it.
    package let id: String
    package let causeClass: CauseClass
    /// One line.
    package let title: Text
    /// What the user sees, in the clients' own words.
    package let symptoms: [String]
    /// What goes wrong and why, in two to four sentences; what was seen in the case at hand stands before it.
    package let explanation: Text
    /// What to change, the general one first (software nil), then per software.
    package let fixes: [Fix]
    /// How it can be proved.
    package let proof: Proof
    /// What would decide, when the evidence does not: the probe, the flag, the log line to look at.
    package let whatWouldDecide: Text?
    /// Where the rule comes from: RFC sections, documents.
    package let sources: [String]

    package init(
        _ id: String,
        _ causeClass: CauseClass,
        title: Text,
        symptoms: [String] = [],
        explanation: Text,
        fixes: [Fix],
        proof: Proof,
        whatWouldDecide: Text? = nil,
        sources: [String] = []
    ) {
        self.id = id
        self.causeClass = causeClass
        self.title = title
        self.symptoms = symptoms
        self.explanation = explanation
        self.fixes = fixes
        self.proof = proof
        self.whatWouldDecide = whatWouldDecide
        self.sources = sources
    }

    /// What can prove a cause.
    package enum Proof: String, Sendable {
        /// One probe sees it on the wire.
        case wire
        /// Probes that differ in one thing.
        case comparison
        /// The address of the page, its fields or its scheme.
        case page
        /// The traffic of the user's own client.
        case traffic
        /// A log line or a setting; it cannot be told from outside.
        case log
    }
}

/// One thing to change.
package struct Fix: Sendable {
    /// Whose setting it is; nil for everybody.
    package let software: ServerSoftware?
    package let text: Text
    /// What to write, where.
    package let snippet: String?

    /// A fix for everybody.
    package init(_ text: Text, snippet: String? = nil) { self.init(nil, text, snippet: snippet) }

    package init(_ software: ServerSoftware?, _ text: Text, snippet: String? = nil) {
        self.software = software
        self.text = text
        self.snippet = snippet
    }
}

/// The seven classes of causes.
package enum CauseClass: Int, Codable, Sendable, CaseIterable {
    case serverConfiguration = 1
    case network
    case firewall
    case certificate
    case origin
    case code
    case version
}
