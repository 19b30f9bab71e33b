// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore

/// Sends one HTTP request and reads what is answered.
///
/// It reports once, hands on what came behind the answer, and leaves.
final class ExchangeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private var reader: ResponseReader
    private let sent: () -> Void
    private var ended: ((Result<Answer, ConnectFailure.Cause>) -> Void)?
    private var context: ChannelHandlerContext?

    /// - Parameters:
    ///   - request: Written at once.
    ///   - reader: Knows when the answer is complete.
    ///   - sent: The socket has taken the request.
    ///   - ended: The answer is complete or never will be.
    init(
        request: [UInt8],
        reader: ResponseReader,
        sent: @escaping () -> Void,
        ended: @escaping (Result<Answer, ConnectFailure.Cause>) -> Void
    ) {
        self.request = request
        self.reader = reader
        self.sent = sent
        self.ended = ended
    }

    /// What came of an answer whose head is not complete.
    var pending: [UInt8] { reader.pending }

    /// Takes what there is of the answer: only the rest of a body is worth no further waiting.
    func giveUpWaiting() {
        if let answer = reader.inputEnded() { end(.success(answer)) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [sent] in sent() }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: written)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard ended != nil else { return context.fireChannelRead(data) }
        do throws(ConnectFailure.Cause) {
            if let answer = try reader.received(unwrapInboundIn(data)) { end(.success(answer)) }
        } catch {
            end(.failure(error))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { inputEnded(because: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        inputEnded(because: nil)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard ended != nil else { return context.fireErrorCaught(error) }
        inputEnded(because: error)
    }

    private func inputEnded(because error: (any Error)?) {
        if let answer = reader.inputEnded() { return end(.success(answer)) }
        let received = Array(reader.pending.prefix(ConnectFailure.keptBytes))
        switch error {
        case let error as IOError where error.isReset: end(.failure(.reset(received: received)))
        case let error as IOError: end(.failure(.transport("\(error)")))
        // What TLS says about a stream that ends without its own goodbye is the end of the stream all the same.
        default: end(.failure(.closedBeforeAnswer(received: received)))
        }
    }

    private func end(_ result: Result<Answer, ConnectFailure.Cause>) {
        guard let ended else { return }
        self.ended = nil
        ended(result)
        guard case .success(let answer) = result, let context else { return }
        if answer.rest.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(answer.rest))
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
