// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
package import Dispatch
package import NIOCore
internal import Synchronization

/// The event loops of the process's servers.
package final class SocketEventLoopGroup: EndlessEventLoops {
    /// As many loops as NIO's own group would have, made when they are first asked for.
    package static let shared = Result { try SocketEventLoopGroup(count: NIOSingletons.groupLoopCountSuggestion) }

    private let loops: [SocketEventLoop]
    private let turn = Atomic<UInt>(0)

    /// Loops whose threads run until the process ends.
    ///
    /// - Throws: `IOError` if the system has no descriptors or threads left for them.
    init(count: Int) throws {
        loops = try (0..<max(1, count)).map { try SocketEventLoop(name: "parley-io-\($0)") }
    }

    package func next() -> any EventLoop { nextLoop() }

    /// The loops in turn.
    func nextLoop() -> SocketEventLoop {
        loops[Int(turn.wrappingAdd(1, ordering: .relaxed).oldValue % UInt(loops.count))]
    }

    package func makeIterator() -> EventLoopIterator { EventLoopIterator(loops) }
}

/// Event loops that serve until the process ends.
package protocol EndlessEventLoops: EventLoopGroup {}

extension EndlessEventLoops {
    /// Fails.
    package func shutdownGracefully(queue: DispatchQueue, _ callback: @escaping @Sendable ((any Error)?) -> Void) {
        queue.async { callback(EventLoopError.unsupportedOperation) }
    }
}
#endif
