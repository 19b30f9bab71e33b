// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

/// Events that are not what they should be must never stop a translator.
@Suite("Malformed events")
struct TranslationFuzzTests {
    @Test("are translated or passed on, whatever is wrong with them", arguments: 0..<6)
    func survivesMutations(seed: UInt64) throws {
        let events = try Fixtures.allEvents()
        var mutator = Mutator(seed: seed)
        var translators = [
            DialectTranslator(client: .beta, server: .ga), DialectTranslator(client: .beta, server: .ga),
            DialectTranslator(client: .ga, server: .beta),
        ]
        translators[1].unknownMembers = .keep
        for event in events {
            let mutated = mutator.mutated(event)
            for index in translators.indices {
                check(translators[index].clientEvent(mutated), for: mutated)
                #expect(translators[index].dropped.count <= 16)
                for output in translators[index].serverEvent(mutated) {
                    #expect(try JSON(parsing: output.text) == .object(output))
                }
                #expect(translators[index].dropped.count <= 16)
            }
        }
    }

    /// The server gets one event with the client's id; the client gets errors with it, or its session.
    private func check(_ outcome: DialectTranslator.ClientOutcome, for event: JSONObject) {
        switch outcome {
        case .forward(let forwarded):
            #expect(forwarded["event_id"] == event["event_id"])
        case .answer(let answers):
            #expect(answers.count <= 1)
            for answer in answers {
                #expect(answer["event_id"]?.stringValue?.hasPrefix("event_gw_") == true)
                if answer["type"] == "error" {
                    #expect(answer["error"]?["param"]?.stringValue?.isEmpty == false)
                    #expect(answer["error"]?["event_id"] == JSON(event["event_id"]?.stringValue))
                } else {
                    #expect(answer["session"]?.objectValue != nil)
                }
            }
        }
    }
}

/// Removes members, gives them values of other kinds, or moves them.
private struct Mutator {
    private var generator: JSONGenerator

    init(seed: UInt64) { generator = JSONGenerator(seed: seed) }

    /// The event with one to three places changed; its type mostly stays, or nothing would be tested.
    mutating func mutated(_ event: JSONObject) -> JSONObject {
        var result = JSON.object(event)
        for _ in 0..<Int.random(in: 1...3, using: &generator.random) { result = changed(result, depth: 0) }
        guard case .object(var object) = result else { return event }
        if Int.random(in: 0..<20, using: &generator.random) > 0 { object["type"] = event["type"] }
        return object
    }

    private mutating func changed(_ value: JSON, depth: Int) -> JSON {
        let stopsHere = depth > 0 && Int.random(in: 0..<3, using: &generator.random) == 0
        switch value {
        case .object(var object) where !object.isEmpty && !stopsHere:
            guard let name = object.names.randomElement(using: &generator.random), let member = object[name] else {
                return value
            }
            switch Int.random(in: 0..<8, using: &generator.random) {
            case 0: object[name] = nil
            case 1: object["unexpected"] = member
            default: object[name] = changed(member, depth: depth + 1)
            }
            return .object(object)
        case .array(var elements) where !elements.isEmpty && !stopsHere:
            let index = Int.random(in: elements.indices, using: &generator.random)
            elements[index] = changed(elements[index], depth: depth + 1)
            return .array(elements)
        default:
            return generator.value(depth: 2)
        }
    }
}
