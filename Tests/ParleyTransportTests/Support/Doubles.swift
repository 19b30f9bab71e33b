// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOPosix
import ParleyHandshake
import ParleyTransport
import ParleyWebSocket
import Synchronization

/// Remembers what a WebSocket handler tells its delegate, and can answer.
final class RecordingDelegate: WebSocketDelegate, Sendable {
    enum Call: Sendable, Equatable {
        case opened
        case received(String)
        case becameWritable
        case shouldDrain
        case closed(CloseSummary)
    }

    private let state = Mutex<[Call]>([])
    private let onMessage: @Sendable (WebSocketChannelHandler, Message) -> Void
    private let socket = Mutex<NIOLoopBound<WebSocketChannelHandler>?>(nil)
    private let eventLoop: any EventLoop

    init(
        eventLoop: any EventLoop,
        onMessage: @escaping @Sendable (WebSocketChannelHandler, Message) -> Void = { _, _ in }
    ) {
        self.eventLoop = eventLoop
        self.onMessage = onMessage
    }

    var calls: [Call] { state.withLock { $0 } }

    /// Sends a text outside of reads.
    func send(_ text: String) {
        guard let socket = socket.withLock({ $0 })?.value else { return }
        socket.send(.text) { $0.writeString(text) }
        socket.flushOutsideReads()
    }

    func opened(_ socket: WebSocketChannelHandler) {
        let bound = NIOLoopBound(socket, eventLoop: eventLoop)
        self.socket.withLock { $0 = bound }
        record(.opened)
    }

    func received(_ message: Message) {
        record(.received(String(buffer: message.payload)))
        if let socket = socket.withLock({ $0 })?.value { onMessage(socket, message) }
    }

    func becameWritable() { record(.becameWritable) }
    func shouldDrain() { record(.shouldDrain) }
    func closed(_ summary: CloseSummary) { record(.closed(summary)) }

    private func record(_ call: Call) { state.withLock { $0.append(call) } }
}

/// Decides with a fixed policy and serves with a recording delegate.
struct TestResponder: UpgradeResponder {
    let memories = LoopMemories(MultiThreadedEventLoopGroup.singleton)
    var policy = HandshakePolicy(isEchoEnabled: true)
    var capacity = Capacity.available
    var limits = ConnectionLimits(pingInterval: nil)
    let delegate: RecordingDelegate

    func decide(_ request: HandshakeRequest, from peer: SocketAddress?) -> Decision {
        var request = request
        // An embedded channel has no address.
        request.peerIsLoopback = true
        return ParleyHandshake.decide(request, policy: policy, capacity: capacity)
    }

    func refuse(_ fault: RequestHeadFault, from peer: SocketAddress?) -> Refusal { Refusal(fault) }

    func compression(for accepted: Accepted) -> Compression? {
        accepted.compression.map { Compression($0, settings: DeflateSettings()) }
    }

    func delegate(for decision: Decision, on eventLoop: any EventLoop) -> any WebSocketDelegate { delegate }
}

/// Stands for the HTTP application: answers when it is told to.
final class Application: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private(set) var paths: [String] = []
    private(set) var context: ChannelHandlerContext?
    var answersAtOnce = true

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): paths.append(head.uri)
        case .body: break
        case .end: if answersAtOnce { answer() }
        }
    }

    func answer() {
        guard let context else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["content-length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

/// A server's pipeline on an embedded channel, spoken to in bytes.
struct ServerPipeline {
    let channel = EmbeddedChannel()
    let application = Application()
    let delegate: RecordingDelegate
    static let handshakeTimeout = TimeAmount.seconds(10)

    /// Whether the handlers of HTTP were added.
    var hasHTTP: Bool { application.context != nil }

    init(
        policy: HandshakePolicy = HandshakePolicy(isEchoEnabled: true),
        capacity: Capacity = .available,
        headLimits: RequestHeadReader.Limits = .init(),
        onMessage: @escaping @Sendable (WebSocketChannelHandler, Message) -> Void = { _, _ in }
    ) throws {
        delegate = RecordingDelegate(eventLoop: channel.embeddedEventLoop, onMessage: onMessage)
        let responder = TestResponder(policy: policy, capacity: capacity, delegate: delegate)
        let application = NIOLoopBound(application, eventLoop: channel.embeddedEventLoop)
        let front = Front(
            responder: responder,
            limits: headLimits,
            timeout: Self.handshakeTimeout,
            isSecure: false,
            eventLoopGroup: channel.embeddedEventLoop,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { channel in
            let timer = HeadTimer(timeout: Self.handshakeTimeout)
            let encoder = HTTPResponseEncoder()
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderListSize = headLimits.bytes
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
            )
            let switchHandler = SwitchHandler(
                responder: responder,
                handlers: .init(timer: timer, encoder: encoder, decoder: decoder, behind: [application.value]),
                limits: headLimits,
                isSecure: false
            )
            try channel.pipeline.syncOperations.addHandlers([timer, encoder, decoder, switchHandler, application.value])
        }
        try channel.pipeline.syncOperations.addHandler(FrontHandler(front))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    /// Gives the server bytes and returns all it has sent meanwhile.
    @discardableResult
    func send(_ bytes: ByteBuffer) throws -> ByteBuffer {
        channel.pipeline.fireChannelRead(bytes)
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        return try sent()
    }

    @discardableResult
    func send(_ text: String) throws -> String { String(buffer: try send(ByteBuffer(string: text))) }

    /// What was written and flushed since the last call.
    func sent() throws -> ByteBuffer {
        var all = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&part) }
        return all
    }

    static func upgrade(_ path: String = "/?model=m", fields: [String] = []) -> String {
        let lines = [
            "GET \(path) HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        return (lines + fields).joined(separator: "\r\n") + "\r\n\r\n"
    }
}

/// Frames as a client writes them: masked.
enum ClientFrame {
    static func text(_ text: String) -> ByteBuffer { frame(0x81, Array(text.utf8)) }

    static func close(_ code: UInt16) -> ByteBuffer { frame(0x88, [UInt8(code >> 8), UInt8(code & 0xFF)]) }

    private static func frame(_ first: UInt8, _ payload: [UInt8]) -> ByteBuffer {
        let key: [UInt8] = [1, 2, 3, 4]
        var buffer = ByteBuffer(bytes: [first, 0x80 | UInt8(payload.count)] + key)
        buffer.writeBytes(payload.enumerated().map { $0.element ^ key[$0.offset % 4] })
        return buffer
    }
}

/// Frames as the server writes them: short and not masked.
enum ServerFrame {
    static func text(_ text: String) -> ByteBuffer {
        ByteBuffer(bytes: [0x81, UInt8(text.utf8.count)] + Array(text.utf8))
    }

    static func close(_ code: UInt16, _ reason: String = "") -> ByteBuffer {
        ByteBuffer(
            bytes: [0x88, UInt8(2 + reason.utf8.count), UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8)
        )
    }
}
