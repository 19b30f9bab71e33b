// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
package import NIOCore
internal import NIOPosix
package import NIOSSL

/// A TCP server on a free port of this machine that does with each connection what the test says.
package enum RawServer {
    /// Serves while `body` runs with the port.
    ///
    /// What `serve` throws because the client has gone is no failure; what it expects is checked all the same.
    package static func run<Result: Sendable>(
        tls: TLSConfiguration? = nil,
        serve: @escaping @Sendable (RawPeer) async throws -> Void,
        body: @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        // Both sides have a thread of their own: what other suites compute must not make one of them miss a time limit.
        let executor = OwnThread()
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let (connections, arrivals) = AsyncStream<RawConnection>.makeStream()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            // NIOSSL ends a channel that allows half an end only after its time-out.
            .childChannelOption(.allowRemoteHalfClosure, value: tls == nil)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    let (bytes, source) = AsyncStream<ByteBuffer>.makeStream()
                    try pipeline.addHandler(ByteSource(source))
                    arrivals.yield(RawConnection(channel: channel, bytes: bytes))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: executor) {
                await withDiscardingTaskGroup { children in
                    for await connection in connections {
                        children.addTask(executorPreference: executor) {
                            try? await serve(RawPeer(connection))
                            try? await connection.channel.close()
                        }
                    }
                }
            }
            defer {
                server.close(promise: nil)
                arrivals.finish()
            }
            return try await withTaskExecutorPreference(executor) {
                try await body(server.localAddress?.port ?? 0)
            }
        }
    }
}

/// Runs tasks on a thread that no other test has.
private final class OwnThread: TaskExecutor {
    private let queue = DispatchQueue(label: "parley.test.server")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A connection and what comes from it.
package struct RawConnection: Sendable {
    let channel: any Channel
    let bytes: AsyncStream<ByteBuffer>

    /// A connection to another server of this machine, which `staysOpen` or not when the server has ended its half.
    package static func to(port: Int, staysOpen: Bool = false) async throws -> RawConnection {
        let (bytes, source) = AsyncStream<ByteBuffer>.makeStream()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: staysOpen)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ByteSource(source))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, bytes: bytes)
    }
}

/// Hands on what is read, and the end of it.
private final class ByteSource: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let source: AsyncStream<ByteBuffer>.Continuation

    init(_ source: AsyncStream<ByteBuffer>.Continuation) { self.source = source }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { source.yield(unwrapInboundIn(data)) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { source.finish() }
    }

    func channelInactive(context: ChannelHandlerContext) { source.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { source.finish() }
}

/// A port that nothing listens on.
package func closedPort() async throws -> Int {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .bind(host: "127.0.0.1", port: 0).get()
    let port = server.localAddress?.port ?? 0
    try await server.close()
    return port
}
