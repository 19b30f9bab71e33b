// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import ParleyTestPeers
import Testing

@testable import ParleyTransport

@Suite("Why a certificate is not trusted")
struct CertificateDistrustTests {
    @Test(
        "is what the certificate itself shows",
        arguments: [(-60, .notYetValid), (0, .selfSigned), (60, .expired)] as [(Double, CertificateDistrust)]
    )
    func shown(days: Double, distrust: CertificateDistrust) throws {
        let authority = try Authority()
        defer { authority.remove() }
        #expect(CertificateDistrust(authority.certificate, now: Date(timeIntervalSinceNow: days * 86_400)) == distrust)
    }

    @Test("is not known of what is no certificate")
    func unreadable() { #expect(CertificateDistrust([1, 2, 3], now: Date()) == nil) }
}
