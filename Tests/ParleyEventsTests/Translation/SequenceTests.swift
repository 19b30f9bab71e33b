// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Properties that hold for whole conversations.
@Suite("Translated sequences")
struct SequenceTests {
    /// MCP items and idle timeouts exist in GA only.
    static let gaOnly: Set = ["15_idle_timeout.jsonl", "22_mcp.jsonl"]

    static func sharedSequences() throws -> [String] {
        try Fixtures.sequenceNames(.ga).filter { !gaOnly.contains($0) }
    }

    @Test("all sample sequences are there")
    func samplesExist() throws {
        #expect(try Fixtures.sequenceNames(.ga).count == 21)
        #expect(try Fixtures.sequenceNames(.beta).count == 20)
    }

    @Test("GA to beta and back gives the same event types in the same order", arguments: try sharedSequences())
    func gaRoundTrip(name: String) throws {
        var chain = Chain(outer: .ga)
        var sent: [JSON?] = []
        var received: [JSON?] = []
        for step in try Fixtures.sequence(.ga, name) {
            if step.isFromClient {
                chain.clientEvent(step.event)
            } else {
                sent.append(step.event["type"])
                received += chain.serverEvent(step.event).map { $0["type"] }
            }
        }
        #expect(received == sent)
    }

    @Test("beta to GA and back gives the same events", arguments: try Fixtures.sequenceNames(.beta))
    func betaRoundTrip(name: String) throws {
        var chain = Chain(outer: .beta)
        for step in try Fixtures.sequence(.beta, name) {
            if step.isFromClient {
                chain.clientEvent(step.event)
            } else if step.event["error"]?["code"] == "beta_api_shape_disabled" {
                #expect(chain.serverEvent(step.event).isEmpty)
            } else {
                #expect(chain.serverEvent(step.event) == [step.event])
            }
        }
    }

    @Test(
        "client events survive beta to GA and back, but for what GA cannot hold",
        arguments: try Fixtures.sequenceNames(.beta)
    )
    func betaClientRoundTrip(name: String) throws {
        var chain = Chain(outer: .beta)
        for step in try Fixtures.sequence(.beta, name) {
            guard step.isFromClient else {
                _ = chain.serverEvent(step.event)
                continue
            }
            var expected = step.event
            if case .object(var session)? = expected["session"] {
                session["temperature"] = nil
                if session["modalities"] != nil { session["modalities"] = ["text", "audio"] }
                expected["session"] = .object(session)
            }
            #expect(chain.clientEvent(step.event) == expected)
        }
    }

    @Test("ids are those of the sender, or recognisably our own", arguments: Dialect.allCases)
    func idsAreNeverRewritten(server: Dialect) throws {
        let client: Dialect = server == .ga ? .beta : .ga
        var checked = 0
        for name in try Fixtures.sequenceNames(server) {
            var translator = DialectTranslator(client: client, server: server)
            var known: Set<String> = []
            for step in try Fixtures.sequence(server, name) where !step.isFromClient {
                collectIDs(.object(step.event), into: &known)
                for output in translator.serverEvent(step.event) {
                    var ids: Set<String> = []
                    collectIDs(.object(output), into: &ids)
                    #expect(ids.allSatisfy { known.contains($0) || $0.hasPrefix("event_gw_") })
                    checked += ids.count
                }
            }
        }
        #expect(checked > 100)
    }

    @Test("events keep their own event_id, and own ids never repeat", arguments: Dialect.allCases)
    func eventIDsAreUnique(server: Dialect) throws {
        let client: Dialect = server == .ga ? .beta : .ga
        for name in try Fixtures.sequenceNames(server) {
            var translator = DialectTranslator(client: client, server: server)
            let outputs = try Fixtures.sequence(server, name)
                .filter { !$0.isFromClient }
                .flatMap { translator.serverEvent($0.event) }
            let ids = outputs.compactMap { $0["event_id"]?.stringValue }
            #expect(Set(ids).count == ids.count, "\(name)")
        }
    }

    private func collectIDs(_ value: JSON, into ids: inout Set<String>) {
        switch value {
        case .object(let object):
            for member in object.members {
                if member.name == "id" || member.name.hasSuffix("_id"), let id = member.value.stringValue {
                    ids.insert(id)
                }
                collectIDs(member.value, into: &ids)
            }
        case .array(let elements):
            for element in elements { collectIDs(element, into: &ids) }
        default: break
        }
    }
}

/// Two translators in a row: what the outer dialect says becomes the other dialect and the outer one again.
private struct Chain {
    var near: DialectTranslator
    var far: DialectTranslator

    init(outer: Dialect) {
        let inner: Dialect = outer == .ga ? .beta : .ga
        near = DialectTranslator(client: outer, server: inner)
        far = DialectTranslator(client: inner, server: outer)
    }

    @discardableResult
    mutating func clientEvent(_ event: JSONObject) -> JSONObject? {
        near.clientEvent(event).forwarded.flatMap { far.clientEvent($0).forwarded }
    }

    mutating func serverEvent(_ event: JSONObject) -> [JSONObject] {
        far.serverEvent(event).flatMap { near.serverEvent($0) }
    }
}
