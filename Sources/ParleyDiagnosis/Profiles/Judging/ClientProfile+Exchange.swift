// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyHandshake

extension ClientProfile {
    /// The exchange that shows what this client meets, and whether it is one with this client's request.
    ///
    /// That is the one made for this profile, else the one whose request is nearest, else how far anybody got.
    func exchange(_ facts: Facts) -> (exchange: Exchange, isLikeOurs: Bool)? {
        if let own = facts.all(.profile).first(where: { $0.variant == id && goesOurWay($0.exchange, facts) }) {
            return (own.exchange, true)
        }
        let wanted = request(facts.question, to: facts.address, key: "")
        let nearest = [Probe.asAsked, .reference, .profile, .withoutProxy, .variation]
            .flatMap { facts.all($0) }
            .filter { goesOurWay($0.exchange, facts) }
            .map { (exchange: $0.exchange, distance: Self.distance($0.exchange.request, wanted)) }
            .min { $0.distance < $1.distance }
        if let nearest { return (nearest.exchange, nearest.distance < Self.telling) }
        let early = facts.all(.tls) + facts.all(.connect)
        let reached = early.first { $0.exchange.tcp?.result == .connected } ?? early.first
        return reached.map { ($0.exchange, false) }
    }

    /// A client that knows no proxy goes past the one that the user names.
    private func goesOurWay(_ exchange: Exchange, _ facts: Facts) -> Bool {
        facts.question.proxy == nil || (exchange.endpoint.proxy != nil) == usesProxy
    }

    /// From here on a server may well answer differently.
    private static let telling = 4

    /// How much two requests differ in what servers look at; 0 when a connection failed before there was one.
    private static func distance(_ sent: Exchange.Request?, _ wanted: Exchange.Request) -> Int {
        guard let sent else { return 0 }
        func differs(_ name: String) -> Bool { sent.headers.first(name) != wanted.headers.first(name) }
        func isMissing(_ name: String) -> Bool {
            (sent.headers.first(name) == nil) != (wanted.headers.first(name) == nil)
        }
        let offers = [sent, wanted].map { $0.subprotocols.map(Redaction.subprotocol) }
        var distance = 0
        if Redaction.target(sent.target) != Redaction.target(wanted.target) { distance += 16 }
        if offers[0] != offers[1] { distance += 8 }
        if differs("Origin") { distance += 4 }
        if differs("OpenAI-Beta") { distance += 4 }
        if isMissing("Authorization") || isMissing("api-key") { distance += 4 }
        if isMissing("Sec-WebSocket-Extensions") { distance += 2 }
        if isMissing("User-Agent") { distance += 1 }
        return distance
    }
}
