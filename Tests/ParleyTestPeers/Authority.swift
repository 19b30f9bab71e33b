// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import NIOCore
package import NIOSSL
internal import ParleyTransport

/// A certificate made for a test, and the file a client can trust it by.
package struct Authority: Sendable {
    /// TLS with it.
    package let tls: TLSConfiguration
    /// As DER.
    package let certificate: [UInt8]
    /// Where it is as PEM.
    package let file: String

    /// Makes a certificate for `localhost` and the loopback addresses.
    ///
    /// - Parameter daysAgo: When it was made; it is valid for 30 days.
    /// - Throws: If it cannot be made or written.
    package init(daysAgo: Int = 0) throws {
        let made = try SelfSigned(host: "localhost", now: Date(timeIntervalSinceNow: -86_400 * Double(daysAgo)))
        tls = made.configuration
        certificate = try NIOSSLCertificate(bytes: Array(made.certificatePEM.utf8), format: .pem).toDERBytes()
        file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        try made.certificatePEM.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Takes the file away.
    package func remove() { try? FileManager.default.removeItem(atPath: file) }
}
