// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Logging
package import NIOCore
internal import ParleyHandshake
internal import ParleyWebSocket

/// Stands first on a connection, reads the head of its first request, and makes it what the request asks for.
///
/// A WebSocket is decided and opened right here: an HTTP pipeline is never built for it. Any other request gets one,
/// and all bytes from the first on; there ``SwitchHandler`` sees to upgrades on later requests. What is no request, or
/// does not come to its end in time, is refused.
package final class FrontHandler: ChannelInboundHandler, RemovableChannelHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum State {
        case reading(RequestHeadReader)
        /// A refusal was sent; what still comes is not looked at.
        case refused
        /// Others have the connection.
        case done
    }

    private let front: Front
    private var state: State
    private var context: ChannelHandlerContext?
    // The connection's place among those of `HandshakeDeadlines`.
    var deadline: NIODeadline?
    var previous: FrontHandler?
    var next: FrontHandler?

    /// How long bytes are read off after a refusal, so that no reset overtakes it.
    private static let linger = TimeAmount.seconds(1)
    /// First byte of a TLS handshake record (RFC 8446, section 5.1).
    private static let tlsHandshake: UInt8 = 0x16

    /// A handler for a connection that was just accepted.
    package init(_ front: Front) {
        self.front = front
        state = .reading(RequestHeadReader(limits: front.limits))
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { startTimer(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        startTimer(context)
        context.fireChannelActive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        stopTimer(context)
        self.context = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .reading(var reader) = state else { return }
        // One reference less, so that bytes are appended where they are.
        state = .done
        let bytes = unwrapInboundIn(data)
        if !front.isSecure, reader.received.readableBytes == 0,
            bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) == Self.tlsHandshake
        {
            return turnTLSAway(context)
        }
        do throws(RequestHeadFault) {
            let head = try reader.received(bytes)
            guard let head else {
                state = .reading(reader)
                return
            }
            received(head, reader, context)
        } catch {
            refuse(front.responder.refuse(error, from: context.channel.remoteAddress), context)
        }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed, is ChannelShouldQuiesceEvent: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset, or no TLS: there is nobody left to tell.
        context.close(promise: nil)
    }

    private func received(_ head: RequestHead, _ reader: RequestHeadReader, _ context: ChannelHandlerContext) {
        stopTimer(context)
        let request = HandshakeRequest(
            head,
            isSecure: front.isSecure,
            peerIsLoopback: context.channel.remoteAddress?.isLoopback ?? false
        )
        guard request.upgrade.isToBeDecided else { return serveHTTP(reader.received, context) }
        let decision = front.responder.decide(request, from: context.channel.remoteAddress)
        switch decision.admission {
        case .refuse(let refusal): refuse(refusal, context)
        case .accept(let accepted), .acceptThenFail(let accepted, _):
            open(accepted, decision, early: reader.rest, context)
        }
    }

    private func open(
        _ accepted: Accepted,
        _ decision: Decision,
        early: ByteBuffer,
        _ context: ChannelHandlerContext
    ) {
        let socket = front.responder.socket(for: decision, isSecure: front.isSecure, on: context.eventLoop)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(socket)
        } catch {
            return context.close(promise: nil)
        }
        socket.open(answer: accepted.answer, isFirst: true)
        // What came behind the request are the client's first messages; the end of the read flushes the replies.
        if early.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(early)) }
        pipeline.removeHandler(context: context, promise: nil)
        socket.othersLeft()
    }

    private func serveHTTP(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        do {
            try front.addHTTP(context.channel)
        } catch {
            return context.close(promise: nil)
        }
        // To the handlers just added the connection begins here.
        context.fireChannelActive()
        context.fireChannelRead(wrapInboundOut(bytes))
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        stopTimer(context)
        state = .refused
        context.writeAndFlush(wrapOutboundOut(refusal.answer), promise: nil)
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { context.close(promise: nil) }
    }

    private func turnTLSAway(_ context: ChannelHandlerContext) {
        let peer = context.channel.remoteAddress?.description ?? "unknown"
        front.logger.warning(
            "a client speaks TLS (https or wss) to this plain port; use ws://, or serve with --tls-cert and --tls-key",
            metadata: ["peer": "\(peer)", "cause": "tls-to-plain"]
        )
        context.close(promise: nil)
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        guard deadline == nil, case .reading = state else { return }
        front.deadlines(of: context.eventLoop)?.add(self)
    }

    private func stopTimer(_ context: ChannelHandlerContext) {
        guard deadline != nil else { return }
        front.deadlines(of: context.eventLoop)?.remove(self)
    }

    /// The connection's time is over.
    ///
    /// Who has sent nothing has nobody that waits for an answer, or does not speak TLS yet.
    func timedOut() {
        guard let context, case .reading(let reader) = state else { return }
        guard reader.received.readableBytes > 0 else { return context.close(promise: nil) }
        refuse(front.responder.refuse(.timedOut, from: context.channel.remoteAddress), context)
    }
}

extension UpgradeRequest {
    /// Whether the application is not to see the request.
    var isToBeDecided: Bool { isAttempt || plainFault != nil }
}

extension HandshakeRequest {
    /// The head of a connection's first request.
    init(_ head: RequestHead, isSecure: Bool, peerIsLoopback: Bool) {
        self.init(
            method: head.method,
            target: head.target,
            authority: head.authority,
            headers: head.fields,
            isHTTP10: head.isHTTP10,
            isSecure: isSecure,
            peerIsLoopback: peerIsLoopback
        )
    }
}
