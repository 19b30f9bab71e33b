// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import NIOCore

/// Recognises a TLS hello on a port without TLS, says so and ends the connection.
///
/// Otherwise both sides wait for each other: the client for its answer, the server for the end of a request line.
package final class PlainPortGuard: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    /// First byte of a TLS handshake record (RFC 8446, section 5.1).
    private static let tlsHandshake: UInt8 = 0x16

    private let logger: Logger

    /// A guard that reports to `logger`.
    package init(logger: Logger) { self.logger = logger }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == Self.tlsHandshake else {
            context.fireChannelRead(data)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            return
        }
        let peer = context.channel.remoteAddress?.description ?? "unknown"
        logger.warning(
            "a client speaks TLS (https or wss) to this plain port; use ws://, or serve with --tls-cert and --tls-key",
            metadata: ["peer": "\(peer)", "cause": "tls-to-plain"]
        )
        context.close(promise: nil)
    }
}
