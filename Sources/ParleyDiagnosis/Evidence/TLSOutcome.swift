// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

extension Exchange {
    /// What TLS came to.
    ///
    /// The handshake goes on whatever the certificate says, so that all that is wrong with it can be seen at once.
    package struct TLSOutcome: Codable, Sendable, Equatable {
        package enum Result: Codable, Sendable, Equatable {
            case completed
            /// The peer sent an alert (RFC 8446 section 6.2) before or right after the handshake.
            case alert(Int)
            /// What came is no TLS: its beginning.
            case notTLS(Bytes)
            /// TCP ended properly.
            case closed
            /// TCP was reset.
            case reset
            case timedOut
            /// Anything else, in the library's words.
            case failed(String)
        }

        package var result: Result
        /// The name sent in the hello (RFC 6066 section 3).
        package var serverName: String?
        /// The protocols offered by ALPN (RFC 7301).
        package var offeredProtocols: [String]
        /// As in `TLS 1.3`.
        package var version: String?
        /// The protocol chosen by ALPN.
        package var chosenProtocol: String?
        /// The certificates as sent, the server's own first.
        package var chain: [Certificate]
        /// Whether the server asked for a certificate of the client; nil if that could not be seen.
        package var asksForCertificate: Bool?
        /// What a careful client finds wrong; empty when it trusts the server.
        package var faults: [CertificateFault]
        package var durationMS: Int

        package init(
            _ result: Result,
            serverName: String? = nil,
            offeredProtocols: [String] = [],
            version: String? = nil,
            chosenProtocol: String? = nil,
            chain: [Certificate] = [],
            asksForCertificate: Bool? = nil,
            faults: [CertificateFault] = [],
            durationMS: Int = 0
        ) {
            self.result = result
            self.serverName = serverName
            self.offeredProtocols = offeredProtocols
            self.version = version
            self.chosenProtocol = chosenProtocol
            self.chain = chain
            self.asksForCertificate = asksForCertificate
            self.faults = faults
            self.durationMS = durationMS
        }
    }

    /// One certificate, as far as it matters here.
    package struct Certificate: Codable, Sendable, Equatable {
        /// Distinguished names as RFC 4514 writes them.
        package var subject: String
        package var issuer: String
        /// `subjectAltName`: DNS names as they are, addresses as text.
        package var names: [String]
        /// The subject's common name.
        package var commonName: String?
        /// Seconds since 1970.
        package var notBefore: Int
        package var notAfter: Int
        /// As in `RSA`, `EC P-256` or `Ed25519`.
        package var keyType: String
        /// Size of an RSA key in bits.
        package var keyBits: Int?
        /// As in `SHA-256`, `SHA-1` or `MD5`.
        package var signatureDigest: String
        /// Object identifiers of `extendedKeyUsage`; nil without the extension.
        package var purposes: [String]?
        package var isAuthority: Bool
        /// Where its issuer's certificate can be had.
        package var issuerURL: String?
        /// SHA-256 of the DER, hexadecimal.
        package var fingerprint: String

        package init(
            subject: String,
            issuer: String,
            names: [String] = [],
            commonName: String? = nil,
            notBefore: Int,
            notAfter: Int,
            keyType: String = "EC P-256",
            keyBits: Int? = nil,
            signatureDigest: String = "SHA-256",
            purposes: [String]? = nil,
            isAuthority: Bool = false,
            issuerURL: String? = nil,
            fingerprint: String = ""
        ) {
            self.subject = subject
            self.issuer = issuer
            self.names = names
            self.commonName = commonName
            self.notBefore = notBefore
            self.notAfter = notAfter
            self.keyType = keyType
            self.keyBits = keyBits
            self.signatureDigest = signatureDigest
            self.purposes = purposes
            self.isAuthority = isAuthority
            self.issuerURL = issuerURL
            self.fingerprint = fingerprint
        }

        package var isSelfIssued: Bool { subject == issuer }
    }

    /// What is wrong with a chain of certificates for a host at a time.
    package enum CertificateFault: String, Codable, Sendable, CaseIterable {
        case expired
        case notYetValid = "not_yet_valid"
        /// The server's own certificate is its own issuer and in no store.
        case selfSigned = "self_signed"
        /// The chain is complete up to a root, and the root is in no store.
        case unknownAuthority = "unknown_authority"
        /// The last certificate sent is no root and its issuer is neither sent nor in the store.
        case missingIntermediate = "missing_intermediate"
        /// None of the names is the host's.
        case nameMismatch = "name_mismatch"
        /// The host is an address and the certificate names none.
        case addressNotNamed = "address_not_named"
        /// No `subjectAltName`; the common name would fit.
        case commonNameOnly = "common_name_only"
        /// `extendedKeyUsage` without `serverAuth`.
        case wrongPurpose = "wrong_purpose"
        /// RSA below 2048 bits.
        case weakKey = "weak_key"
        /// SHA-1 or MD5 in the chain.
        case weakSignature = "weak_signature"
        /// A signature in the chain does not fit.
        case brokenSignature = "broken_signature"
        case revoked
    }
}
