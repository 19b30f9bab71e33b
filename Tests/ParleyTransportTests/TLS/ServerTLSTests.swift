// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import NIOSSL
import ParleyTransport
import Testing

@Suite("Certificates")
struct ServerTLSTests {
    @Test(
        "A self-signed certificate can be read back and served",
        arguments: ["127.0.0.1", "voice.example", "10.0.0.7"]
    )
    func selfSigned(host: String) throws {
        let made = try SelfSigned(host: host, now: .now)
        #expect(try NIOSSLCertificate.fromPEMBytes(Array(made.certificatePEM.utf8)).count == 1)
        #expect(made.configuration.applicationProtocols == ["http/1.1"])
        #expect(throws: Never.self) { try NIOSSLContext(configuration: made.configuration) }
    }

    @Test("A file that is missing is named")
    func missingFile() {
        #expect {
            try ServerTLS.configuration(certificateFile: "no-such.pem", keyFile: "no-such.key")
        } throws: { error in
            "\(error)".contains("no-such.pem")
        }
    }
}
