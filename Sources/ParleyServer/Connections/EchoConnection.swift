// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// Sends every message back as it came.
///
/// While the client does not read, nothing is read from it either, so that what is queued stays bounded.
actor EchoConnection: WebSocketDelegate {
    nonisolated let unownedExecutor: UnownedSerialExecutor
    private let eventLoop: any EventLoop
    private var socket: NIOLoopBound<WebSocketChannelHandler>?

    init(eventLoop: any EventLoop) {
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        self.eventLoop = eventLoop
    }

    nonisolated func opened(_ socket: WebSocketChannelHandler) {
        let bound = NIOLoopBound(socket, eventLoop: eventLoop)
        assumeIsolated { $0.socket = bound }
    }

    nonisolated func received(_ message: Message) {
        assumeIsolated { connection in
            guard let socket = connection.socket?.value else { return }
            socket.send(message.kind) { $0.writeImmutableBuffer(message.payload) }
            if !socket.isWritable { socket.pauseReading(true) }
        }
    }

    nonisolated func becameWritable() {
        assumeIsolated { $0.socket?.value.pauseReading(false) }
    }

    nonisolated func shouldDrain() {
        assumeIsolated { $0.socket?.value.close(.goingAway, reason: "The server is shutting down.") }
    }

    nonisolated func closed(_ summary: CloseSummary) {
        assumeIsolated { $0.socket = nil }
    }
}
