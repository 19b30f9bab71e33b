// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

/// An address that cannot be listened on, in the words of the operating system.
package struct ListenFailure: Error, Sendable, CustomStringConvertible {
    package let description: String
}

/// Takes connections, a bounded number at once, all on one event loop.
struct Listener: Sendable {
    let loop: any EventLoop
    let host: String
    /// 0 for any that is free.
    let port: Int
    /// Most connections at once; a further one is closed as soon as it is accepted.
    let connections: Int
    /// How long connections may take to end by themselves when the listening is over, in ms.
    let settleMS: Int

    /// How many connections there were, and how many are open.
    private struct Counts {
        var all = 0
        var open = 0
    }

    private struct Arrival<State>: Sendable {
        let channel: any Channel
        let state: NIOLoopBound<State>
    }

    /// Listens while `body` runs.
    ///
    /// - Parameters:
    ///   - make: Gets the number of a connection, counted from 1, on its event loop, and adds its handlers.
    ///   - refused: Gets the number of a connection that was one too many.
    ///   - handle: Does the rest for a connection, as a child task; cancelled when it is to end.
    ///   - body: Gets the address that clients are to use, as in `127.0.0.1:8081`.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or a ``ListenFailure``.
    func run<State, Result: Sendable>(
        make: @escaping @Sendable (Int, any Channel) throws -> State,
        refused: @escaping @Sendable (Int) -> Void,
        handle: @escaping @Sendable (any Channel, NIOLoopBound<State>) async -> Void,
        body: (String) async throws -> Result
    ) async throws -> Result {
        let (arrivals, source) = AsyncStream<Arrival<State>>.makeStream()
        let listener: any Channel
        do {
            listener = try await bind(source, make, refused)
        } catch {
            throw ListenFailure(description: "\(error)")
        }
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { source.finish() }
            group.addTask {
                await withDiscardingTaskGroup { children in
                    for await arrival in arrivals {
                        children.addTask { await handle(arrival.channel, arrival.state) }
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
            let settleMS = settleMS
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

    private func bind<State>(
        _ source: AsyncStream<Arrival<State>>.Continuation,
        _ make: @escaping @Sendable (Int, any Channel) throws -> State,
        _ refused: @escaping @Sendable (Int) -> Void
    ) async throws -> any Channel {
        let counts = NIOLoopBoundBox.makeEmptyBox(valueType: Counts.self, eventLoop: loop)
        let (most, loop) = (connections, loop)
        return try await ServerBootstrap(group: loop, childGroup: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    var count = counts.value ?? Counts()
                    count.all += 1
                    guard count.open < most else {
                        counts.value = count
                        refused(count.all)
                        throw ChannelError.inappropriateOperationForState
                    }
                    count.open += 1
                    counts.value = count
                    channel.closeFuture.whenComplete { _ in counts.value?.open -= 1 }
                    let state = NIOLoopBound(try make(count.all, channel), eventLoop: loop)
                    source.yield(Arrival(channel: channel, state: state))
                }
            }
            .bind(host: host, port: port)
            .get()
    }
}
