// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOSSL

/// Authorities that may vouch for a server, beside the system's; read once for all connections.
public struct BackendTrust: Sendable, Equatable {
    /// Why a file cannot be used.
    public struct Invalid: Error, Sendable, CustomStringConvertible {
        /// What is wrong.
        public let description: String
    }

    private let certificates: [NIOSSLCertificate]
    let configuration: TLSConfiguration

    /// Reads a file of PEM certificates.
    public init(file: String) throws(Invalid) {
        do {
            certificates = try NIOSSLCertificate.fromPEMFile(file)
        } catch {
            throw Invalid(description: "cannot read PEM certificates from '\(file)': \(error)")
        }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.additionalTrustRoots = [.certificates(certificates)]
        self.configuration = configuration
    }

    /// Whether the same authorities are meant.
    public static func == (one: BackendTrust, other: BackendTrust) -> Bool { one.certificates == other.certificates }
}
