// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
package import NIOSSL
internal import ParleyWebSocket

/// A name or an address that a certificate vouches for.
///
/// They are compared here and not by the TLS library, which takes a certificate for the address that was connected as
/// one for any name, and behind a proxy would compare the proxy's address.
package enum CertificateName: Sendable, Equatable {
    /// A DNS name, perhaps with `*` as its first label; lower case.
    case name(String)
    /// An IP address in its usual form.
    case address(String)

    /// The names in a certificate's subjectAltName; its common name counts for nothing (RFC 9525 section 2).
    package static func all(in certificate: NIOSSLCertificate) -> [CertificateName] {
        certificate._subjectAlternativeNames()
            .compactMap { name in
                switch name.nameType {
                case .dnsName: .name(HeaderText.lowercased(String(decoding: name.contents, as: UTF8.self)))
                case .ipAddress:
                    (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: name.contents), port: 0).ipAddress)
                        .map { .address($0) }
                default: nil
                }
            }
    }

    /// Whether the host of a URL is meant (RFC 9525 section 6).
    ///
    /// - Parameter host: A name in lower case or an address; the one is never compared with the other.
    /// - Returns: A `*` stands for exactly one label, and only where at least two labels follow.
    package func vouches(for host: String) -> Bool {
        let address = try? SocketAddress(ipAddress: host, port: 0).ipAddress
        switch self {
        case .address(let own): return own == address
        case .name(let own):
            guard address == nil else { return false }
            if own == host { return true }
            guard let parent = HeaderText.suffix(of: own, after: "*."), parent.contains(".") else { return false }
            guard let dot = host.firstIndex(of: "."), dot != host.startIndex else { return false }
            return host[host.index(after: dot)...] == parent
        }
    }
}

extension CertificateName: CustomStringConvertible {
    package var description: String {
        switch self {
        case .name(let text), .address(let text): text
        }
    }
}
