// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Keeps the listener listening when the system has no descriptor or memory for another connection.
///
/// The listener stays readable while connections wait for it, so that without a pause it would fail again and again
/// and take the whole time of its event loop. An error that reached the accepting task would end it. Those who wait
/// stay in the system's queue, and are accepted when something has been closed.
final class AcceptGuard: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    /// How long nothing is accepted after a failure.
    private static let pause = TimeAmount.milliseconds(100)

    private let door: Door
    private let eventLoopGroup: any EventLoopGroup
    private let logger: Logger
    /// How many connections are accepted before each of the event loops must have seen to its own.
    private let burst = OpenFiles.burst(within: OpenFiles.limit)
    private var accepted = 0
    private var pauses: Pauses = []
    private var lines = LogThrottle()
    private var retry: Scheduled<Void>?

    /// Why nothing is accepted.
    private struct Pauses: OptionSet {
        let rawValue: UInt8
        /// The system could not.
        static let failure = Pauses(rawValue: 1)
        /// The event loops have not seen to those accepted.
        static let burst = Pauses(rawValue: 2)
    }

    init(door: Door, eventLoopGroup: any EventLoopGroup, logger: Logger) {
        self.door = door
        self.eventLoopGroup = eventLoopGroup
        self.logger = logger
    }

    /// Puts a guard in front of all that a listener has.
    static func protect(
        _ listener: any Channel,
        door: Door,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) async {
        let added = listener.eventLoop.submit {
            try listener.pipeline.syncOperations.addHandler(
                AcceptGuard(door: door, eventLoopGroup: eventLoopGroup, logger: logger),
                position: .first
            )
        }
        // It fails on a listener that is closed already.
        try? await added.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        accepted += 1
        guard accepted >= burst, pauses.isEmpty else { return }
        accepted = 0
        let listener = context.eventLoop
        // An event loop works through its tasks in their order: it answers when it has seen to the connections before.
        let turns = eventLoopGroup.makeIterator().filter { $0 !== listener }.map { $0.submit {} }
        guard !turns.isEmpty else { return }
        pause(.burst, context)
        // A loop that has ended has no connections to see to.
        EventLoopFuture.andAllComplete(turns, on: listener).assumeIsolated()
            .whenComplete { _ in
                self.resume(.burst, context)
            }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, Self.passes(code) else {
            return context.fireErrorCaught(error)
        }
        if let suppressed = lines.line(at: .now()) {
            logger.error(
                """
                cannot accept a connection: \(error). Sessions go on, and new ones wait. Allow more open files \
                (ulimit -n, LimitNOFILE), or fewer connections (--max-connections).
                """,
                metadata: [
                    "connections": "\(door.connectionCount)", "openFiles": "\(OpenFiles.limit)",
                    "suppressed": "\(suppressed)",
                ]
            )
        }
        guard retry == nil else { return }
        pause(.failure, context)
        retry = context.eventLoop.assumeIsolated()
            .scheduleTask(in: Self.pause) {
                self.retry = nil
                self.resume(.failure, context)
            }
    }

    private func pause(_ reason: Pauses, _ context: ChannelHandlerContext) {
        pauses.insert(reason)
        // It fails on a listener that is closed already, as it does below.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
    }

    private func resume(_ reason: Pauses, _ context: ChannelHandlerContext) {
        guard pauses.remove(reason) != nil, pauses.isEmpty else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    func channelInactive(context: ChannelHandlerContext) {
        retry?.cancel()
        context.fireChannelInactive()
    }

    /// Whether an error says nothing about the listener itself.
    private static func passes(_ code: CInt) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED].contains(code)
    }
}
