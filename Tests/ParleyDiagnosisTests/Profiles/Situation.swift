// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyDiagnosis

/// A server as the doctor saw it, with one exchange for each client.
struct Situation {
    var question: Question
    /// What happens to the request of a client.
    var meet: (ClientProfile, inout Exchange) -> Void
    /// Other evidence.
    var more: [Evidence] = []

    init(_ url: String, _ meet: @escaping (ClientProfile, inout Exchange) -> Void) {
        question = Question(url: url)
        self.meet = meet
    }

    var facts: Facts {
        let address = TargetAddress(question.url)
        let own = ClientProfile.all.enumerated()
            .map { index, profile in
                let request = profile.request(question, to: address, key: sampleKey)
                var exchange = Exchange.asked(request, secure: address.isSecure)
                exchange.endpoint.host = address.host
                exchange.endpoint.port = address.port
                exchange.endpoint.address = "127.0.0.1"
                exchange.endpoint.proxy = profile.usesProxy ? question.proxy : nil
                meet(profile, &exchange)
                return Evidence(id: "e\(index)", probe: .profile, variant: profile.id, data: .exchange(exchange))
            }
        return Facts(question, own + more)
    }

    /// Which of these clients connect.
    func connects(_ ids: String...) -> [Bool?] { ids.map { ClientProfile.named($0)?.result(facts).connects } }

    /// What a client says.
    func says(_ id: String) -> String? { ClientProfile.named(id)?.result(facts).failure }
}

extension Exchange {
    /// The server takes the offer as it should, and the first of the subprotocols.
    mutating func open(_ conversation: Conversation = Conversation(pingAnswered: true)) {
        response = .right {
            if let first = request?.subprotocols.first { $0.add("Sec-WebSocket-Protocol", first) }
        }
        self.conversation = conversation
        end = End(.enough, atMS: 20)
    }

    /// The connection went no further than TCP.
    mutating func stop(_ result: TCPOutcome.Result) {
        tcp = TCPOutcome(result, durationMS: 1)
        request = nil
    }

    /// TLS came to this.
    mutating func tls(_ outcome: TLSOutcome) {
        tls = outcome
        if outcome.result != .completed { request = nil }
    }
}

extension Conversation {
    /// An echo server's.
    static var echo: Conversation { Conversation(pingAnswered: true, echoed: true) }

    /// A Realtime server's.
    static var created: Conversation {
        var conversation = Conversation(pingAnswered: true)
        conversation.firstEvent = FirstEvent(atMS: 5, type: "session.created")
        return conversation
    }

    /// An error event and a close.
    static func refusal(_ code: Int, _ reason: String, message: String) -> Conversation {
        var conversation = Conversation()
        conversation.firstEvent = FirstEvent(atMS: 5, type: "error", errorMessage: message)
        conversation.close = Close(atMS: 6, code: code, reason: reason)
        return conversation
    }
}
