// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix
package import ParleyDiagnosis

/// A recording proxy between a client and its server: bytes go on unchanged, what they say is told.
package struct Tap: Sendable {
    private let question: Question
    private let options: TapOptions
    private let target: TargetAddress
    private let loop: any EventLoop
    private let upstream: TapUpstream

    /// - Parameters:
    ///   - question: Its `url` is the server's; it knows the secrets of the user, and how long to wait.
    ///   - options: How to work.
    package init(_ question: Question, options: TapOptions = TapOptions()) {
        self.question = question
        self.options = options
        target = TargetAddress(question.url)
        let loop = options.eventLoopGroup.next()
        self.loop = loop
        // Who names a file that cannot be read is told so by the command line.
        let given = options.caFile.flatMap { try? TrustStore(file: $0) }
        let trust: @Sendable () -> TrustStore = { given ?? .system }
        upstream = TapUpstream(
            question: question,
            target: target,
            exchanger: Exchanger(group: options.eventLoopGroup, masker: Masker(question), trust: trust),
            resolver: NameResolver(on: loop),
            trust: trust
        )
    }

    /// A client's connection.
    private struct Arrival: Sendable {
        let channel: any Channel
        let link: NIOLoopBound<TapLink>
        let side: NIOLoopBound<PipeSide>
    }

    /// Listens while `body` runs.
    ///
    /// Connections that are open at its end have ``TapOptions/settleMS`` to end by themselves.
    ///
    /// - Parameters:
    ///   - tell: Told of what happens on each connection, from the event loop.
    ///   - ended: Gets each connection that is over.
    ///   - body: Gets the address that clients are to use, as in `127.0.0.1:8081`.
    /// - Throws: What `body` throws, or a ``ListenFailure``.
    package func run<Result: Sendable>(
        tell: @escaping @Sendable (TapNews) -> Void = { _ in },
        ended: @escaping @Sendable (TappedConnection) async -> Void,
        body: (String) async throws -> Result
    ) async throws -> Result {
        let (arrivals, source) = AsyncStream<Arrival>.makeStream()
        let listener: any Channel
        do {
            listener = try await listen(source, tell)
        } catch {
            throw ListenFailure(description: "\(error)")
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { source.finish() }
            group.addTask {
                await withDiscardingTaskGroup { children in
                    for await arrival in arrivals {
                        children.addTask { await handle(arrival, ended) }
                    }
                }
            }
            let result: Result
            do {
                result = try await body(Self.address(of: listener))
            } catch {
                try? await listener.close()
                group.cancelAll()
                throw error
            }
            try? await listener.close()
            source.finish()
            let settleMS = options.settleMS
            group.addTask { try? await Task.sleep(for: .milliseconds(settleMS)) }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
            return result
        }
    }

    private static func address(of listener: any Channel) -> String {
        let address = listener.localAddress
        let host = address?.ipAddress ?? "127.0.0.1"
        // Who listens everywhere is reached here.
        let shown = ["0.0.0.0": "127.0.0.1", "::": "::1"][host] ?? host
        return (shown.contains(":") ? "[\(shown)]" : shown) + ":\(address?.port ?? 0)"
    }

    private func listen(
        _ source: AsyncStream<Arrival>.Continuation,
        _ tell: @escaping @Sendable (TapNews) -> Void
    ) async throws -> any Channel {
        let counts = NIOLoopBoundBox.makeEmptyBox(valueType: Counts.self, eventLoop: loop)
        let (question, target, options, loop) = (question, target, options, loop)
        return try await ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var count = counts.value ?? Counts()
                    count.all += 1
                    let number = count.all
                    guard count.open < options.connections else {
                        counts.value = count
                        tell(
                            TapNews(
                                number: number,
                                atMS: 0,
                                line: "* refused: \(options.connections) connections are open"
                            )
                        )
                        throw ChannelError.inappropriateOperationForState
                    }
                    count.open += 1
                    counts.value = count
                    channel.closeFuture.whenComplete { _ in counts.value?.open -= 1 }
                    let link = TapLink(number, question, target, rewritesHost: options.rewritesHost, tell: tell)
                    let side = PipeSide(link, isClient: true)
                    try channel.pipeline.syncOperations.addHandler(side)
                    source.yield(
                        Arrival(
                            channel: channel,
                            link: NIOLoopBound(link, eventLoop: loop),
                            side: NIOLoopBound(side, eventLoop: loop)
                        )
                    )
                }
            }
            .bind(host: options.host, port: options.port)
            .get()
    }

    /// How many connections there were, and how many are open.
    private struct Counts {
        var all = 0
        var open = 0
    }

    /// How long a client whose server cannot be reached may take to say what it wants, in ms.
    private static let askingMS: Int64 = 1_000

    private func handle(_ arrival: Arrival, _ ended: @Sendable (TappedConnection) async -> Void) async {
        let (link, side, channel, loop) = (arrival.link, arrival.side, arrival.channel, loop)
        await withTaskCancellationHandler {
            switch await upstream.connect(on: loop, link) {
            case .connected(let server, let other):
                loop.execute { PipeSide.join(side.value, other.value) }
                try? await channel.closeFuture.get()
                try? await server.closeFuture.get()
            case .failed(let exchange):
                loop.execute {
                    link.value.serverUnreachable(exchange) { side.value.close(resetting: true) }
                }
                loop.scheduleTask(in: .milliseconds(Self.askingMS)) { link.value.askedWhenUnreachable() }
                try? await channel.closeFuture.get()
            }
        } onCancel: {
            loop.execute {
                link.value.stop()
                side.value.close()
            }
        }
        if let connection = try? await loop.submit({ link.value.connection }).get() { await ended(connection) }
    }
}

/// An address that cannot be listened on, in the words of the operating system.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    package let description: String
}
