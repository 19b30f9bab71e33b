// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Servers on the network")
struct NetworkWireTests {
    /// Answers every request with what it saw, or never.
    private final class Mirror: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let isMute: Bool
        private var lines: [String] = []

        init(isMute: Bool) { self.isMute = isMute }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                lines = ["\(head.method.rawValue) \(head.uri)"]
                for name in ["authorization", "content-type"] { lines += head.headers[name] }
            case .body(let body): lines.append(String(buffer: body))
            case .end where isMute: context.close(promise: nil)
            case .end:
                let body = lines.joined(separator: "|")
                let headers: HTTPHeaders = ["content-length": "\(body.utf8.count)"]
                let head = HTTPResponseHead(version: .http1_1, status: .imATeapot, headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: body)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }

    private static func withMirror(isMute: Bool = false, _ body: (NetworkWire) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Mirror(isMute: isMute))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await body(try wire(port))
        try await server.close()
    }

    private static func wire(_ port: Int) throws -> NetworkWire {
        let settings = NetworkSettings(endpoint: try Endpoint("ws://127.0.0.1:\(port)/v1/realtime?region=eu"))
        return NetworkWire(settings, logger: Logger(label: "test"))
    }

    @Test("An HTTP request goes out with key and body, and its answer comes back")
    func exchange() async throws {
        try await Self.withMirror { wire in
            let posted = try await wire.exchange(
                WireHTTPRequest(method: "POST", resource: "/client_secrets", key: "sk-1", body: "{}")
            )
            #expect(posted.status == 418)
            #expect(posted.body == "POST /v1/realtime/client_secrets?region=eu|Bearer sk-1|application/json|{}")
            let got = try await wire.exchange(WireHTTPRequest(method: "GET", resource: "", key: nil))
            #expect(got.body == "GET /v1/realtime?region=eu")
        }
    }

    @Test("A server that hangs up is told as such")
    func hangUp() async throws {
        try await Self.withMirror(isMute: true) { wire in
            await #expect(throws: WireFailure.unreachable("the connection ended before the HTTP answer was complete")) {
                try await wire.exchange(WireHTTPRequest(method: "GET", resource: "", key: nil))
            }
        }
    }

    @Test("A handshake that is refused tells status and body")
    func refusedHandshake() async throws {
        try await Self.withMirror { wire in
            let request = WireRequest(dialect: .beta, query: [QueryItem("model", "m")], key: "sk-1")
            await #expect(
                throws: WireFailure.refused(status: 418, detail: "GET /v1/realtime?model=m&region=eu|Bearer sk-1")
            ) { _ = try await wire.connect(request) }
        }
    }

    @Test("Nothing that listens is told as unreachable")
    func unreachable() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        try await server.close()
        let wire = try Self.wire(port)
        let failure = await #expect(throws: WireFailure.self) {
            _ = try await wire.connect(WireRequest(dialect: .ga, query: [], key: nil))
        }
        #expect(failure?.description.hasPrefix("cannot reach the server: ") == true)
        await #expect(throws: WireFailure.self) {
            try await wire.exchange(WireHTTPRequest(method: "GET", resource: "", key: nil))
        }
    }
}
