// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import ParleyDiagnosis
import SwiftASN1
import Testing
import X509

@testable import ParleyDoctor

@Suite("What is wrong with a chain of certificates")
struct TrustStoreTests {
    private let root: TestAuthority
    private let intermediate: TestAuthority

    init() throws {
        root = try TestAuthority("Root")
        intermediate = try TestAuthority("Intermediate", signedBy: root)
    }

    private func faults(
        _ leaf: TestAuthority.Leaf = TestAuthority.Leaf(),
        host: String = "voice.example",
        sent: [TestAuthority]? = nil,
        store: TrustStore? = nil
    ) throws -> [Exchange.CertificateFault] {
        let chain = [try intermediate.leaf(leaf)] + (try (sent ?? [intermediate]).map { try $0.der })
        return try (store ?? root.trusted).judge(chain, host: host, now: TestAuthority.now).faults
    }

    @Test("A good chain has no fault, with its root or without")
    func good() throws {
        #expect(try faults() == [])
        #expect(try faults(sent: [intermediate, root]) == [])
        #expect(try faults(sent: [], store: intermediate.trusted) == [])
    }

    @Test("Dates")
    func dates() throws {
        #expect(try faults(.init(notAfter: TestAuthority.now - 1)) == [.expired])
        #expect(try faults(.init(notBefore: TestAuthority.now + 1)) == [.notYetValid])
    }

    @Test("A certificate that vouches for itself")
    func selfSigned() throws {
        #expect(try faults(.init(isSelfSigned: true), sent: []) == [.selfSigned])
    }

    @Test("A root that nobody knows, and an intermediate that was not sent")
    func unknown() throws {
        let other = try TestAuthority("Other root").trusted
        #expect(try faults(sent: [intermediate, root], store: other) == [.unknownAuthority])
        #expect(try faults(sent: [], store: other) == [.missingIntermediate])
        #expect(try faults(sent: []) == [.missingIntermediate])
    }

    @Test("A signature of somebody else")
    func forged() throws {
        #expect(try faults(.init(forger: root)) == [.brokenSignature])
    }

    @Test(
        "Names",
        arguments: [
            ("voice.example", []), ("VOICE.example", [.nameMismatch]), ("other.example", [.nameMismatch]),
            ("192.0.2.1", [.addressNotNamed]),
        ] as [(String, [Exchange.CertificateFault])]
    )
    func names(host: String, expected: [Exchange.CertificateFault]) throws {
        #expect(try faults(host: host) == expected)
    }

    @Test("Addresses and names in common names")
    func otherNames() throws {
        let address = TestAuthority.Leaf(names: [.ipAddress(.init(contentBytes: [192, 0, 2, 1]))])
        #expect(try faults(address, host: "192.0.2.1") == [])
        #expect(try faults(address, host: "192.0.2.2") == [.nameMismatch])
        #expect(try faults(.init(names: [.dnsName("*.example.test")]), host: "a.example.test") == [])
        #expect(try faults(.init(commonName: "voice.example", names: nil)) == [.commonNameOnly])
        #expect(try faults(.init(commonName: "else.example", names: nil)) == [.nameMismatch])
    }

    @Test("A certificate for clients only")
    func purpose() throws {
        #expect(try faults(.init(purposes: [.clientAuth])) == [.wrongPurpose])
        #expect(try faults(.init(purposes: nil)) == [])
        #expect(try faults(.init(purposes: [.any])) == [])
    }

