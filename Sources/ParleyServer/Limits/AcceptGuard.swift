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
    typealias InboundIn = Channel

    /// How long nothing is accepted after a failure.
    private static let pause = TimeAmount.milliseconds(100)

    private let door: Door
    private let logger: Logger
    private var lines = LogThrottle()
    private var retry: Scheduled<Void>?

    init(door: Door, logger: Logger) {
        self.door = door
        self.logger = logger
    }

    /// Puts a guard in front of all that a listener has.
    static func protect(_ listener: any Channel, door: Door, logger: Logger) async {
        let added = listener.eventLoop.submit {
            try listener.pipeline.syncOperations.addHandler(AcceptGuard(door: door, logger: logger), position: .first)
        }
        // It fails on a listener that is closed already.
        try? await added.get()
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
        guard retry == nil, let options = context.channel.syncOptions else { return }
        try? options.setOption(.autoRead, value: false)
        retry = context.eventLoop.assumeIsolated()
            .scheduleTask(in: Self.pause) {
                self.retry = nil
                try? options.setOption(.autoRead, value: true)
            }
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
