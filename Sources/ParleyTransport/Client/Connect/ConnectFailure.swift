// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import ParleyWebSocket

/// Why a WebSocket was not opened.
///
/// Its description says what happened, where and what to do, without secrets.
package struct ConnectFailure: Error, Sendable {
    /// What happened.
    ///
    /// Bytes are the first 512 at most.
    package enum Cause: Error, Sendable, Equatable {
        /// A subprotocol that is no token or is offered twice (RFC 6455 section 4.1).
        case subprotocolInvalid(String)
        /// An event loop that cannot make TCP connections of its own.
        case eventLoopUnsuitable
        /// The name has no address: the resolver's words.
        case dns(String)
        /// An address for a name in ``ConnectOptions/addresses`` that is none.
        case addressInvalid(String)
        /// Nothing listens at any of the addresses, or a firewall says so.
        case refused
        /// No address could be reached: the operating system's words.
        case unreachable(String)
        /// The time for the whole opening was over.
        case timedOut
        /// The task that wanted the connection was cancelled.
        case cancelled
        case proxyRefused(status: Int, headers: HTTPFields, body: [UInt8])
        /// A TLS configuration that cannot be used, or a file of certificates that cannot be read.
        case tlsUnusable(String)
        /// What came in answer to the TLS hello is no TLS.
        case notTLS(firstBytes: [UInt8])
        /// No trusted authority vouches for the certificate; why, as far as the certificate shows it.
        case certificateUntrusted(CertificateDistrust?)
        /// The certificate is for other names: these.
        case certificateNameMismatch(String)
        /// Any other failure of TLS: the library's words.
        case tls(String)
        /// TCP ended properly before the answer was complete.
        case closedBeforeAnswer(received: [UInt8])
        /// TCP was reset before the answer was complete.
        case reset(received: [UInt8])
        /// Another failure of the connection: the operating system's words.
        case transport(String)
        case notHTTP([UInt8])
        /// A line of the answer that is not HTTP/1.1.
        case headMalformed(String)
        case headTooLarge(limit: Int)
        /// Any status but 101, with the beginning of the body.
        case status(code: Int, headers: HTTPFields, body: [UInt8])
        case upgradeMissing
        case upgradeOther(String)
        case connectionMissing
        case connectionOther(String)
        case acceptMissing
        case acceptWrong(String)
        case extensionNotOffered(String)
        /// An answer about compression that is no answer to what was offered (RFC 7692 section 7.1).
        case compressionMisunderstood(DeflateFault)
        case subprotocolNotOffered(String)
        case subprotocolRepeated([String])
        /// Only if ``ConnectOptions/requiresSubprotocol`` asks for it.
        case subprotocolMissing
    }

    /// How many bytes of an answer are kept as evidence.
    static let keptBytes = 512

    /// The step that failed.
    package let phase: ConnectPhase
    package let cause: Cause
    /// What else is wrong with the answer.
    package let furtherCauses: [Cause]
    /// What was to be opened.
    package let url: WebSocketURL
    /// The proxy in between.
    package let proxy: ProxyURL?
    /// What had happened until then.
    package let timeline: ConnectTimeline
}
