// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyHandshake
internal import ParleyTransport
internal import ParleyWebSocket

/// Serves a client that cannot read an HTTP refusal: it is told in an `error` event and shown out.
final class RefusedConnection: WebSocketDelegate {
    private let refusal: Refusal
    private let eventID: String

    init(_ refusal: Refusal, eventID: String) {
        self.refusal = refusal
        self.eventID = eventID
    }

    func opened(_ socket: WebSocketChannelHandler) {
        socket.send(.text) { $0.writeString(refusal.event(eventID: eventID)) }
        socket.close(CloseCode(rawValue: refusal.closeCode), reason: refusal.closeReason)
    }

    func received(_ message: Message) {}
    func becameWritable() {}
    func shouldDrain() {}
    func closed(_ summary: CloseSummary) {}
}
