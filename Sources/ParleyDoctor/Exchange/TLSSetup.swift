// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// TLS that looks and does not judge: the handshake goes on whatever the certificate says.
struct TLSSetup: Sendable {
    let context: NIOSSLContext
    /// The name in the hello; nil for none.
    let serverName: String?
    let protocols: [String]

    /// - Throws: What the library says of the settings.
    init(_ plan: TLSPlan, host: String) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // The callback takes the place of all checks; no store needs to be loaded.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates([])
        configuration.applicationProtocols = plan.protocols
        switch plan.version {
        case .tls11:
            configuration.minimumTLSVersion = .tlsv1
            configuration.maximumTLSVersion = .tlsv11
        case .tls12:
            configuration.minimumTLSVersion = .tlsv12
            configuration.maximumTLSVersion = .tlsv12
        case nil: configuration.minimumTLSVersion = .tlsv12
        }
        context = try NIOSSLContext(configuration: configuration)
        protocols = plan.protocols
        let name = plan.serverName ?? host
        // An address goes into no server name (RFC 6066 section 3).
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        serverName = name.isEmpty || isAddress ? nil : name
    }

    /// The handler, and where the certificates will be that it was shown.
    func handler() throws -> (NIOSSLClientHandler, ShownChain) {
        let chain = ShownChain()
        let handler = try NIOSSLClientHandler(
            context: context,
            serverHostname: serverName,
            customVerificationCallback: { certificates, promise in
                chain.set(certificates.compactMap { try? $0.toDERBytes() })
                promise.succeed(.certificateVerified)
            }
        )
        return (handler, chain)
    }

    /// The number of the alert that an error of the library stands for: its reasons from 1000 on are alerts.
    static func alert(in error: any Error) -> Int? {
        let text = "\(error)"
        guard let mark = text.firstRange(of: "error:") else { return nil }
        guard let code = UInt32(text[mark.upperBound...].prefix(8), radix: 16) else { return nil }
        let reason = Int(code & 0xFFF)
        return (1000...1255).contains(reason) ? reason - 1000 : nil
    }

    /// The library's words without the places in its source.
    static func words(of error: any Error) -> String {
        let text = "\(error)"
        let reasons = text.split(separator: "OPENSSL_internal:").dropFirst()
            .map { String($0.prefix { $0.isLetter || $0.isNumber || $0 == "_" }) }
        return reasons.isEmpty ? String(text.prefix { $0 != "/" }.prefix(200)) : reasons.joined(separator: ", ")
    }
}

/// Certificates as they were shown, in DER, the server's own first.
final class ShownChain: Sendable {
    private let certificates = Mutex<[[UInt8]]>([])

    func set(_ certificates: [[UInt8]]) { self.certificates.withLock { $0 = certificates } }

    var all: [[UInt8]] { certificates.withLock { $0 } }
}
