// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyDoctor

@Suite("TLS as it is seen on the wire")
struct TLSRecordsTests {
    private func record(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
        [type, 3, 3, UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    }

    @Test("An alert and a wish for a certificate are seen, however the bytes are cut")
    func cuts() {
        let request: [UInt8] = [13, 0, 0, 2, 9, 9]
        let bytes =
            record(22, [2, 0, 0, 1, 0] + request[..<3]) + record(22, Array(request[3...]) + [14, 0, 0, 0])
            + record(21, [2, 40])
        for cut in 0...bytes.count {
            var records = TLSRecords()
            records.received(bytes[..<cut])
            records.received(bytes[cut...])
            #expect(records.asksForCertificate == true)
            #expect(records.alert == 40)
            #expect(records.looksLikeTLS)
        }
    }

    @Test("That no certificate is wanted is known when the server has finished in the clear")
    func notAsked() {
        var records = TLSRecords()
        #expect(records.asksForCertificate == nil)
        records.received(record(22, [2, 0, 0, 0, 14, 0, 0, 0]))
        #expect(records.asksForCertificate == false)
    }

    @Test("A version was chosen when the server's hello came, not before", arguments: [21, 22] as [UInt8])
    func hello(type: UInt8) {
        var records = TLSRecords()
        #expect(!records.hasServerHello)
        records.received(record(type, type == 22 ? [2, 0, 0, 1, 0] : [2, 40]))
        #expect(records.hasServerHello == (type == 22))
    }

    @Test("Behind encryption nothing is read")
    func encrypted() {
        var records = TLSRecords()
        records.received(record(20, [1]) + record(21, [2, 40]))
        #expect(records.alert == nil)
    }

    @Test("Text is no TLS")
    func text() {
        var records = TLSRecords()
        records.received(Array("HTTP/1.1 400".utf8))
        #expect(!records.looksLikeTLS)
        #expect(records.firstBytes == Array("HTTP/1.1 400".utf8))
    }

    @Test("No bytes can stop it", arguments: 0..<200)
    func randomBytes(seed: UInt64) {
        var random = Seeded(seed)
        var records = TLSRecords()
        var count = 0
        for _ in 0..<20 {
            let isRecord = random.next() % 2 == 0
            let body = (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            let bytes = isRecord ? record(UInt8(20 + random.next() % 4), body) : body
            count += bytes.count
            records.received(bytes)
        }
        #expect(records.count == count)
    }
}
