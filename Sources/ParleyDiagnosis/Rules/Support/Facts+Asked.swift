// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyWebSocket

extension Facts {
    /// What must happen for the connection to be called working.
    var expectation: Question.Expectation {
        question.expectation ?? (question.isRealtime ? .sessionCreated : .open)
    }

    /// Ids of the profiles that the user asked about; empty for all.
    var chosenClients: Set<String> {
        Set(question.clients.compactMap { ClientProfile.named($0)?.id })
    }

    /// Whether one of the clients in question is a browser.
    var concernsBrowsers: Bool {
        question.clients.isEmpty || question.page != nil
            || ClientProfile.selected(question).contains(where: \.isBrowser)
    }

    /// What the user's own client was seen to do with its server, or with a mirror that answered well.
    var watched: [Seen] {
        evidence.compactMap { item in
            guard item.probe == .tap || item.probe == .mirror && item.variant == nil,
                case .client(let record) = item.data
            else { return nil }
            return Seen(id: item.id, variant: item.variant, exchange: record.exchange(with: address))
        }
    }

    /// See ``asked``.
    func findAsked() -> [Seen] {
        let watched = self.watched
        if !watched.isEmpty { return watched }
        let chosen = chosenClients
        let failing = Set(results.filter { $0.connects == false }.map(\.id))
        // What a client meets that nobody asked about is no reason to blame the server.
        let judged = Set(results.map(\.id))
        let profiles = all(.profile)
            .filter { item in
                let id = item.variant ?? ""
                return (chosen.isEmpty || chosen.contains(id)) && (judged.isEmpty || judged.contains(id))
            }
        var found = all(.asAsked) + profiles.filter { failing.contains($0.variant ?? "") }
        // Clients that ask alike may share an exchange under the name of one of them.
        if failing.isEmpty || found.isEmpty { found += profiles.filter { !failing.contains($0.variant ?? "") } }
        if !found.contains(where: { $0.exchange.failure(expectation) != nil }) {
            found += profiles.filter { item in !found.contains { $0.id == item.id } && !failing.isEmpty }
        }
        return found.isEmpty ? all(.reference) : found
    }

    /// The exchange to explain: the first that fails, or the one that went furthest.
    var main: Seen? { failing.first?.seen ?? asked.first ?? seen(.tls) ?? seen(.connect) }

    /// Every exchange with the target itself by the way the client takes.
    var onTheWay: [Seen] {
        asked + all(.reference) + all(.asAsked) + all(.profile) + all(.variation) + all(.tls) + all(.connect)
            + all(.plainGet) + all(.inventedPath) + all(.greeting)
    }

    /// What the client that an exchange was made for puts up with, by the id of the evidence.
    ///
    /// Nothing while a client that fails shares the exchange of another.
    func toleratedDefects() -> [String: Set<AnswerDefect>] {
        let profiles = all(.profile)
        let made = Set(profiles.compactMap(\.variant))
        guard results.allSatisfy({ $0.connects != false || made.contains($0.id) }) else { return [:] }
        var tolerated: [String: Set<AnswerDefect>] = [:]
        for seen in profiles {
            tolerated[seen.id] = seen.variant.flatMap { ClientProfile.named($0) }?.tolerates
        }
        return tolerated
    }

    /// The first failing exchange that was answered with a status, and the status.
    var refusal: (seen: Seen, status: Int)? {
        failing.lazy
            .compactMap { item in
                guard case .status(let status) = item.failure else { return nil }
                return (item.seen, status)
            }
            .first
    }

    /// Those of ``asked`` that were upgraded.
    var allOpened: [Seen] { opened.map(\.seen) }

    /// The first of ``asked`` with one of some defects.
    func answer(with defects: Set<AnswerDefect>) -> Seen? {
        opened.first { !defects.isDisjoint(with: $0.defects) }?.seen
    }

    /// Whether the message that the user saw points to a cause.
    func isPasted(_ causeID: String) -> Bool { pasted.contains(causeID) }

    /// Whether that message points to one cause and no other.
    func isPastedAlone(_ causeID: String) -> Bool { pasted == [causeID] }

    /// The software that answers, or what the user says it is.
    var software: ServerSoftware? { question.server ?? detected.first }
}

extension ClientRecord {
    /// The same as an exchange with the server behind.
    func exchange(with address: TargetAddress) -> Exchange {
        if let upstreamFailure { return upstreamFailure }
        var exchange = Exchange(
            endpoint: .init(host: address.host, port: address.port, isSecure: address.isSecure)
        )
        exchange.request = request
        exchange.response = response
        exchange.conversation = conversation
        // What the client says in answer to the server's close is not its own good-bye.
        if serverClosedFirst == true { exchange.conversation?.clientClose = nil }
        // Nor is the server's answer to the client's good-bye.
        if serverClosedFirst == false, conversation?.clientClose != nil { exchange.conversation?.close = nil }
        exchange.end = serverEnd
        if request != nil, response == nil, serverEnd == nil, let clientEnd {
            exchange.end = Exchange.End(.timedOut, atMS: clientEnd.atMS)
        }
        return exchange
    }

    /// The client's own close frame, when it says that what the server sent is not to be had.
    var complaint: Conversation.Close? {
        guard serverClosedFirst != true, let close = conversation?.clientClose else { return nil }
        return [1002, 1003, 1007, 1009, 1010, 1011].contains(close.code ?? 0) ? close : nil
    }
}
