// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// Sends every message back as it came.
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
            connection.socket?.value.send(message.kind) { $0.writeImmutableBuffer(message.payload) }
        }
    }

    nonisolated func becameWritable() {}

    nonisolated func shouldDrain() {
        assumeIsolated { $0.socket?.value.close(.goingAway, reason: "The server is shutting down.") }
    }

    nonisolated func closed(_ summary: CloseSummary) {
        assumeIsolated { $0.socket = nil }
    }
}
