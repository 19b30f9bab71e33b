// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake
internal import ParleyWebSocket

extension ClientProfile {
    /// What this client meets, by the evidence, in its own words.
    package func result(_ facts: Facts) -> Report.ProfileResult {
        switch outcome(facts) {
        case .connects:
            Report.ProfileResult(id: id, connects: true)
        case .fails(let failure):
            Report.ProfileResult(id: id, connects: false, failure: words(for: failure, facts))
        case .unknown(let failure):
            Report.ProfileResult(id: id, connects: nil, failure: failure.map { words(for: $0, facts) })
        }
    }

    /// What this client meets, by the evidence: decided as this client decides.
    package func outcome(_ facts: Facts) -> ClientOutcome {
        if let failure = failsUnsent(facts) { return .fails(failure) }
        // Nobody is to be told that a server fails because of a client that nobody uses.
        if realtime?.needsSecureScheme == true, facts.isRealtime, !facts.address.isSecure {
            return isNamed(facts) ? .fails(.needsSecureScheme) : .unknown(.needsSecureScheme)
        }
        guard let found = exchange(facts) else { return nameOutcome(facts) }
        let outcome = judge(found.exchange, facts)
        guard outcome == .connects else { return outcome }
        if !found.isLikeOurs { return .unknown(nil) }
        return lasts(facts, found.exchange)
    }

    /// What keeps the client from sending a packet.
    private func failsUnsent(_ facts: Facts) -> ClientFailure? {
        let address = facts.address
        if address.hasScheme, !schemes.contains(address.scheme) { return .scheme(address.scheme) }
        if let fragment = address.fragment, refusesFragment { return .fragment(fragment) }
        let offered = offered(facts.question, to: address)
        if checksSubprotocolTokens {
            if let bad = offered.first(where: { !HeaderText.isToken($0) }) { return .subprotocolToken(bad) }
            if let twice = offered.first(where: { one in offered.count { $0 == one } > 1 }) {
                return .subprotocolToken(twice)
            }
        }
        if refusesBlockedPorts, BrowserPorts.areBlocked(address.port) { return .blockedPort }
        return isBrowser ? PageRules(facts).failure(library) : nil
    }

    /// Whether the user speaks of this client.
    private func isNamed(_ facts: Facts) -> Bool {
        facts.question.clients.contains { ClientProfile.named($0)?.id == id }
    }

    /// When no connection was tried: whether the name was the reason.
    private func nameOutcome(_ facts: Facts) -> ClientOutcome {
        guard let name = facts.name, name.addresses.isEmpty else { return .unknown(nil) }
        let answers = [name.ipv4, name.ipv6]
        if answers.contains(.noSuchName) { return .fails(.noSuchName) }
        if answers.contains(.notAsked) { return .unknown(nil) }
        return .fails(answers.allSatisfy { $0 == .noAddress } ? .noSuchName : .resolverFailed)
    }
}
