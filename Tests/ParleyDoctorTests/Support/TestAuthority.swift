// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Crypto
import FoundationEssentials
import SwiftASN1
import X509

@testable import ParleyDoctor

/// Certificates made for a test.
struct TestAuthority {
    let name: DistinguishedName
    let key = P256.Signing.PrivateKey()
    let certificate: Certificate

    /// Time in tests, seconds since 1970.
    static let now = 1_800_000_000
    static let year = 365 * 86_400

    /// An authority signed by another, or a root.
    init(_ commonName: String, signedBy issuer: TestAuthority? = nil) throws {
        name = try DistinguishedName { CommonName(commonName) }
        certificate = try Self.make(
            subject: name,
            issuer: issuer?.name ?? name,
            key: key,
            issuerKey: issuer?.key ?? key,
            extensions: Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) }
        )
    }

    /// How a server's certificate differs from a good one.
    struct Leaf {
        var commonName = "server"
        var names: [GeneralName]? = [.dnsName("voice.example")]
        var notBefore = TestAuthority.now - TestAuthority.year
        var notAfter = TestAuthority.now + TestAuthority.year
        var purposes: [ExtendedKeyUsage.Usage]? = [.serverAuth]
        var isSelfSigned = false
        /// Signs in place of the authority whose name it bears.
        var forger: TestAuthority?
    }

    /// A server's certificate in DER.
    func leaf(_ leaf: Leaf = Leaf()) throws -> [UInt8] {
        let own = P256.Signing.PrivateKey()
        let subject = try DistinguishedName { CommonName(leaf.commonName) }
        let made = try Self.make(
            subject: subject,
            issuer: leaf.isSelfSigned ? subject : name,
            key: own,
            issuerKey: leaf.isSelfSigned ? own : (leaf.forger ?? self).key,
            notBefore: leaf.notBefore,
            notAfter: leaf.notAfter,
            extensions: Certificate.Extensions {
                if let names = leaf.names { SubjectAlternativeNames(names) }
                if let purposes = leaf.purposes { try ExtendedKeyUsage(purposes) }
            }
        )
        return try Self.der(made)
    }

    var der: [UInt8] { get throws { try Self.der(certificate) } }

    var trusted: TrustStore { get throws { TrustStore(roots: [try der].compactMap(ReadCertificate.init)) } }

    private static func der(_ certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    private static func make(
        subject: DistinguishedName,
        issuer: DistinguishedName,
        key: P256.Signing.PrivateKey,
        issuerKey: P256.Signing.PrivateKey,
        notBefore: Int = now - year,
        notAfter: Int = now + year,
        extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3,
            serialNumber: .init(),
            publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSince1970: TimeInterval(notBefore)),
            notValidAfter: Date(timeIntervalSince1970: TimeInterval(notAfter)),
            issuer: issuer,
            subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: extensions,
            issuerPrivateKey: .init(issuerKey)
        )
    }
}
