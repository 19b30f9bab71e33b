// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import NIOCore
internal import NIOSSL

/// TLS as a client uses it, and what its errors mean.
enum ClientTLS {
    /// The handler that speaks TLS with the host of `url`.
    ///
    /// - Throws: ``ConnectFailure/Cause/tlsUnusable(_:)`` naming the file or setting.
    static func handler(
        for url: WebSocketURL,
        options: ConnectOptions
    ) throws(ConnectFailure.Cause) -> NIOSSLClientHandler {
        if let context = options.tlsContext { return try handler(context, for: url) }
        return try handler(try context(options), for: url)
    }

    /// What all connections with the same options share.
    ///
    /// - Throws: ``ConnectFailure/Cause/tlsUnusable(_:)`` naming the file or setting.
    static func context(_ options: ConnectOptions) throws(ConnectFailure.Cause) -> NIOSSLContext {
        let configuration = try configuration(options)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .tlsUnusable("\(error)")
        }
    }

    /// The handler that speaks TLS with the host of `url`.
    static func handler(
        _ context: NIOSSLContext,
        for url: WebSocketURL
    ) throws(ConnectFailure.Cause) -> NIOSSLClientHandler {
        // An address goes into no server name (RFC 6066 section 3).
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        do {
            return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : url.host)
        } catch {
            throw .tlsUnusable("\(error)")
        }
    }

    private static func configuration(_ options: ConnectOptions) throws(ConnectFailure.Cause) -> TLSConfiguration {
        var configuration = options.tls ?? .makeClientConfiguration()
        if options.tls == nil {
            configuration.applicationProtocols = ["http/1.1"]
            // The library's own lowest is 1.0, which must not be used any more (RFC 8996).
            configuration.minimumTLSVersion = .tlsv12
        }
        // Names are compared by `mismatch`.
        if case .fullVerification = configuration.certificateVerification {
            configuration.certificateVerification = .noHostnameVerification
        }
        if !options.verifiesCertificate { configuration.certificateVerification = .none }
        if let file = options.trustedCertificatesFile {
            do {
                configuration.additionalTrustRoots.append(.certificates(try NIOSSLCertificate.fromPEMFile(file)))
            } catch {
                throw .tlsUnusable("cannot read PEM certificates from '\(file)': \(error)")
            }
        }
        return configuration
    }

    /// Compares the host of `url` with the certificate that TLS has found good.
    ///
    /// - Returns: ``ConnectFailure/Cause/certificateNameMismatch(_:)`` with the names in the certificate, or nil if it
    ///   may be trusted or names are not to be compared.
    static func mismatch(
        _ tls: ConnectTimeline.TLS,
        for url: WebSocketURL,
        options: ConnectOptions
    ) -> ConnectFailure.Cause? {
        guard options.verifiesCertificate else { return nil }
        guard case .fullVerification = (options.tls ?? .makeClientConfiguration()).certificateVerification else {
            return nil
        }
        if tls.names.contains(where: { $0.vouches(for: url.host) }) { return nil }
        let names = tls.names.isEmpty ? "no name" : tls.names.map(\.description).joined(separator: ", ")
        return .certificateNameMismatch(names)
    }

    /// What an error during the TLS handshake means.
    ///
    /// - Parameters:
    ///   - error: The library's.
    ///   - received: The first bytes that came, encrypted as they are.
    ///   - certificate: The server's own, DER, as far as it is known.
    /// - Returns: The most specific cause.
    static func cause(
        of error: any Error,
        received: [UInt8],
        certificate: [UInt8]? = nil
    ) -> ConnectFailure.Cause {
        if let first = received.first, !recordTypes.contains(first) { return .notTLS(firstBytes: received) }
        if error is IOError { return .reset(received: received) }
        // The library has no case of its own for it, only BoringSSL's name of the reason.
        let text = "\(error)"
        guard text.contains("CERTIFICATE_VERIFY_FAILED") else { return .tls(words(of: text)) }
        return .certificateUntrusted(certificate.flatMap { CertificateDistrust($0, now: Date()) })
    }

    /// What matters of the library's words: BoringSSL's name of the reason, without the place in its sources.
    private static func words(of text: String) -> String {
        if text.contains("EOF during handshake") { return "the other side ended the connection" }
        guard let place = text.firstRange(of: "OPENSSL_internal:") else { return text }
        return String(text[place.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber })
    }

    /// First byte of a record: change_cipher_spec, alert, handshake, application_data (RFC 8446 section 5.1).
    private static let recordTypes: ClosedRange<UInt8> = 0x14...0x17
}