    @Test("Everything that is wrong is told at once")
    func many() throws {
        let leaf = TestAuthority.Leaf(notAfter: TestAuthority.now - 1, purposes: [.clientAuth], isSelfSigned: true)
        #expect(
            try faults(leaf, host: "other.example", sent: []) == [.expired, .selfSigned, .nameMismatch, .wrongPurpose]
        )
    }

    @Test("A weak key is read, although no library takes it")
    func weak() throws {
        let der = try #require(weakCertificate)
        let read = try #require(ReadCertificate(der)).shown
        #expect(read.keyType == "RSA")
        #expect(read.keyBits == 1024)
        #expect(read.signatureDigest == "SHA-1")
        #expect(read.names == ["localhost"])
        #expect(read.commonName == "localhost")
        #expect(read.subject == "CN=localhost")
        #expect(read.fingerprint == "b8c4eaef038552680d32bd027d7db42216edd3419274c856222a81821a955cf8")
        #expect(read.notBefore == 1795618644)
        #expect(read.notAfter == 4949218644)
        let faults = TrustStore(roots: []).judge([der], host: "localhost", now: read.notBefore + 1).faults
        #expect(faults == [.selfSigned, .weakKey])
    }

    @Test("What a certificate says comes out as it is")
    func shown() throws {
        let read = try #require(ReadCertificate(intermediate.leaf())).shown
        #expect(read.subject == "CN=server")
        #expect(read.issuer == "CN=Intermediate")
        #expect(read.keyType == "EC P-256")
        #expect(read.purposes == ["1.3.6.1.5.5.7.3.1"])
        #expect(read.notAfter == TestAuthority.now + TestAuthority.year)
        #expect(!read.isAuthority)
        #expect(try #require(ReadCertificate(root.der)).shown.isAuthority)
    }

    @Test("No bytes can stop it", arguments: 0..<100)
    func randomBytes(seed: UInt64) throws {
        var random = Seeded(seed)
        var der = try intermediate.leaf()
        for _ in 0..<(1 + random.next() % 5) {
            der[Int(random.next() % UInt64(der.count))] = UInt8(truncatingIfNeeded: random.next())
        }
        if random.next() % 3 == 0 { der.removeLast(Int(random.next() % UInt64(der.count))) }
        let judged = TrustStore(roots: []).judge([der], host: "voice.example", now: TestAuthority.now)
        #expect(judged.chain.count <= 1)
    }
}

/// RSA of 1024 bits signed with SHA-1, made with openssl req -x509; it is good for nothing else.
private let weakCertificate: [UInt8]? = Data(
    base64Encoded:
        "MIICHDCCAYWgAwIBAgIUGeNb+yoJW1wDPkapsWedjoifsBwwDQYJKoZIhvcNAQEFBQAwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAX"
        + "DTI2MTEyNTE0NTcyNFoYDzIxMjYxMTAxMTQ1NzI0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwgZ8wDQYJKoZIhvcNAQEBBQADgY0A"
        + "MIGJAoGBAKJ9HHT0ZkUrISLmLe8JqBauOCZSdIFhi+90v7X58DbTKU7uY9kaUfnq3uE4rxd48JLu5wfNwRM4frrfSPQqwR3Iteoa"
        + "NBxVSkFUEYVuyHOd11rto0NSsRer+Kl0AmL5RjlIeS58Q6AEDhSrUIhoL07ukLgW7qeWZ9JJFeKb98Q1AgMBAAGjaTBnMB0GA1Ud"
        + "DgQWBBS3lggLgzNHMFk2JdYaWHh1ofB0vjAfBgNVHSMEGDAWgBS3lggLgzNHMFk2JdYaWHh1ofB0vjAPBgNVHRMBAf8EBTADAQH/"
        + "MBQGA1UdEQQNMAuCCWxvY2FsaG9zdDANBgkqhkiG9w0BAQUFAAOBgQAAD34JIeD8ult8SF7yq8b174OxqEnq7+kUdDE6oojuVfKc"
        + "57pi156n5sySpmjDm9Rwv/9dBE6lSgBStXQEhRS52l5Hctft4VAIkpl0UolMJLZsmBMtR7Ivr4AUm+htG+S7kNnlVPzBxCsRZw0C"
        + "Vwy0rK0unN+I0JAFlqe2DwObTA=="
)
.map { Array($0) }
