// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import NIOSSL
import ParleyWebSocket

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on a free port of this machine that follows a script on each connection.
enum ScriptedServer {
    /// What it does next.
    enum Step: Sendable {
        /// Waits for bytes that end a head.
        case awaitHead
        /// Waits for any bytes.
        case awaitBytes
        case send([UInt8])
        /// Sends a right 101 with these fields, and what follows it.
        case upgrade(fields: String = "", then: [UInt8] = [])
        case close
        case reset
    }

    /// Text as a step.
    static func say(_ text: String) -> Step { .send(Array(text.utf8)) }

    /// Serves while `body` runs with the port; when a script is over, the connection stays as it is.
    static func run<Result: Sendable>(
        _ script: [Step],
        tls: TLSConfiguration? = nil,
        host: String = "127.0.0.1",
        body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(ScriptHandler(script))
                }
            }
            .bind(host: host, port: 0).get()
        do {
            let result = try await body(server.localAddress?.port ?? 0)
            try await server.close()
            return result
        } catch {
            try? await server.close()
            throw error
        }
    }

    /// A port that nothing listens on.
    static func closedPort() async throws -> Int {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        try await server.close()
        return port
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var script: [ScriptedServer.Step]
    private var received: [UInt8] = []
    private var key = ""

    init(_ script: [ScriptedServer.Step]) { self.script = script }

    func channelActive(context: ChannelHandlerContext) { goOn(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        goOn(context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func goOn(_ context: ChannelHandlerContext) {
        while let step = script.first {
            switch step {
            case .awaitHead:
                let text = String(decoding: received, as: UTF8.self)
                guard let end = text.firstRange(of: "\r\n\r\n") else { return }
                for line in text[..<end.lowerBound].split(separator: "\r\n")
                where line.lowercased().hasPrefix("sec-websocket-key: ") {
                    key = String(line.dropFirst("sec-websocket-key: ".count))
                }
                received = Array(text[end.upperBound...].utf8)
            case .awaitBytes:
                guard !received.isEmpty else { return }
                received = []
            case .send(let bytes): write(bytes, context)
            case .upgrade(let fields, let then):
                let head =
                    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: \(AcceptKey.value(for: key))\r\n\(fields)\r\n"
                write(Array(head.utf8) + then, context)
            case .close: context.close(promise: nil)
            case .reset:
                // Closing with nothing to linger for sends RST.
                _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                context.close(promise: nil)
            }
            script.removeFirst()
        }
    }

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}
