// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOPosix

extension EventLoop {
    /// The loop that opens connections for this one.
    ///
    /// NIO looks names up and chooses among their addresses, but on loops of its own only.
    var dialer: any EventLoop {
        #if os(Linux)
        if self is SocketEventLoop { return MultiThreadedEventLoopGroup.singleton.any() }
        #endif
        return self
    }

    /// Takes a connection over from its ``dialer``; it must not have read anything yet.
    func takeOver(_ connecting: EventLoopFuture<any Channel>) -> EventLoopFuture<any Channel> {
        #if os(Linux)
        if let loop = self as? SocketEventLoop {
            return connecting.flatMapThrowing { try ConnectionChannel(takingOver: $0, on: loop) }
                .flatMap { channel in
                    loop.submit {
                        channel.readsByItself = false
                        channel.activate()
                        return channel
                    }
                }
                .hop(to: loop)
        }
        #endif
        return connecting
    }

    /// Runs a task at once where that is possible, else soon.
    func runHereOrThere(_ task: @escaping @Sendable () -> Void) {
        if inEventLoop { task() } else { execute(task) }
    }
}
