// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import SwiftASN1
internal import X509

/// Why no trusted authority vouches for a certificate.
package enum CertificateDistrust: Sendable, Equatable, CaseIterable {
    case expired
    case notYetValid
    case selfSigned
    case unknownAuthority

    /// What a certificate shows of it by itself; nil if it cannot be read.
    ///
    /// - Parameters:
    ///   - certificate: The server's own, DER.
    ///   - now: The time to judge by.
    init?(_ certificate: [UInt8], now: Date) {
        guard let certificate = try? Certificate(derEncoded: certificate) else { return nil }
        self =
            if certificate.notValidAfter < now {
                .expired
            } else if certificate.notValidBefore > now {
                .notYetValid
            } else if certificate.issuer == certificate.subject {
                .selfSigned
            } else {
                .unknownAuthority
            }
    }

    /// What is wrong with "it", the certificate.
    var sentence: String {
        switch self {
        case .expired: "it has expired"
        case .notYetValid: "it is not valid yet"
        case .selfSigned: "it is signed by itself"
        case .unknownAuthority: "no authority that is known here signed it, or the chain is not complete"
        }
    }
}
