// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
package import NIOCore
package import NIOHTTP1
internal import ParleyHandshake
package import ParleyWebSocket

/// Stands behind the HTTP decoder and takes a connection over to WebSocket when a request asks for it.
///
/// It sees every request head, so the upgrade may come on any request of a connection, as it does behind a proxy that
/// keeps its connections. A request that came before is answered first. Refusals are answered here, as on the first
/// request; requests that ask for no WebSocket pass.
package final class SwitchHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPServerRequestPart
    package typealias InboundOut = HTTPServerRequestPart
    package typealias OutboundIn = HTTPServerResponsePart
    package typealias OutboundOut = HTTPServerResponsePart

    /// The handlers that make the pipeline speak HTTP, from the socket inwards.
    package struct HTTPHandlers {
        let timer: HeadTimer
        let encoder: HTTPResponseEncoder
        let decoder: ByteToMessageHandler<HTTPRequestDecoder>
        let behind: [any RemovableChannelHandler]

        /// Names the handlers to be removed at a switch; `behind` are those after the switch handler.
        package init(
            timer: HeadTimer,
            encoder: HTTPResponseEncoder,
            decoder: ByteToMessageHandler<HTTPRequestDecoder>,
            behind: [any RemovableChannelHandler]
        ) {
            self.timer = timer
            self.encoder = encoder
            self.decoder = decoder
            self.behind = behind
        }
    }

    private enum State {
        /// Requests pass.
        case passing
        /// This request asks for a WebSocket and is being read.
        case reading(HandshakeRequest)
        /// It has been read, but earlier requests are not answered yet.
        case waiting(HandshakeRequest)
        /// What came is no request head, but earlier requests are not answered yet.
        case refusing(RequestHeadFault)
        /// Decided; nothing more is read as HTTP.
        case decided
    }

    private let responder: any UpgradeResponder
    private let handlers: HTTPHandlers
    private let limits: RequestHeadReader.Limits
    private let isSecure: Bool
    private var state = State.passing
    private var unanswered = 0

    /// How long bytes are read off after a refusal, so that no reset overtakes it.
    private static let linger = TimeAmount.seconds(1)

    /// - Parameters:
    ///   - responder: Decides and serves.
    ///   - handlers: What is removed at a switch.
    ///   - limits: How many fields a request head may have, and how long its first line may be; the decoder counts
    ///     its bytes.
    ///   - isSecure: Whether the channel has TLS.
    package init(
        responder: any UpgradeResponder,
        handlers: HTTPHandlers,
        limits: RequestHeadReader.Limits,
        isSecure: Bool
    ) {
        self.responder = responder
        self.handlers = handlers
        self.limits = limits
        self.isSecure = isSecure
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        handlers.timer.timedOut = { [weak self] in self?.received(.timedOut, context) }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .passing):
            handlers.timer.headCame()
            if let fault = fault(in: head) { return received(fault, context) }
            let request = HandshakeRequest(
                head,
                isSecure: isSecure,
                peerIsLoopback: context.channel.remoteAddress?.isLoopback ?? false
            )
            if request.upgrade.isToBeDecided {
                state = .reading(request)
            } else {
                unanswered += 1
                context.fireChannelRead(data)
            }
        case (.end, .passing):
            handlers.timer.requestCame()
            context.fireChannelRead(data)
        case (.body, .passing): context.fireChannelRead(data)
        case (.end, .reading(let request)):
            state = .waiting(request)
            decideWhenAnswered(context)
        case (_, .reading), (_, .waiting), (_, .refusing), (_, .decided): break
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Other errors the application answers with 400.
        guard case .passing = state, error as? HTTPParserError == .headerOverflow else {
            return context.fireErrorCaught(error)
        }
        received(.headTooLarge, context)
    }

    private func fault(in head: HTTPRequestHead) -> RequestHeadFault? {
        if head.headers.count > limits.fields { return .tooManyFields }
        // "METHOD TARGET HTTP/1.1".
        let line = head.method.rawValue.utf8.count + head.uri.utf8.count + 10
        return line > limits.requestLine ? .requestLineTooLong : nil
    }

    private func received(_ fault: RequestHeadFault, _ context: ChannelHandlerContext) {
        state = .refusing(fault)
        decideWhenAnswered(context)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
        context.write(data, promise: promise)
        unanswered -= 1
        decideWhenAnswered(context)
    }

    private func decideWhenAnswered(_ context: ChannelHandlerContext) {
        guard unanswered == 0 else { return }
        if case .refusing(let fault) = state {
            state = .decided
            return refuse(responder.refuse(fault, from: context.channel.remoteAddress), context)
        }
        guard case .waiting(let request) = state else { return }
        state = .decided
        let decision = responder.decide(request, from: context.channel.remoteAddress)
        switch decision.admission {
        case .refuse(let refusal): refuse(refusal, context)
        case .accept(let accepted), .acceptThenFail(let accepted, _): accept(accepted, decision, context)
        }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: refusal.status.code, reasonPhrase: refusal.status.reasonPhrase),
            headers: HTTPHeaders(refusal.answerFields.map { ($0.name.rawName, $0.value) })
        )
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: refusal.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { context.close(promise: nil) }
    }

    private func accept(_ accepted: Accepted, _ decision: Decision, _ context: ChannelHandlerContext) {
        let socket = responder.socket(for: decision, isSecure: isSecure, on: context.eventLoop)
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandler(socket, position: .after(handlers.decoder))
        } catch {
            return context.close(promise: nil)
        }
        // Nobody may be asked to read HTTP any more. What idle timers behind would do would end the WebSocket.
        pipeline.removeHandler(handlers.timer, promise: nil)
        pipeline.removeHandler(handlers.encoder, promise: nil)
        for handler in handlers.behind { pipeline.removeHandler(handler, promise: nil) }
        pipeline.removeHandler(self, promise: nil)
        socket.open(answer: accepted.answer)
        // The decoder leaves a moment later and only then hands on bytes that came behind the request, without a
        // `channelReadComplete`: the replies to them must be flushed here.
        pipeline.removeHandler(handlers.decoder).assumeIsolated()
            .whenComplete { _ in
                socket.othersLeft()
            }
    }
}

extension HandshakeRequest {
    /// A head of a later request, as the HTTP/1 decoder gives it.
    ///
    /// Fields whose names are no tokens are left out.
    init(_ head: HTTPRequestHead, isSecure: Bool, peerIsLoopback: Bool) {
        var fields = HTTPFields()
        var authority: String?
        for (name, value) in head.headers {
            if authority == nil, name.lowercased() == "host" {
                authority = value
            } else if let name = HTTPField.Name(name) {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        self.init(
            method: HTTPRequest.Method(head.method.rawValue) ?? .get,
            target: head.uri,
            authority: authority,
            headers: fields,
            isHTTP10: (head.version.major, head.version.minor) < (1, 1),
            isSecure: isSecure,
            peerIsLoopback: peerIsLoopback
        )
    }
}
