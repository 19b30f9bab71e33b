// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import FoundationEssentials
package import NIOSSL
internal import SwiftASN1
internal import X509

/// A certificate made at start, for trying out TLS on this machine.
package struct SelfSigned: Sendable {
    /// The certificate as PEM, for clients that are to trust it.
    package let certificatePEM: String
    /// TLS with it.
    package let configuration: TLSConfiguration

    /// Makes a certificate for `localhost`, the loopback addresses and `host`.
    ///
    /// - Parameters:
    ///   - host: The name or address the server listens on.
    ///   - now: Its first day; it is valid for 30 days.
    /// - Throws: What the cryptography library says; nothing in the parameters can cause it.
    package init(host: String, now: Date) throws {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("Parley self-signed") }
        var names: [GeneralName] = [
            .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
            .ipAddress(.init(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
        ]
        let isName = host.contains { $0.isLetter } && !host.contains(":")
        if isName, host != "localhost" { names.append(.dnsName(host)) }
        let octets = host.split(separator: ".").compactMap { UInt8($0) }
        if octets.count == 4, octets != [127, 0, 0, 1] {
            names.append(.ipAddress(.init(contentBytes: octets[...])))
        }
        let day: TimeInterval = 86_400
        let certificate = try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: now.addingTimeInterval(-day),
            notValidAfter: now.addingTimeInterval(30 * day),
            issuer: name,
            subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
            },
            issuerPrivateKey: .init(key)
        )
        certificatePEM = try certificate.serializeAsPEM().pemString
        configuration = ServerTLS.configuration(
            chain: try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)),
            key: try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem)
        )
    }
}
