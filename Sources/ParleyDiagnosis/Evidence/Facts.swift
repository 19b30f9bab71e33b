// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// The evidence, as rules and profiles ask it.
package struct Facts: Sendable {
    package let question: Question
    package let address: TargetAddress
    package let evidence: [Evidence]
    /// What the clients meet, where that was judged already; empty while profiles judge.
    package let results: [Report.ProfileResult]
    /// Causes that the message the user saw points to, the likeliest first.
    package let pasted: [String]
    /// Software that the evidence shows, the one that answered first.
    package let detected: [ServerSoftware]
    /// The handshakes that the clients in question send, those of clients that fail first.
    private(set) var asked: [Seen] = []
    /// Those of ``asked`` that fail, judged strictly, with the failure.
    private(set) var failing: [(seen: Seen, failure: Failure)] = []
    /// Those of ``asked`` that were upgraded, with what is wrong with the answer.
    private(set) var opened: [(seen: Seen, defects: Set<AnswerDefect>)] = []

    package init(
        _ question: Question,
        _ evidence: [Evidence],
        results: [Report.ProfileResult] = [],
        pasted: [String] = []
    ) {
        self.question = question
        address = TargetAddress(question.url)
        self.evidence = evidence
        self.results = results
        self.pasted = pasted
        detected = SoftwareDetection.software(evidence)
        // Every rule asks for these.
        asked = findAsked()
        let tolerated = toleratedDefects()
        failing = asked.compactMap { seen in
            seen.exchange.failure(expectation, tolerating: tolerated[seen.id] ?? []).map { (seen, $0) }
        }
        opened = asked.filter { $0.exchange.isUpgraded }
            .map { ($0, Set(AnswerDefect.find(in: $0.exchange)).subtracting(tolerated[$0.id] ?? [])) }
    }

    /// One exchange and the id of its evidence.
    package struct Seen: Sendable {
        package let id: String
        package let variant: String?
        package let exchange: Exchange
    }

    /// The exchanges of a probe, in their order.
    package func all(_ probe: Probe) -> [Seen] {
        evidence.compactMap { item in
            guard item.probe == probe, case .exchange(let exchange) = item.data else { return nil }
            return Seen(id: item.id, variant: item.variant, exchange: exchange)
        }
    }

    /// The first exchange of a probe, of one variant if that is asked for.
    package func seen(_ probe: Probe, _ variant: String? = nil) -> Seen? {
        all(probe).first { variant == nil || $0.variant == variant }
    }

    /// The reference handshake with one thing changed.
    package func seen(_ variation: Variation) -> Seen? { seen(.variation, variation.rawValue) }

    /// What the name stands for.
    package var name: NameLookup? {
        evidence.lazy
            .compactMap { item in
                guard case .name(let lookup) = item.data else { return nil }
                return lookup
            }
            .first
    }

    /// The page whose script opens the socket.
    package var page: PageRecord? {
        evidence.lazy
            .compactMap { item in
                guard case .page(let page) = item.data else { return nil }
                return page
            }
            .first
    }

    /// What the real client did, in the order of its connections.
    package var clients: [(id: String, record: ClientRecord)] {
        evidence.compactMap { item in
            guard case .client(let record) = item.data else { return nil }
            return (item.id, record)
        }
    }

    /// Whether the target is to be treated as a Realtime server.
    package var isRealtime: Bool { question.isRealtime }
}

extension Question {
    /// Whether the target is to be treated as a Realtime server: by what is expected, by the address, or by what the
    /// client offers.
    package var isRealtime: Bool {
        switch expectation {
        case .sessionCreated: true
        case .echo: false
        case .open, nil:
            TargetAddress(url).looksLikeRealtime
                || (subprotocols ?? []).contains { $0 == "realtime" || $0.hasPrefix("openai-") }
        }
    }
}
