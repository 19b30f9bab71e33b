// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOSSL
import ParleyTransport
import Testing

@Suite("The names in a certificate")
struct CertificateNameTests {
    @Test(
        "A name vouches for itself, a star for one label",
        arguments: [
            ("voice.example", "voice.example", true),
            ("voice.example", "example", false),
            ("voice.example", "a.voice.example", false),
            ("localhost", "localhost", true),
            ("*.voice.example", "a.voice.example", true),
            ("*.voice.example", "voice.example", false),
            ("*.voice.example", "a.b.voice.example", false),
            ("*.voice.example", ".voice.example", false),
            ("*.voice.example", "a.voice.example.evil", false),
            ("*.example", "voice.example", false),
            ("*", "localhost", false),
            ("*.", "a.", false),
            ("a*.voice.example", "ab.voice.example", false),
            ("a.*.example", "a.b.example", false),
            ("127.0.0.1", "127.0.0.1", false),
            ("*.0.0.1", "127.0.0.1", false),
        ]
    )
    func names(_ name: String, _ host: String, isMeant: Bool) {
        #expect(CertificateName.name(name).vouches(for: host) == isMeant)
    }

    @Test(
        "An address vouches for itself in any spelling and for no name",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("127.0.0.1", "localhost", false),
            ("::1", "0:0:0:0:0:0:0:1", true),
            ("::1", "127.0.0.1", false),
        ]
    )
    func addresses(_ address: String, _ host: String, isMeant: Bool) {
        #expect(CertificateName.address(address).vouches(for: host) == isMeant)
    }

    @Test("Names and addresses are read from a certificate")
    func read() throws {
        let pem = try SelfSigned(host: "Voice.example", now: Date()).certificatePEM
        let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        #expect(
            CertificateName.all(in: certificate)
                == [.name("localhost"), .address("127.0.0.1"), .address("::1"), .name("voice.example")]
        )
    }
}
