// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// Whether it works, for whom.
struct Outcome {
    let verdict: Report.Verdict
    /// What each client meets.
    let results: [Report.ProfileResult]

    /// Causes that lie in the user's own client, in its page or on its way, and that no probe meets.
    private static let ofTheUser: Set<String> = [
        "org-mixed-content", "org-csp", "org-unsafe-port", "org-local-network-access", "org-hsts", "org-cookie",
        "code-url-fragment",
        "code-bad-subprotocol-token", "code-browser-headers", "code-binary-vs-text", "code-client-http10",
        "code-bad-key",
        "code-unmasked-client", "code-client-no-pong", "code-client-scheme", "code-compression-safari",
        "ver-realtime-event-shape", "ver-h2-extended-connect", "tls-revoked", "fw-proxy-ignored",
    ]

    /// Causes that end a connection which was opened well.
    private static let later: Set<String> = [
        "srv-proxy-idle-timeout", "fw-idle-rst", "net-silent-idle-drop", "srv-message-too-big", "net-mtu",
    ]

    init(_ facts: Facts, _ ranking: Ranking) {
        results = facts.results
        let decided = facts.results.compactMap(\.connects)
        let asked = facts.asked
        let failures = facts.failing
        let isUniversal =
            !failures.isEmpty && failures.count == asked.count && failures.allSatisfy(\.failure.isUniversal)
        if decided.contains(false) {
            verdict = decided.contains(true) ? .connectsForSome : .fails
        } else if isUniversal || ranking.finding(Self.later) != nil || (asked.isEmpty && ranking.cause != nil) {
            verdict = .fails
        } else if facts.missesTap || ranking.finding(Self.ofTheUser) != nil {
            verdict = decided.contains(true) && facts.question.clients.isEmpty ? .connectsForSome : .fails
        } else if decided.contains(true) {
            verdict = .connects
        } else if !failures.isEmpty {
            verdict = .connectsForSome
        } else {
            // A mirror saw a client open the connection.
            let isMirrored = facts.clients.contains { $0.record.response?.status == 101 }
            verdict = isMirrored || asked.contains { $0.exchange.isUpgraded } ? .connects : .inconclusive
        }
    }
}

extension Facts {
    /// Whether the user's own client failed when it was watched.
    var missesTap: Bool {
        watched.contains { $0.exchange.failure(expectation) != nil }
            || clients.contains {
                $0.record.notHTTP != nil || $0.record.complaint != nil || ($0.record.exitStatus ?? 0) != 0
            }
    }
}

extension Report {
    /// The exit status of the command: 0 when every selected profile connects, 1 when a cause was found, 3 when it fails
    /// and none is proved.
    package var exitStatus: Int32 {
        if cause != nil { return 1 }
        return verdict == .connects ? 0 : 3
    }
}
