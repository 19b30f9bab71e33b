// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Stands in front of the HTTP decoder and gives the head of each later request the time that the first one has.
///
/// The time begins with the head's first byte: between requests a connection may be silent for longer. Bytes that came
/// together with the end of the request before do not begin it.
package final class HeadTimer: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer

    private let timeout: TimeAmount
    private var isAwaitingHead = false
    private var timer: Scheduled<Void>?
    /// Told when the time of a head is over.
    var timedOut: () -> Void = {}

    /// - Parameter timeout: How long a head may take.
    package init(timeout: TimeAmount) { self.timeout = timeout }

    /// A head has come to its end.
    func headCame() {
        isAwaitingHead = false
        stop()
    }

    /// A request has come to its end: the next bytes begin a head.
    func requestCame() { isAwaitingHead = true }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isAwaitingHead, timer == nil, !isLeftOver(unwrapInboundIn(data)) {
            timer = context.eventLoop.assumeIsolated()
                .scheduleTask(in: timeout) {
                    self.timer = nil
                    self.timedOut()
                }
        }
        context.fireChannelRead(data)
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stop()
        timedOut = {}
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    /// Empty lines behind a request belong to no other one (RFC 9112 section 2.2).
    private func isLeftOver(_ bytes: ByteBuffer) -> Bool {
        bytes.readableBytesView.allSatisfy { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }
    }
}
