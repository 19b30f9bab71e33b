// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import ParleyTransport
internal import Synchronization

/// The certificate of a server, read from files that may be replaced while it runs.
struct ReloadedCertificate: Sendable {
    private final class Loaded: Sendable {
        let override = Mutex(NIOSSLContextConfigurationOverride.noChanges)
    }

    /// TLS that shows each client what the files held when they were last read; `nil` without files.
    let configuration: TLSConfiguration?
    private let loaded = Loaded()

    /// - Throws: ``ServerConfigurationError`` if the files cannot be read.
    init(_ server: ServerConfiguration) throws {
        var read = try Self.read(server)
        read?.sslContextCallback = { [loaded] _, promise in promise.succeed(loaded.override.withLock { $0 }) }
        configuration = read
    }

    /// Reads the files again; new connections get what they hold now.
    ///
    /// - Throws: ``ServerConfigurationError`` if the files cannot be read; the earlier certificate is shown then.
    func reload(_ server: ServerConfiguration) throws {
        guard let read = try Self.read(server) else { return }
        loaded.override.withLock { override in
            override.certificateChain = read.certificateChain
            override.privateKey = read.privateKey
        }
    }

    private static func read(_ server: ServerConfiguration) throws -> TLSConfiguration? {
        guard case .files(let certificate, let key) = server.tls else { return nil }
        do throws(ServerTLS.Failure) {
            return try ServerTLS.configuration(certificateFile: certificate, keyFile: key)
        } catch {
            throw ServerConfigurationError(description: error.description)
        }
    }
}
