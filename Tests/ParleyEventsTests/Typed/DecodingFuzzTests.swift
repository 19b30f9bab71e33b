// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import Testing

/// Whatever happens to an event on its way, the client survives and has it.
@Suite("Decoding of damaged events")
struct DecodingFuzzTests {
    @Test("damage is never fatal and loses nothing", arguments: Dialect.allCases)
    func damage(dialect: Dialect) throws {
        var damage = Damage(seed: 7)
        var typed = 0
        var unknown = 0
        for sample in try EventSamples.server(dialect) {
            for _ in 0..<60 {
                let damaged = damage.applied(to: sample.event)
                var edge = ClientEdge(dialect: dialect)
                let events = edge.received(message(damaged.text)).events
                let own = events.filter { !$0.isAdded }
                #expect(own.count == 1 && own.first?.object.text == damaged.text, "\(damaged.text)")
                for event in events {
                    let object = event.event.object(eventID: event.eventID)
                    #expect(event.event == ServerEvent(lenient: object), "\(object.text)")
                    if event.event.isUnknown { #expect(object == event.gaObject) }
                }
                for event in own {
                    if event.event.isUnknown { unknown += 1 } else { typed += 1 }
                }
            }
        }
        // Both outcomes are exercised.
        #expect(typed > 300 && unknown > 300)
    }

    @Test("new members and new words leave every event typed")
    func growth() throws {
        for sample in try EventSamples.server(.ga) {
            let grown = JSON.object(sample.event).grown.objectValue ?? [:]
            let received = ReceivedEvent(grown, dialect: .ga)
            #expect(!received.event.isUnknown, "\(received.problem?.message ?? ""): \(sample.name)")
            #expect(received.gaObject.text == grown.text)
            #expect(isEquivalent(received.encoded, grown), "\(received.encoded.text)")
        }
    }

    @Test("damaged client events are read or refused, and kept", arguments: Dialect.allCases)
    func clientDamage(dialect: Dialect) throws {
        var damage = Damage(seed: 8)
        var counts = (read: 0, refused: 0)
        for sample in try EventSamples.client(dialect) {
            for _ in 0..<60 {
                let damaged = damage.applied(to: sample.event)
                let sent = SentEvent(damaged, dialect: dialect)
                #expect(sent.object.text == damaged.text)
                #expect((sent.event == nil) == (sent.problem != nil), "\(damaged.text)")
                guard let event = sent.event else {
                    counts.refused += 1
                    continue
                }
                counts.read += 1
                let again = try ClientEvent(event.object(eventID: nil), inputFormat: .pcm)
                #expect(again == event.withoutTemperature, "\(damaged.text)")
            }
        }
        #expect(counts.read > 100 && counts.refused > 100)
    }
}

extension ClientEvent {
    /// The event without what only beta clients say.
    fileprivate var withoutTemperature: ClientEvent {
        switch self {
        case .sessionUpdate(let update, _): return .sessionUpdate(update)
        case .responseCreate(var overrides):
            overrides.temperature = nil
            return .responseCreate(overrides)
        default: return self
        }
    }
}

extension JSON {
    /// Every object with a member more.
    fileprivate var grown: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.grown))
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.name, $0.value.grown) } + [("future", ["is": "here"])]))
        default: self
        }
    }
}

/// Reproducible damage to JSON.
private struct Damage {
    private var generator: SplitMix

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    private static let values: [JSON] = [
        .null, true, 0, -1, 1.5, "", "x", [], [:], [nil], ["a": 1], .number(JSONNumber(Int.max)),
        .number(JSONNumber(Int.min)), JSON(1e300), "\u{0}", ["type": "x"],
    ]

    mutating func applied(to object: JSONObject) -> JSONObject {
        var object = object
        for _ in 0...Int.random(in: 0..<2, using: &generator) {
            if case .object(let damaged) = damaged(.object(object)) { object = damaged }
        }
        return object
    }

    private mutating func damaged(_ value: JSON) -> JSON {
        switch value {
        case .object(var object) where !object.isEmpty:
            let name = object.names.randomElement(using: &generator) ?? ""
            switch Int.random(in: 0..<8, using: &generator) {
            case 0: object[name] = nil
            case 1: object["new"] = Self.values.randomElement(using: &generator)
            case 2: object.rename(name, to: name + "x")
            default: object[name] = object[name].map { damaged($0) }
            }
            return .object(object)
        case .array(var elements) where !elements.isEmpty:
            let index = elements.indices.randomElement(using: &generator) ?? 0
            elements[index] = damaged(elements[index])
            return .array(elements)
        default: return Self.values.randomElement(using: &generator) ?? .null
        }
    }
}

/// A small generator with the same numbers on every run.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
