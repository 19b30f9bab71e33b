// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import ParleyTransport

/// One HTTP/1.1 request on a connection of its own.
struct HTTPExchange {
    private let settings: NetworkSettings

    /// Longest body kept, in bytes.
    private static let maxBodyBytes = 1 << 20

    init(_ settings: NetworkSettings) { self.settings = settings }

    func answer(to request: WireHTTPRequest) async throws(WireFailure) -> WireHTTPAnswer {
        let tls = try context()
        let (host, port) = try address()
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let answer = loop.makePromise(of: WireHTTPAnswer.self)
        let timer = loop.scheduleTask(in: settings.timeout) { answer.fail(HTTPExchangeError.timedOut) }
        do {
            let channel = try await ClientBootstrap(group: loop)
                .connectTimeout(settings.timeout)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        if let tls {
                            let name = Self.isAddress(host) ? nil : host
                            try pipeline.addHandler(try NIOSSLClientHandler(context: tls, serverHostname: name))
                        }
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(AnswerHandler(answer, maxBodyBytes: Self.maxBodyBytes))
                    }
                }
                .connect(host: host, port: port).get()
            send(request, on: channel, host: host, port: port)
            let result = try await answer.futureResult.get()
            timer.cancel()
            channel.close(promise: nil)
            return result
        } catch {
            timer.cancel()
            answer.fail(error)
            throw .unreachable("\(error)")
        }
    }

    private func send(_ request: WireHTTPRequest, on channel: any Channel, host: String, port: Int) {
        let isUsual = port == (settings.endpoint.isSecure ? 443 : 80)
        let name = host.contains(":") ? "[\(host)]" : host
        var headers: HTTPHeaders = ["Host": isUsual ? name : "\(name):\(port)", "Connection": "close"]
        if let key = request.key { headers.add(name: "Authorization", value: "Bearer \(key)") }
        let body = request.body.map { ByteBuffer(string: $0) }
        if let body {
            headers.add(name: "Content-Type", value: "application/json")
            headers.add(name: "Content-Length", value: "\(body.readableBytes)")
        }
        let head = HTTPRequestHead(
            version: .http1_1,
            method: HTTPMethod(rawValue: request.method),
            uri: settings.endpoint.httpTarget(request.resource),
            headers: headers
        )
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    private func context() throws(WireFailure) -> NIOSSLContext? {
        guard settings.endpoint.isSecure else { return nil }
        var configuration = TLSConfiguration.makeClientConfiguration()
        if !settings.verifiesCertificate { configuration.certificateVerification = .none }
        do {
            if let file = settings.certificateFile {
                configuration.additionalTrustRoots.append(.certificates(try NIOSSLCertificate.fromPEMFile(file)))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .unreachable("the certificates to trust cannot be used: \(error)")
        }
    }

    private func address() throws(WireFailure) -> (host: String, port: Int) {
        do throws(WebSocketURLError) {
            let url = try WebSocketURL(settings.endpoint.origin)
            return (url.host, url.port)
        } catch {
            throw .unreachable(error.description)
        }
    }

    private static func isAddress(_ host: String) -> Bool { (try? SocketAddress(ipAddress: host, port: 0)) != nil }
}

/// Why no answer came.
private enum HTTPExchangeError: Error, CustomStringConvertible {
    case timedOut, ended, tooLong

    var description: String {
        switch self {
        case .timedOut: "no HTTP answer in the time allowed"
        case .ended: "the connection ended before the HTTP answer was complete"
        case .tooLong: "the HTTP answer is longer than 1 MiB"
        }
    }
}

/// Collects one answer.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<WireHTTPAnswer>
    private let maxBodyBytes: Int
    private var status = 0
    private var body = ByteBuffer()

    init(_ answer: EventLoopPromise<WireHTTPAnswer>, maxBodyBytes: Int) {
        self.answer = answer
        self.maxBodyBytes = maxBodyBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(var part):
            body.writeBuffer(&part)
            if body.readableBytes > maxBodyBytes { errorCaught(context: context, error: HTTPExchangeError.tooLong) }
        case .end: answer.succeed(WireHTTPAnswer(status: status, body: String(buffer: body)))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(HTTPExchangeError.ended) }
}
