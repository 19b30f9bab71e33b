// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
internal import NIOPosix
package import ParleyDiagnosis

/// How the mirror works.
package struct MirrorOptions: Sendable {
    /// Address to listen on.
    package var host = "127.0.0.1"
    /// Port to listen on; 0 for any that is free.
    package var port = 0
    /// The answer for paths that ask for none.
    package var answer = MirrorAnswer.right
    /// Most connections at once; a further one is closed as soon as it is accepted.
    package var connections = 128
    /// How long connections may take to end by themselves when the mirror is to end, in ms.
    package var settleMS = 200
    /// Where connections live; the mirror uses one of its loops.
    package var eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

    package init() {}
}

/// A connection to the mirror that is over.
package struct MirroredConnection: Sendable {
    /// Which connection, counted from 1.
    package let number: Int
    /// Where the client asked, without secrets.
    package let url: String
    /// The answer that it got, when it was not the right one.
    package let answer: String?
    package let records: [ClientRecord]
}

/// A server that shows what a client asks and how it takes an answer.
package struct Mirror: Sendable {
    private let question: Question
    private let options: MirrorOptions

    /// - Parameters:
    ///   - question: Knows the user's secrets, and the clients to compare with.
    ///   - options: How to work.
    package init(_ question: Question, options: MirrorOptions = MirrorOptions()) {
        self.question = question
        self.options = options
    }

    /// Listens while `body` runs.
    ///
    /// - Parameters:
    ///   - tell: Told of what happens on each connection, from the event loop.
    ///   - ended: Gets each connection that is over.
    ///   - body: Gets the address that clients are to use, as in `127.0.0.1:8081`.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or a ``ListenFailure``.
    package func run<Result: Sendable>(
        tell: @escaping @Sendable (TapNews) -> Void = { _ in },
        ended: @escaping @Sendable (MirroredConnection) async -> Void,
        body: (String) async throws -> Result
    ) async throws -> Result {
        let loop = options.eventLoopGroup.next()
        let (question, options) = (question, options)
        let listener = Listener(
            loop: loop,
            host: options.host,
            port: options.port,
            connections: options.connections,
            settleMS: options.settleMS
        )
        return try await listener.run { number, channel in
            let local = channel.localAddress
            let host = local?.ipAddress ?? "127.0.0.1"
            let name = "\(host.contains(":") ? "[\(host)]" : host):\(local?.port ?? 0)"
            let handler = MirrorHandler(MirrorMachine(options.answer, question, host: name), number: number, tell: tell)
            try channel.pipeline.syncOperations.addHandler(handler)
            return handler
        } refused: { number in
            tell(TapNews(number: number, atMS: 0, line: "* refused: \(options.connections) connections are open"))
        } handle: { channel, handler in
            await withTaskCancellationHandler {
                try? await channel.closeFuture.get()
            } onCancel: {
                loop.execute { handler.value.stop() }
            }
            if let connection = try? await loop.submit({ handler.value.connection }).get() { await ended(connection) }
        } body: {
            try await body($0)
        }
    }
}
