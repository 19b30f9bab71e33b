// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOSSL

/// The server's certificate and key, and why they cannot be used.
package enum ServerTLS {
    /// A certificate or key that cannot be used.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong with which file, and what was expected.
        package let description: String
    }

    /// TLS with a certificate chain and key from PEM files.
    package static func configuration(
        certificateFile: String,
        keyFile: String
    ) throws(Failure) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw Failure(description: "cannot read a PEM certificate chain from '\(certificateFile)': \(error)")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw Failure(description: "cannot read an unencrypted PEM private key from '\(keyFile)': \(error)")
        }
        return configuration(chain: chain, key: key)
    }

    static func configuration(chain: [NIOSSLCertificate], key: NIOSSLPrivateKey) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        configuration.minimumTLSVersion = .tlsv12
        // WebSockets over HTTP/2 are not served, so it must not be agreed on.
        configuration.applicationProtocols = ["http/1.1"]
        return configuration
    }
}
