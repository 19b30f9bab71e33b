// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOExtras
internal import NIOSSL
internal import ParleyTransport
internal import ParleyWebSocket
internal import ServiceLifecycle

/// Accepts connections and serves the plain HTTP among them.
///
/// Hummingbird's own server runs a task for each connection from its first moment on; here only those have one that
/// turn out to speak plain HTTP.
struct Listener: Service {
    let configuration: ServerConfiguration
    let gate: HandshakeGate
    let door: Door
    let tls: NIOSSLContext?
    let http: HTTPChannelHandler.Responder
    let eventLoopGroup: any EventLoopGroup
    let logger: Logger
    let onStart: @Sendable (any Channel) async -> Void

    func run() async throws {
        let (connections, sink) = AsyncStream<RealtimeChannel.Value>.makeStream()
        let limits = RequestHeadReader.Limits(bytes: configuration.maxHeadBytes, fields: configuration.maxHeadFields)
        let timeout = TimeAmount.seconds(Int64(configuration.handshakeTimeoutSeconds))
        let channel = RealtimeChannel(
            responder: http,
            gate: gate,
            isSecure: tls != nil,
            headLimits: limits,
            headTimeout: timeout
        )
        let front = Front(
            responder: gate,
            limits: limits,
            timeout: timeout,
            isSecure: tls != nil,
            eventLoopGroup: eventLoopGroup,
            logger: self.logger
        ) { [logger] in
            sink.yield(try channel.addHandlers(to: $0, logger: logger))
        }
        let drain = ServerQuiescingHelper(group: eventLoopGroup)
        let listening = try await listening(front, drain).bind(host: configuration.host, port: configuration.port)
        await AcceptGuard.protect(listening, door: door, eventLoopGroup: eventLoopGroup, logger: logger)
        await withGracefulShutdownHandler {
            await onStart(listening)
            await withDiscardingTaskGroup { group in
                for await connection in connections {
                    group.addTask { await channel.handle(value: connection, logger: logger) }
                }
                // Whoever cancels this wants an end, too; a second order to drain changes nothing.
                drain.initiateShutdown(promise: nil)
            }
        } onGracefulShutdown: {
            // Every channel is told, sessions included, and has closed when the promise is kept.
            let closed = listening.eventLoop.makePromise(of: Void.self)
            closed.futureResult.whenComplete { _ in sink.finish() }
            drain.initiateShutdown(promise: closed)
        }
    }

    private func listening(_ front: Front, _ drain: ServerQuiescingHelper) -> Listening {
        Listening(on: eventLoopGroup) { channel in
            try channel.pipeline.syncOperations.addHandler(drain.makeServerChannelHandler(channel: channel))
        } childInitializer: { [tls, door] channel in
            guard door.admits(channel) else { throw ChannelError.ioOnClosedChannel }
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
            let pipeline = channel.pipeline.syncOperations
            if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
            try pipeline.addHandler(FrontHandler(front))
        }
    }
}
