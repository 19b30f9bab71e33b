// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import NIOCore
package import NIOPosix
package import NIOSSL
package import ParleyWebSocket

/// How a WebSocket is to be opened and what the connection may take.
package struct ConnectOptions: Sendable {
    /// Fields to send besides those of the handshake; one of the same name replaces the handshake's own.
    package var headers: HTTPFields = [:]
    /// Subprotocols to offer, the preferred one first; none for no such field.
    package var subprotocols: [String] = []
    /// Whether an answer that chooses none of the offered subprotocols is refused, as Chromium does.
    ///
    /// RFC 6455 section 4.1 lets it pass, and so does the default, `false`.
    package var requiresSubprotocol = false
    /// How messages are compressed if the server agrees; nil, the default, offers nothing.
    package var compression: DeflateSettings?
    /// For the whole opening, from the first look-up to the checked answer; default 10 s.
    package var connectTimeout = TimeAmount.seconds(10)
    /// For writing the request and reading the answer, from when TCP and TLS are there; `nil`, the default, leaves
    /// them what ``connectTimeout`` has left.
    package var answerTimeout: TimeAmount?
    /// TLS to use, `nil` for a client's usual settings with `http/1.1` offered by ALPN.
    package var tls: TLSConfiguration?
    /// A file of PEM certificates to trust besides those of the system.
    package var trustedCertificatesFile: String?
    /// Whether the server's certificate is checked; `false` is for looking at what a server presents.
    package var verifiesCertificate = true
    /// What TLS needs of the settings above; see ``prepareTLS()``.
    package private(set) var tlsContext: NIOSSLContext?
    /// The proxy to go through, for ws and wss alike.
    package var proxy: ProxyURL?
    /// Addresses to use instead of what a name resolves to; names in lower case.
    package var addresses: [String: String] = [:]
    /// Looks names up, `nil` for the system's resolver.
    package var resolver: (any Resolver & Sendable)?
    /// What the open connection may take.
    package var limits = ConnectionLimits()
    /// How much waits for the reader.
    package var bufferLimits = MessageBuffer.Limits()
    /// Longest answer in bytes without its body, 1xx answers in front included; default 64 KiB.
    package var maxResponseHeadBytes = 64 * 1024
    /// How much of a refusal's body is kept, in bytes; default 64 KiB.
    package var maxResponseBodyBytes = 64 * 1024
    /// Masks frames; must be unpredictable (RFC 6455 section 10.3).
    ///
    /// `nil` is for random numbers of the system.
    package var maskingKey: (@Sendable () -> UInt32)?
    /// Makes `Sec-WebSocket-Key`: 16 random bytes in base64.
    package var websocketKey: @Sendable () -> String = {
        Base64Text.encoded((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    /// The defaults, to be changed one by one.
    package init() {}

    /// Reads certificates and settings of TLS once for all connections with these options; without it each of them does,
    /// which takes most of the time that its handshake needs here.
    ///
    /// What is changed in ``tls``, ``trustedCertificatesFile`` or ``verifiesCertificate`` afterwards has no effect on it.
    ///
    /// - Throws: ``ConnectFailure/Cause/tlsUnusable(_:)`` naming the file or setting.
    package mutating func prepareTLS() throws(ConnectFailure.Cause) { tlsContext = try ClientTLS.context(self) }
}
