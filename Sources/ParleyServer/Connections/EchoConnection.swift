// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// Sends every message back as it came.
final class EchoConnection: WebSocketDelegate {
    private var socket: WebSocketChannelHandler?

    func opened(_ socket: WebSocketChannelHandler) { self.socket = socket }

    func received(_ message: Message) { socket?.send(message.kind, payload: message.payload) }

    func becameWritable() {}

    func shouldDrain() { socket?.close(.goingAway, reason: "The server is shutting down.") }

    func closed(_ summary: CloseSummary) { socket = nil }
}
