// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import ParleyEvents
import Testing

/// Everything with a JSON form works with the coders of others.
@Suite("Coding by other coders")
struct CodableTests {
    static func coded<Value: Codable>(_ value: Value) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
    }

    static let values: [JSON] = [
        .null, true, false, 0, -1, 1.5, "", "é\n\"", [], [:], [1, [nil, "x"], ["a": ["b": []]]],
        .number(JSONNumber(Int.max)), .number(JSONNumber(Int.min)), JSON(1e300), JSON(-0.001),
    ]

    @Test("any JSON comes back from Foundation's coder", arguments: values)
    func json(value: JSON) throws {
        #expect(try Self.coded([value]) == [value])
    }

    @Test("integers beyond 63 bits keep their digits")
    func bigInteger() throws {
        let value = try JSON(parsing: "[18446744073709551615]")
        #expect(try Self.coded(value) == value)
    }

    @Test("Foundation reads what is written by the coder as it reads the text itself")
    func sameText() throws {
        for sample in try EventSamples.server(.ga) {
            let byCoder = try JSONSerialization.jsonObject(with: JSONEncoder().encode(sample.event))
            let byText = try JSONSerialization.jsonObject(with: Data(sample.event.text.utf8))
            #expect(byCoder as? NSDictionary == byText as? NSDictionary)
        }
    }

    @Test("members go to a coder in their order")
    func order() throws {
        let names = ["z", "a", "m", "b"]
        let object = JSONObject(names.map { ($0, JSON.null) })
        let log = NameLog()
        try object.encode(to: RecordingEncoder(log: log))
        #expect(log.names == names)
    }

    @Test("every server event comes back")
    func serverEvents() throws {
        for sample in try EventSamples.server(.ga) {
            let event = try ServerEvent(decoding: sample.event)
            #expect(try Self.coded(event) == event, "\(sample.name)")
        }
    }

    @Test("every client event comes back")
    func clientEvents() throws {
        for sample in try EventSamples.client(.ga) {
            let event = try ClientEvent(sample.event, inputFormat: .pcm)
            #expect(try Self.coded(event) == event, "\(sample.name)")
        }
    }

    @Test("envelopes come back with their dialect", arguments: Dialect.allCases)
    func envelopes(dialect: Dialect) throws {
        for sample in try EventSamples.server(dialect) {
            let again = try Self.coded(ReceivedEvent(sample.event, dialect: dialect))
            #expect(again.dialect == dialect)
            #expect(isEquivalent(again.object, sample.event))
            #expect(!again.event.isUnknown)
        }
        for sample in try EventSamples.client(dialect) {
            let again = try Self.coded(SentEvent(sample.event, dialect: dialect))
            #expect(isEquivalent(again.object, sample.event))
            #expect(again.event != nil)
        }
    }

    @Test("models come back")
    func models() throws {
        let error = RealtimeError(code: "c", message: "m", param: "p", eventID: "e")
        #expect(try Self.coded(error) == error)
        for format in AudioFormat.allCases { #expect(try Self.coded([format]) == [format]) }
        let limit = RateLimit(name: "requests", limit: 3, remaining: 2, resetSeconds: 0.5)
        #expect(try Self.coded(limit) == limit)
        let token = TokenLogProbability(token: "t", logProbability: -1.25, bytes: [116])
        #expect(try Self.coded(token) == token)
        let session = Session(id: "s", model: "m", expiresAt: 1)
        #expect(try Self.coded(session) == session)
        for part in ReceivedModelTests.contents { #expect(try Self.coded(part.1) == part.1) }
        for tool in ReceivedModelTests.tools { #expect(try Self.coded(tool) == tool) }
        for choice in ReceivedModelTests.choices { #expect(try Self.coded([choice]) == [choice]) }
        for limit in [TokenLimit.infinite, .tokens(5)] { #expect(try Self.coded([limit]) == [limit]) }
    }

    @Test("what cannot be read says why and where")
    func failure() throws {
        let data = Data(#"[{"type":"audio/opus"}]"#.utf8)
        do {
            _ = try JSONDecoder().decode([AudioFormat].self, from: data)
            Issue.record("read a format that does not exist")
        } catch DecodingError.dataCorrupted(let context) {
            #expect(context.debugDescription.hasPrefix("Invalid value: 'audio/opus'."))
            #expect(context.codingPath.count == 1)
            #expect((context.underlyingError as? RealtimeError)?.param == "type")
        }
    }
}

/// The names that an encoder was given.
private final class NameLog {
    var names: [String] = []
}

/// Takes objects whose members are all `null`, and notes their names.
private struct RecordingEncoder: Encoder {
    let log: NameLog
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        KeyedEncodingContainer(RecordingContainer(log: log))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer { preconditionFailure("only objects are expected") }
    func singleValueContainer() -> any SingleValueEncodingContainer { preconditionFailure("only objects are expected") }
}

private struct RecordingContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let log: NameLog
    var codingPath: [any CodingKey] { [] }

    mutating func encodeNil(forKey key: Key) { log.names.append(key.stringValue) }
    mutating func encode<T: Encodable>(_ value: T, forKey key: Key) { log.names.append(key.stringValue) }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy keyType: NestedKey.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> { preconditionFailure("only null members are expected") }

    mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        preconditionFailure("only null members are expected")
    }

    mutating func superEncoder() -> any Encoder { RecordingEncoder(log: log) }
    mutating func superEncoder(forKey key: Key) -> any Encoder { RecordingEncoder(log: log) }
}
