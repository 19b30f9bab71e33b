// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import NIOTLS

/// Notes which addresses TCP is tried with.
final class ConnectWatch: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = ByteBuffer

    private let attempted: (SocketAddress, (any Error)?, _ isOver: Bool) -> Void

    init(attempted: @escaping (SocketAddress, (any Error)?, _ isOver: Bool) -> Void) { self.attempted = attempted }

    func connect(context: ChannelHandlerContext, to address: SocketAddress, promise: EventLoopPromise<Void>?) {
        attempted(address, nil, false)
        let connected = context.eventLoop.makePromise(of: Void.self)
        connected.futureResult.assumeIsolated()
            .whenComplete { [attempted] result in
                switch result {
                case .success: attempted(address, nil, true)
                case .failure(let error): attempted(address, error, true)
                }
                // Nothing else will be tried on this channel.
                context.pipeline.syncOperations.removeHandler(self, promise: nil)
            }
        connected.futureResult.cascade(to: promise)
        context.connect(to: address, promise: connected)
    }
}

/// Keeps the first bytes that come.
///
/// It stands next to the socket, so that it sees TLS records and what came instead of them.
final class FirstBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private(set) var bytes: [UInt8] = []

    /// Forgets what came before another protocol begins.
    func protocolChanges() { bytes = [] }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let room = ConnectFailure.keptBytes - bytes.count
        if room > 0 { bytes += unwrapInboundIn(data).readableBytesView.prefix(room) }
        context.fireChannelRead(data)
    }
}

/// Waits behind TLS for the end of its handshake.
final class TLSWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private var ended: ((ConnectTimeline.TLS, (any Error)?) -> Void)?

    /// - Parameters:
    ///   - tls: The handler in front.
    ///   - ended: What is known about the other side, and what went wrong.
    init(_ tls: NIOSSLClientHandler, ended: @escaping (ConnectTimeline.TLS, (any Error)?) -> Void) {
        self.tls = tls
        self.ended = ended
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted(let applicationProtocol) = event {
            end(applicationProtocol, nil)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { end(nil, error) }

    func channelInactive(context: ChannelHandlerContext) {
        end(nil, ChannelError.eof)
        context.fireChannelInactive()
    }

    private func end(_ applicationProtocol: String?, _ error: (any Error)?) {
        guard let ended else { return }
        self.ended = nil
        let certificate = tls.peerCertificate
        let details = ConnectTimeline.TLS(
            version: tls.tlsVersion,
            applicationProtocol: applicationProtocol,
            certificate: certificate.flatMap { try? $0.toDERBytes() },
            names: certificate.map(CertificateName.all) ?? []
        )
        ended(details, error)
    }
}
