// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@Suite("Translation pairs")
struct PairTests {
    @Test("what a beta client says to a GA server", arguments: try Fixtures.pairs("client.beta_to_ga"))
    func betaClient(pair: Fixtures.Pair) {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.clientEvent(pair.input).forwarded == pair.outputs.first)
        #expect(pair.outputs.count == 1)
    }

    @Test("what a GA client says to a beta server", arguments: try Fixtures.pairs("client.ga_to_beta"))
    func gaClient(pair: Fixtures.Pair) {
        var translator = DialectTranslator(client: .ga, server: .beta)
        let outcome = translator.clientEvent(pair.input)
        if let expected = pair.outputs.first {
            #expect(outcome.forwarded == expected)
        } else {
            #expect(outcome.error?["code"] == "unsupported_in_dialect")
            #expect(outcome.error?["param"]?.stringValue?.hasPrefix("item.") == true)
        }
    }

    @Test("what a GA server says to a beta client", arguments: try Fixtures.pairs("server.ga_to_beta"))
    func gaServer(pair: Fixtures.Pair) {
        var translator = DialectTranslator(client: .beta, server: .ga)
        #expect(translator.serverEvent(pair.input) == pair.outputs)
    }

    @Test("what a beta server says to a GA client, sequence by sequence")
    func betaServer() throws {
        let pairs = try Fixtures.pairs("server.beta_to_ga")
        var translators: [String: DialectTranslator] = [:]
        for pair in pairs {
            let sequence = try #require(pair.sequence)
            let outputs = translators[sequence, default: DialectTranslator(client: .ga, server: .beta)]
                .serverEvent(pair.input)
            #expect(outputs.map(withoutOwnID) == pair.outputs.map { withoutOwnID($0, of: pair.input) }, "\(pair)")
        }
        #expect(translators.count > 1)
    }

    /// The samples give events that the translator makes ids that cannot be foreseen.
    private func withoutOwnID(_ event: JSONObject) -> JSONObject {
        var event = event
        if event["event_id"]?.stringValue?.hasPrefix("event_gw_") == true { event["event_id"] = nil }
        return event
    }

    private func withoutOwnID(_ event: JSONObject, of input: JSONObject) -> JSONObject {
        var event = event
        if event["event_id"] != input["event_id"] { event["event_id"] = nil }
        return event
    }
}
