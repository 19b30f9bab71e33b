// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOSSL
import ParleyTransport

/// A certificate made for a test, and the file a client can trust it by.
struct Authority {
    let tls: TLSConfiguration
    let certificate: [UInt8]
    let file: String

    init() throws {
        let made = try SelfSigned(host: "localhost", now: Date())
        tls = made.configuration
        certificate = try NIOSSLCertificate(bytes: Array(made.certificatePEM.utf8), format: .pem).toDERBytes()
        file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pem").path
        try made.certificatePEM.write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Takes the file away.
    func remove() { try? FileManager.default.removeItem(atPath: file) }
}
