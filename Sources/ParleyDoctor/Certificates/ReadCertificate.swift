// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Crypto
package import ParleyDiagnosis
internal import SwiftASN1
internal import X509

/// A certificate taken apart (RFC 5280 section 4.1), also where it is too weak for a library to take it.
package struct ReadCertificate: Sendable {
    /// What evidence has of it.
    package let shown: Exchange.Certificate
    /// The subject and the issuer as encoded: names are compared byte for byte.
    let subject: [UInt8]
    let issuer: [UInt8]
    /// Its key, if the library takes it.
    let key: Certificate.PublicKey?
    private let signed: [UInt8]
    private let signature: [UInt8]
    private let algorithm: Certificate.SignatureAlgorithm?

    /// Reads DER; nil for what is no certificate.
    package init?(_ der: [UInt8]) {
        guard let root = try? DER.parse(der), let parts = root.children, parts.count == 3,
            var fields = parts[0].children, let signature = parts[2].bytes
        else { return nil }
        // The version is left out in certificates of version 1.
        if fields.first?.identifier.tagClass == .contextSpecific { fields.removeFirst() }
        guard fields.count >= 6, let dates = fields[3].children, dates.count == 2 else { return nil }
        let extensions = Self.extensions(fields.dropFirst(6))
        let digest = SHA256.hash(data: der)
        let (keyType, keyBits) = Self.keyKind(fields[5])
        let oid = parts[1].children?.first?.oid ?? ""
        subject = Array(fields[4].encodedBytes)
        issuer = Array(fields[2].encodedBytes)
        key = try? Certificate.PublicKey(derEncoded: Array(fields[5].encodedBytes))
        signed = Array(parts[0].encodedBytes)
        // A bit string begins with the number of bits that do not count.
        self.signature = Array(signature.dropFirst())
        algorithm = Self.algorithms[oid]
        shown = Exchange.Certificate(
            subject: Self.text(of: fields[4]),
            issuer: Self.text(of: fields[2]),
            names: Self.names(extensions),
            commonName: Self.commonName(fields[4]),
            notBefore: Self.seconds(dates[0]),
            notAfter: Self.seconds(dates[1]),
            keyType: keyType,
            keyBits: keyBits,
            signatureDigest: Self.digests[oid] ?? oid,
            purposes: Self.purposes(extensions),
            isAuthority: Self.isAuthority(extensions),
            issuerURL: Self.issuerURL(extensions),
            fingerprint: digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        )
    }

    /// Whether its signature is that of `issuer`; nil if that cannot be told, for want of an algorithm.
    func isSigned(by issuer: ReadCertificate) -> Bool? {
        guard let key = issuer.key, let algorithm else { return nil }
        return key.isValidSignature(signature, for: signed, signatureAlgorithm: algorithm)
    }

    private static let algorithms: [String: Certificate.SignatureAlgorithm] = [
        "1.2.840.113549.1.1.5": .sha1WithRSAEncryption,
        "1.2.840.113549.1.1.11": .sha256WithRSAEncryption,
        "1.2.840.113549.1.1.12": .sha384WithRSAEncryption,
        "1.2.840.113549.1.1.13": .sha512WithRSAEncryption,
        "1.2.840.10045.4.3.2": .ecdsaWithSHA256,
        "1.2.840.10045.4.3.3": .ecdsaWithSHA384,
        "1.2.840.10045.4.3.4": .ecdsaWithSHA512,
        "1.3.101.112": .ed25519,
    ]

    private static let digests = [
        "1.2.840.113549.1.1.4": "MD5", "1.2.840.113549.1.1.5": "SHA-1", "1.2.840.10045.4.1": "SHA-1",
        "1.2.840.113549.1.1.10": "PSS", "1.2.840.113549.1.1.11": "SHA-256", "1.2.840.113549.1.1.12": "SHA-384",
        "1.2.840.113549.1.1.13": "SHA-512", "1.2.840.10045.4.3.2": "SHA-256", "1.2.840.10045.4.3.3": "SHA-384",
        "1.2.840.10045.4.3.4": "SHA-512", "1.3.101.112": "Ed25519",
    ]

    private static func text(of name: ASN1Node) -> String {
        (try? DistinguishedName(derEncoded: name))?.description ?? "(unreadable)"
    }

    private static func commonName(_ name: ASN1Node) -> String? {
        let attributes = (name.children ?? []).flatMap { $0.children ?? [] }.compactMap(\.children)
        guard let found = attributes.last(where: { $0.first?.oid == "2.5.4.3" }), found.count == 2 else { return nil }
        return found[1].bytes.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The extensions by their identifiers.
    private static func extensions(_ fields: ArraySlice<ASN1Node>) -> [String: Certificate.Extension] {
        let list = fields.first { $0.identifier.tagNumber == 3 && $0.identifier.tagClass == .contextSpecific }
        var found: [String: Certificate.Extension] = [:]
        for entry in list?.children?.first?.children ?? [] {
            guard let parts = entry.children, let name = parts.first, let oid = name.oid, let value = parts.last?.bytes,
                let identifier = try? ASN1ObjectIdentifier(derEncoded: name)
            else { continue }
            found[oid] = Certificate.Extension(oid: identifier, critical: false, value: value)
        }
        return found
    }

    private static func names(_ extensions: [String: Certificate.Extension]) -> [String] {
        guard let found = extensions["2.5.29.17"], let names = try? SubjectAlternativeNames(found) else { return [] }
        return names.compactMap { name in
            switch name {
            case .dnsName(let name): name
            case .ipAddress(let bytes): HostAddress.text(packed: Array(bytes.bytes))
            default: nil
            }
        }
    }

    private static func purposes(_ extensions: [String: Certificate.Extension]) -> [String]? {
        guard let value = extensions["2.5.29.37"]?.value, let root = try? DER.parse(value) else { return nil }
        return root.children?.compactMap(\.oid)
    }

    private static func isAuthority(_ extensions: [String: Certificate.Extension]) -> Bool {
        guard let found = extensions["2.5.29.19"], let basic = try? BasicConstraints(found) else { return false }
        if case .isCertificateAuthority = basic { return true }
        return false
    }

    private static func issuerURL(_ extensions: [String: Certificate.Extension]) -> String? {
        guard let found = extensions["1.3.6.1.5.5.7.1.1"], let access = try? AuthorityInformationAccess(found) else {
            return nil
        }
        for entry in access where entry.method == .issuingCA {
            if case .uniformResourceIdentifier(let url) = entry.location { return url }
        }
        return nil
    }

    private static func keyKind(_ info: ASN1Node) -> (String, Int?) {
        guard let parts = info.children, parts.count == 2, let algorithm = parts[0].children else { return ("?", nil) }
        switch algorithm.first?.oid {
        case "1.2.840.113549.1.1.1":
            let key = parts[1].bytes.flatMap { try? DER.parse($0.dropFirst()) }
            let modulus = key?.children?.first?.bytes?.drop { $0 == 0 }
            let bits = modulus.flatMap { bytes in bytes.first.map { 8 * bytes.count - $0.leadingZeroBitCount } }
            return ("RSA", bits)
        case "1.2.840.10045.2.1":
            let curves = ["1.2.840.10045.3.1.7": "P-256", "1.3.132.0.34": "P-384", "1.3.132.0.35": "P-521"]
            let curve = algorithm.last?.oid ?? ""
            return ("EC " + (curves[curve] ?? curve), nil)
        case "1.3.101.112": return ("Ed25519", nil)
        case let other: return (other ?? "?", nil)
        }
    }

    private static func seconds(_ node: ASN1Node) -> Int {
        if let time = try? UTCTime(derEncoded: node) {
            return UnixDays.seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        guard let time = try? GeneralizedTime(derEncoded: node) else { return 0 }
        return UnixDays.seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }
}

/// Dates of the Gregorian calendar as seconds since 1970.
private enum UnixDays {
    static func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) -> Int {
        // Years begin in March, so that the leap day is the last of one.
        let shifted = month > 2 ? year : year - 1
        let days =
            365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return (days - 719_468) * 86_400 + hour * 3600 + minute * 60 + second
    }
}

extension ASN1Node {
    /// What a sequence or set consists of.
    fileprivate var children: [ASN1Node]? {
        guard case .constructed(let nodes) = content else { return nil }
        return Array(nodes)
    }

    fileprivate var bytes: ArraySlice<UInt8>? {
        guard case .primitive(let bytes) = content else { return nil }
        return bytes
    }

    /// An object identifier in dots.
    fileprivate var oid: String? { (try? ASN1ObjectIdentifier(derEncoded: self))?.description }
}
