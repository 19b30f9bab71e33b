// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Stands next to the socket and sees the bytes of TLS, and whether the connection was reset.
final class WireWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private(set) var records = TLSRecords()
    private(set) var wasReset = false
    /// Whether what comes is to be looked at as TLS.
    var watchesTLS = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if watchesTLS { records.received(unwrapInboundIn(data).readableBytesView) }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        note(error)
        context.fireErrorCaught(error)
    }

    /// Notes an error of reading or writing.
    func note(_ error: any Error) {
        if let error = error as? IOError, error.errnoCode == ECONNRESET || error.errnoCode == EPIPE { wasReset = true }
    }
}
