// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOSSL
package import ParleyDiagnosis
internal import ParleyTransport
internal import ParleyWebSocket

/// The roots that are trusted, and what they say of a chain.
package struct TrustStore: Sendable {
    /// Roots by their encoded subjects.
    private let roots: [[UInt8]: [ReadCertificate]]

    package init(roots: [ReadCertificate]) { self.roots = Dictionary(grouping: roots, by: \.subject) }

    /// The certificates of a PEM file.
    ///
    /// - Throws: What the library says of the file.
    package init(file: String) throws {
        let certificates = try NIOSSLCertificate.fromPEMFile(file)
        self.init(roots: certificates.compactMap { (try? $0.toDERBytes()).flatMap(ReadCertificate.init) })
    }

    /// The store of the system, read once; empty where none is found.
    package static let system: TrustStore = {
        let paths = [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
            "/etc/ssl/cert.pem",
        ]
        for path in paths where FileManager.default.fileExists(atPath: path) {
            if let store = try? TrustStore(file: path) { return store }
        }
        return TrustStore(roots: [])
    }()

    /// Certificates as evidence has them, and all that a careful client finds wrong.
    ///
    /// - Parameters:
    ///   - chain: DER as sent, the server's own first.
    ///   - host: The name or address asked for.
    ///   - now: Seconds since 1970.
    /// - Returns: No certificates where the bytes are none.
    package func judge(
        _ chain: [[UInt8]],
        host: String,
        now: Int
    ) -> (chain: [Exchange.Certificate], faults: [Exchange.CertificateFault]) {
        let certificates = chain.prefix(16).compactMap(ReadCertificate.init)
        guard let leaf = certificates.first else { return ([], []) }
        let (path, trustFault) = path(from: leaf, through: Array(certificates.dropFirst()))
        var faults: [Exchange.CertificateFault] = []
        if path.contains(where: { $0.shown.notAfter < now }) { faults.append(.expired) }
        if path.contains(where: { $0.shown.notBefore > now }) { faults.append(.notYetValid) }
        if let trustFault { faults.append(trustFault) }
        if let fault = Self.nameFault(leaf.shown, host) { faults.append(fault) }
        let serverPurposes = ["1.3.6.1.5.5.7.3.1", "2.5.29.37.0"]
        if let purposes = leaf.shown.purposes, !purposes.contains(where: serverPurposes.contains) {
            faults.append(.wrongPurpose)
        }
        if path.contains(where: { ($0.shown.keyBits ?? 4096) < 2048 }) { faults.append(.weakKey) }
        // Nobody looks at the signature of a root.
        let signed = path.filter { !$0.shown.isSelfIssued }
        if signed.contains(where: { ["MD5", "SHA-1"].contains($0.shown.signatureDigest) }) {
            faults.append(.weakSignature)
        }
        return (certificates.map(\.shown), faults)
    }

    /// The way from the server's certificate towards a root, and why it leads to none.
    private func path(
        from leaf: ReadCertificate,
        through sent: [ReadCertificate]
    ) -> ([ReadCertificate], Exchange.CertificateFault?) {
        var path = [leaf]
        var rest = sent
        while let current = path.last {
            if isTrusted(current) { return (path, nil) }
            if current.shown.isSelfIssued {
                return (path, path.count == 1 ? .selfSigned : .unknownAuthority)
            }
            let known = roots[current.issuer] ?? []
            let candidates = known + rest.filter { $0.subject == current.issuer && $0.shown.isAuthority }
            guard !candidates.isEmpty else { return (path, .missingIntermediate) }
            guard let issuer = candidates.first(where: { current.isSigned(by: $0) ?? true }) else {
                return (path, .brokenSignature)
            }
            rest.removeAll { $0.shown.fingerprint == issuer.shown.fingerprint }
            path.append(issuer)
        }
        return (path, nil)
    }

    private func isTrusted(_ certificate: ReadCertificate) -> Bool {
        roots[certificate.subject]?.contains { $0.shown.fingerprint == certificate.shown.fingerprint } == true
    }

    /// What is wrong with the names (RFC 9525 section 6).
    private static func nameFault(_ leaf: Exchange.Certificate, _ host: String) -> Exchange.CertificateFault? {
        let names = leaf.names.map(certificateName)
        if names.contains(where: { $0.vouches(for: host) }) { return nil }
        if leaf.names.isEmpty {
            let fits = leaf.commonName.map { certificateName($0).vouches(for: host) } ?? false
            return fits ? .commonNameOnly : .nameMismatch
        }
        let namesAddresses = leaf.names.contains { HostAddress.canonical($0) != nil }
        return HostAddress.canonical(host) != nil && !namesAddresses ? .addressNotNamed : .nameMismatch
    }

    private static func certificateName(_ text: String) -> CertificateName {
        HostAddress.canonical(text).map { .address($0) } ?? .name(HeaderText.lowercased(text))
    }
}
