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

    /// What a connection has on its event loop.
    private struct Ends {
        let link: TapLink
        let side: PipeSide
    }

    /// Listens while `body` runs.
    ///
    /// Connections that are open at its end have ``TapOptions/settleMS`` to end by themselves.
    ///
    /// - Parameters:
    ///   - tell: Told of what happens on each connection, from the event loop.
    ///   - ended: Gets each connection that is over.
    ///   - body: Gets the address that clients are to use, as in `127.0.0.1:8081`.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or a ``ListenFailure``.
    package func run<Result: Sendable>(
        tell: @escaping @Sendable (TapNews) -> Void = { _ in },
        ended: @escaping @Sendable (TappedConnection) async -> Void,
        body: (String) async throws -> Result
    ) async throws -> Result {
        let (question, target, options) = (question, target, options)
        let listener = Listener(
            loop: loop,
            host: options.host,
            port: options.port,
            connections: options.connections,
            settleMS: options.settleMS
        )
        return try await listener.run { number, channel in
            let link = TapLink(number, question, target, rewritesHost: options.rewritesHost, tell: tell)
            let side = PipeSide(link, isClient: true)
            try channel.pipeline.syncOperations.addHandler(side)
            return Ends(link: link, side: side)
        } refused: { number in
            tell(TapNews(number: number, atMS: 0, line: "* refused: \(options.connections) connections are open"))
        } handle: { channel, ends in
            await handle(channel, ends, ended)
        } body: {
            try await body($0)
        }
    }

    /// How long a client whose server cannot be reached may take to say what it wants, in ms.
    private static let askingMS: Int64 = 1_000

    private func handle(
        _ channel: any Channel,
        _ ends: NIOLoopBound<Ends>,
        _ ended: @Sendable (TappedConnection) async -> Void
    ) async {
        let loop = loop
        await withTaskCancellationHandler {
            switch await upstream.connect(on: loop, { ends.value.link }) {
            case .connected(let server, let other):
                loop.execute { PipeSide.join(ends.value.side, other.value) }
                try? await channel.closeFuture.get()
                try? await server.closeFuture.get()
            case .failed(let exchange):
                loop.execute {
                    let (link, side) = (ends.value.link, ends.value.side)
                    link.serverUnreachable(exchange) { side.close(resetting: true) }
                }
                loop.scheduleTask(in: .milliseconds(Self.askingMS)) { ends.value.link.askedWhenUnreachable() }
                try? await channel.closeFuture.get()
            }
        } onCancel: {
            loop.execute {
                ends.value.link.stop()
                ends.value.side.close()
            }
        }
        if let connection = try? await loop.submit({ ends.value.link.connection }).get() { await ended(connection) }
    }
}
