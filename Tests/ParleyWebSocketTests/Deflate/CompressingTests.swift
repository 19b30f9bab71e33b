// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyWebSocket

private let event = #"{"type":"response.output_text.delta","event_id":"event_1","delta":"Good morning, all"}"#

private func machine(
    _ role: Role,
    _ offer: DeflateOffer = DeflateOffer(),
    settings: DeflateSettings = DeflateSettings()
) -> ConnectionMachine {
    ConnectionMachine(
        role: role,
        limits: ConnectionLimits(),
        compression: Compression(DeflateAgreement(offer), settings: settings),
        now: .uptimeNanoseconds(1),
        maskingKey: { 0x1122_3344 }
    )
}

/// The bytes of one message.
private func written(
    _ machine: inout ConnectionMachine,
    _ text: String,
    _ kind: Message.Kind = .text,
    carriesAudio: Bool = false
) -> [UInt8] {
    var frames = ByteBuffer()
    machine.append(kind, carriesAudio: carriesAudio, to: &frames) { $0.writeString(text) }
    return Array(frames.readableBytesView)
}

@Suite("Sending compressed messages")
struct CompressingTests {
    @Test("compresses what is long enough and no audio", arguments: Role.allCases)
    func policy(role: Role) {
        var machine = machine(role)
        let mask: UInt8 = role == .client ? 0x80 : 0
        let shortest = String(repeating: "x", count: 64)
        #expect(written(&machine, event)[0] == 0xC1)
        #expect(written(&machine, event, .binary)[0] == 0xC2)
        #expect(written(&machine, shortest)[0] == 0xC1)
        #expect(written(&machine, String(shortest.dropLast())).prefix(2) == [0x81, mask | 63])
        #expect(written(&machine, event, carriesAudio: true).prefix(2) == [0x81, mask | UInt8(event.utf8.count)])
        #expect(written(&machine, "").prefix(2) == [0x81, mask])
    }

    @Test("compresses everything where the policy says so")
    func everything() {
        let policy = CompressionPolicy(minBytes: 0, compressesAudio: true)
        var machine = machine(.server, settings: DeflateSettings(policy: policy))
        #expect(written(&machine, "x")[0] == 0xC1)
        #expect(written(&machine, event, carriesAudio: true)[0] == 0xC1)
        #expect(written(&machine, "") == [0xC1, 1, 0])
    }

    @Test(
        "comes back as it was on the other side, whatever was agreed on",
        arguments: Role.allCases,
        DeflateOfferTests.offers.filter { !$0.hasSuffix("; client_max_window_bits") }
    )
    func roundTrip(role: Role, terms: String) throws {
        let answer = try DeflateOffer(try #require(ExtensionElement(terms)), from: .server)
        let settings = DeflateSettings(windowBits: 15, policy: CompressionPolicy(minBytes: 0, compressesAudio: true))
        var sender = machine(role, answer, settings: settings)
        var receiver = Endpoint(
            role.peer,
            compression: Compression(DeflateAgreement(answer), settings: settings),
            ownership: .given
        )
        let texts = ["", event, event, "x", String(repeating: "é你👋", count: 9000), event]
        for text in texts { receiver.received(written(&sender, text), inPiecesOf: 1000) }
        #expect(receiver.log == texts.map { .text($0) })
    }

    @Test("sends plain messages where the other side reads only a window that zlib cannot keep")
    func smallestWindow() {
        var server = DeflateOffer()
        server.serverMaxWindowBits = 8
        var machine = machine(.server, server)
        #expect(written(&machine, event)[0] == 0x81)
    }

    @Test("forgets the context of the side that agreed to, or that wants to, and of no other")
    func context() {
        func repeated(_ role: Role, _ offer: DeflateOffer, _ settings: DeflateSettings = DeflateSettings()) -> Bool {
            var machine = machine(role, offer, settings: settings)
            return written(&machine, event) == written(&machine, event)
        }
        var server = DeflateOffer()
        server.serverNoContextTakeover = true
        var client = DeflateOffer()
        client.clientNoContextTakeover = true
        #expect(repeated(.server, server) && !repeated(.client, server))
        #expect(!repeated(.server, client) && repeated(.client, client))
        #expect(repeated(.server, DeflateOffer(), DeflateSettings(forgetsContext: true)))
    }

    @Test("goes behind what waits in the buffer, and is not sent once a close frame went out")
    func buffer() {
        var machine = machine(.server)
        var frames = ByteBuffer(string: "before")
        machine.append(.text, to: &frames) { $0.writeString(event) }
        #expect(String(buffer: frames).hasPrefix("before"))
        machine.close(.normalClosure, reason: "", at: .uptimeNanoseconds(2))
        #expect(written(&machine, event) == [])
    }

    @Test("keeps its place as long as it may compress")
    func place() {
        final class Place: Sendable {}
        weak var place: Place?
        do {
            let taken = Place()
            place = taken
            let compression = Compression(DeflateAgreement(DeflateOffer()), settings: DeflateSettings(), place: taken)
            var machine = ConnectionMachine(
                role: .server,
                limits: ConnectionLimits(),
                compression: compression,
                now: .uptimeNanoseconds(1)
            )
            #expect(written(&machine, event)[0] == 0xC1)
        }
        #expect(place == nil)
    }
}
