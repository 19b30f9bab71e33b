// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyWebSocket

/// Who serves a WebSocket: gets what comes in, on the connection's event loop.
///
/// All calls come from the event loop of the connection, in the order of this list. Whoever lives there needs no
/// protection of its own.
package protocol WebSocketDelegate: AnyObject {
    /// The handshake is done; messages may be sent from now on.
    func opened(_ socket: WebSocketChannelHandler)
    /// A whole message.
    func received(_ message: Message)
    /// The messages of one burst of reads have been handed over: time to flush what they made it write elsewhere.
    func readsCompleted()
    /// The socket takes bytes again after it did not.
    func becameWritable()
    /// The server is to stop: finish what must be finished, then close.
    func shouldDrain()
    /// The connection is over. Called once, whatever ended it; nothing follows.
    func closed(_ summary: CloseSummary)
}

extension WebSocketDelegate {
    /// Most write nowhere but to their own socket, which is flushed without them.
    package func readsCompleted() {}
}
