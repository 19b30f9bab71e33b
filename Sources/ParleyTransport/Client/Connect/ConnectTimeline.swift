// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import NIOSSL

/// What happened when while a WebSocket was opened: the evidence behind a success or a failure.
///
/// All times are nanoseconds since the beginning.
package struct ConnectTimeline: Sendable {
    /// One step.
    package struct Span: Sendable, Equatable {
        package let phase: ConnectPhase
        package let start: Int64
        /// Until the next step began or the attempt ended.
        package fileprivate(set) var duration: Int64?
    }

    /// One address that TCP was tried with.
    package struct Attempt: Sendable, Equatable {
        package let address: SocketAddress
        package let start: Int64
        /// Until it was connected or failed; nil if another one was connected first or the attempt ended.
        package fileprivate(set) var duration: Int64?
        /// What the operating system said, nil if nothing went wrong.
        package fileprivate(set) var error: String?
    }

    /// What TLS agreed on and who the server says it is.
    package struct TLS: Sendable, Equatable {
        package var version: TLSVersion?
        /// The protocol chosen by ALPN (RFC 7301), nil if none was.
        package var applicationProtocol: String?
        /// The server's own certificate, DER; also there when it was refused, where the library still has it.
        package var certificate: [UInt8]?
        /// Whom the certificate is for.
        package var names: [CertificateName] = []
    }

    private let origin: NIODeadline
    /// The steps taken, in their order.
    package private(set) var spans: [Span] = []
    /// What the name means, in the order in which the answers came; empty for an address.
    package internal(set) var resolved: [SocketAddress] = []
    /// The addresses tried.
    package private(set) var attempts: [Attempt] = []
    /// The address that was connected: of the server or the proxy.
    package internal(set) var remoteAddress: SocketAddress?
    /// This end of the connection.
    package internal(set) var localAddress: SocketAddress?
    /// Nil when TLS did not get that far.
    package internal(set) var tls: TLS?
    /// What the proxy answered, as it came.
    package internal(set) var proxyHead: [UInt8] = []
    /// Answers with a status of 1xx that came before the real one, as they came.
    package internal(set) var interimHeads: [[UInt8]] = []
    /// The server's answer up to its empty line, as it came; what there was of it when it never was complete.
    package internal(set) var responseHead: [UInt8] = []

    init(startedAt origin: NIODeadline) { self.origin = origin }

    /// How long it took altogether.
    package var duration: Int64 { spans.last.map { $0.start + ($0.duration ?? 0) } ?? 0 }

    /// A step.
    ///
    /// - Parameter phase: Which one.
    /// - Returns: Nil if it was never begun.
    package func span(_ phase: ConnectPhase) -> Span? { spans.first { $0.phase == phase } }

    mutating func entered(_ phase: ConnectPhase, at now: NIODeadline) {
        ended(at: now)
        spans.append(Span(phase: phase, start: elapsed(now)))
    }

    mutating func ended(at now: NIODeadline) {
        guard let last = spans.indices.last, spans[last].duration == nil else { return }
        spans[last].duration = elapsed(now) - spans[last].start
    }

    mutating func tried(_ address: SocketAddress, at now: NIODeadline) {
        attempts.append(Attempt(address: address, start: elapsed(now)))
    }

    mutating func tryEnded(_ address: SocketAddress, error: String?, at now: NIODeadline) {
        guard let index = attempts.lastIndex(where: { $0.address == address && $0.duration == nil }) else { return }
        attempts[index].duration = elapsed(now) - attempts[index].start
        attempts[index].error = error
    }

    private func elapsed(_ now: NIODeadline) -> Int64 { (now - origin).nanoseconds }
}
