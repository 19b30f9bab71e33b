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

/// The pipeline of one connection: HTTP/1.1 that can switch to WebSocket on any request.
struct RealtimeChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let gate: HandshakeGate
    let isSecure: Bool

    /// How long a connection may sit without a request.
    private static let idleTimeout = Duration.seconds(60)
    /// Most bytes of one header field and of all of them, and most fields.
    private static let headerBytes = 32 * 1024
    private static let headerFields = 200

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if !isSecure { try pipeline.addHandler(PlainPortGuard(logger: logger)) }
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = Self.headerBytes
            limits.maxHeaderListSize = Self.headerBytes
            limits.maxHeaderFieldCount = Self.headerFields
            let encoder = HTTPResponseEncoder()
            // Bytes behind the upgrade request are the client's first messages.
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
            )
            let codec = HTTP1ToHTTPServerCodec(secure: isSecure)
            let state = HTTPConnectionStateHandler(idleTimeout: Self.idleTimeout, logger: logger)
            let switchHandler = SwitchHandler(
                responder: gate,
                handlers: .init(encoder: encoder, decoder: decoder, behind: [codec, state]),
                isSecure: isSecure
            )
            try pipeline.addHandlers([encoder, decoder, switchHandler, codec, state])
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true)
            )
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }
}
