// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyDiagnosis

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// One end of a pipe: what it reads the other end writes, as it comes.
///
/// It does not read while the other end cannot write, so that at most what the socket's buffer and the high water mark
/// hold (64 KiB) is in memory. Ends are passed on as they come: half an end, an end, a reset. Both ends live on the same
/// event loop.
final class PipeSide: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum End { case half, whole }

    /// Most bytes that are read before there is another end.
    private static let mostWaiting = 64 * 1024

    private let link: TapLink
    private let isClient: Bool
    private var context: ChannelHandlerContext?
    private var partner: PipeSide?
    private var waiting: [ByteBuffer] = []
    private var waitingBytes = 0
    private var isReadHeld = false
    private var wasReset = false
    private var end: End?
    private var lastWrite: EventLoopFuture<Void>?

    init(_ link: TapLink, isClient: Bool) {
        self.link = link
        self.isClient = isClient
    }

    /// Makes a pipe of two ends; what they read until now goes on.
    static func join(_ one: PipeSide, _ other: PipeSide) {
        one.partner = other
        other.partner = one
        one.handOver()
        other.handOver()
    }

    private func handOver() {
        for buffer in waiting { partner?.write(buffer) }
        waiting = []
        waitingBytes = 0
        partner?.context?.flush()
        switch end {
        case .half: partner?.endOutput()
        case .whole: partner?.close(resetting: wasReset)
        case nil: resume()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        partner = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = link.passed(unwrapInboundIn(data), fromClient: isClient)
        guard buffer.readableBytes > 0 else { return }
        guard let partner else {
            waiting.append(buffer)
            waitingBytes += buffer.readableBytes
            return
        }
        partner.write(buffer)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        partner?.context?.flush()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        let mayRead = partner.map { $0.context?.channel.isWritable ?? true } ?? (waitingBytes < Self.mostWaiting)
        if mayRead { context.read() } else { isReadHeld = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { partner?.resume() }
        context.fireChannelWritabilityChanged()
    }

    private func resume() {
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            over(.half)
            partner?.endOutput()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { noteReset(error) }

    func channelInactive(context: ChannelHandlerContext) {
        over(.whole)
        partner?.close(resetting: wasReset)
        context.fireChannelInactive()
    }

    private func noteReset(_ error: any Error) {
        guard let error = error as? IOError, [ECONNRESET, EPIPE].contains(error.errnoCode) else { return }
        wasReset = true
    }

    private func over(_ end: End) {
        self.end = end
        if let rest = link.ended(wasReset ? .reset : .closed, byClient: isClient) {
            if let partner { partner.write(rest) } else { waiting.append(rest) }
            partner?.context?.flush()
        }
    }

    private func write(_ buffer: ByteBuffer) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenFailure { [self] error in noteReset(error) }
        lastWrite = promise.futureResult
        context.write(wrapOutboundOut(buffer), promise: promise)
    }

    /// Ends the direction out of here behind what was written.
    private func endOutput() {
        afterWriting { context in
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.assumeIsolated()
                .whenFailure { error in
                    // Half an end is not to be had everywhere.
                    if case ChannelError.operationUnsupported = error { context.close(promise: nil) }
                }
            context.close(mode: .output, promise: promise)
        }
    }

    /// Ends both directions behind what was written.
    func close(resetting: Bool = false) {
        afterWriting { context in
            if resetting, let socket = context.channel as? any SocketOptionProvider {
                _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            }
            context.close(promise: nil)
        }
    }

    private func afterWriting(_ body: @escaping (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        guard let lastWrite else { return body(context) }
        lastWrite.assumeIsolated().whenComplete { [self] _ in self.context.map(body) }
    }
}
