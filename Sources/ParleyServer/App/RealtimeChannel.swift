// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes
internal import NIOHTTPTypesHTTP1
internal import ParleyTransport
internal import ParleyWebSocket

/// The pipeline of a connection whose first request asks for no WebSocket: HTTP/1.1 that can switch on any later one.
struct RealtimeChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let gate: HandshakeGate
    let isSecure: Bool
    let headLimits: RequestHeadReader.Limits
    let headTimeout: TimeAmount

    /// How long a connection may sit without a request.
    private static let idleTimeout = Duration.seconds(60)

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try addHandlers(to: channel, logger: logger) }
    }

    /// Adds the handlers behind those that are there; has to be called on the channel's event loop.
    func addHandlers(to channel: any Channel, logger: Logger) throws -> Value {
        let pipeline = channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headLimits.bytes
        limits.maxHeaderListSize = headLimits.bytes
        // The switch handler counts them, and can say that they are too many.
        limits.maxHeaderFieldCount = headLimits.bytes
        let timer = HeadTimer(timeout: headTimeout)
        let encoder = HTTPResponseEncoder()
        // Bytes behind the upgrade request are the client's first messages.
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        )
        let codec = HTTP1ToHTTPServerCodec(secure: isSecure)
        let state = HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: logger)
        let switchHandler = SwitchHandler(
            responder: gate,
            handlers: .init(timer: timer, encoder: encoder, decoder: decoder, behind: [codec, state]),
            limits: headLimits,
            isSecure: isSecure
        )
        try pipeline.addHandlers([timer, encoder, decoder, switchHandler, codec, state])
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true)
        )
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
