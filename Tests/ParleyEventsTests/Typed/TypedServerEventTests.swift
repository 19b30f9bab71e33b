// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleyTestSupport
import Testing

/// All events that servers send are known, in both dialects.
@Suite("Typed server events")
struct TypedServerEventTests {
    static let gaSamples = Result { try EventSamples.server(.ga) }
    static let betaSamples = Result { try EventSamples.server(.beta) }

    static func samples(_ dialect: Dialect) throws -> [EventSamples.Sample] {
        try (dialect == .ga ? gaSamples : betaSamples).get()
    }

    @Test("the samples have every event of the reference", arguments: [(Dialect.ga, 46), (.beta, 35)])
    func complete(dialect: Dialect, count: Int) throws {
        let types = try #require(EventSamples.serverSchemas.get()[dialect]).types
        #expect(types.count == count)
        #expect(Set(types) == Set(try Self.samples(dialect).compactMap { $0.event["type"]?.stringValue }))
    }

    @Test("every sample is typed and keeps its name", arguments: try TypedServerEventTests.gaSamples.get())
    func typed(sample: EventSamples.Sample) throws {
        let event = try ServerEvent(decoding: sample.event)
        #expect(!event.isUnknown)
        #expect(event.type == sample.event["type"]?.stringValue)
        #expect(ServerEvent(lenient: sample.event) == event)
    }

    @Test("every beta sample is typed", arguments: try TypedServerEventTests.betaSamples.get())
    func typedBeta(sample: EventSamples.Sample) throws {
        let received = ReceivedEvent(sample.event, dialect: .beta)
        #expect(!received.event.isUnknown)
        #expect(received.problem == nil)
        #expect(received.eventID == sample.event["event_id"]?.stringValue)
        #expect(received.object.text == sample.event.text)
    }

    @Test("encoding what was decoded gives the same event", arguments: try TypedServerEventTests.gaSamples.get())
    func roundTrip(sample: EventSamples.Sample) throws {
        let received = ReceivedEvent(sample.event, dialect: .ga)
        #expect(isEquivalent(received.encoded, sample.event), "\(received.encoded.text)")
        #expect(try ServerEvent(decoding: received.encoded) == received.event)
        #expect(received.unknownMembers.names == (sample.event["obfuscation"] == nil ? [] : ["obfuscation"]))
    }

    @Test("all events of the sequences are typed and encode to themselves", arguments: Dialect.allCases)
    func sequences(dialect: Dialect) throws {
        var count = 0
        for name in try Fixtures.sequenceNames(dialect) {
            for step in try Fixtures.sequence(dialect, name) where !step.isFromClient {
                let received = ReceivedEvent(step.event, dialect: dialect)
                #expect(!received.event.isUnknown, "\(name): \(step.event.text)")
                if dialect == .ga {
                    let expected = step.event.withWholeItems
                    #expect(isEquivalent(received.encoded, expected), "\(name): \(received.encoded.text)")
                }
                count += 1
            }
        }
        #expect(count > 200)
    }

    @Test("the envelope writes the bytes that came", arguments: Dialect.allCases)
    func bytes(dialect: Dialect) throws {
        for sample in try Self.samples(dialect) {
            let bytes = message(sample.event.text)
            let received = try ReceivedEvent(parsing: bytes, dialect: dialect)
            var written = ByteBuffer()
            received.write(into: &written)
            #expect(written == bytes, "\(sample.name)")
        }
    }

    @Test("digits and the order of members survive in the envelope")
    func digits() throws {
        let text = #"{"z":1.50e+3,"type":"future.event","a":12345678901234567890.10,"event_id":"e"}"#
        let received = try ReceivedEvent(parsing: message(text), dialect: .ga)
        var written = ByteBuffer()
        received.write(into: &written)
        #expect(String(buffer: written) == text)
        #expect(received.event == .unknown(type: "future.event", received.object))
        #expect(received.event.object(eventID: "e").text == text)
        #expect(received.problem == nil)
    }
}
