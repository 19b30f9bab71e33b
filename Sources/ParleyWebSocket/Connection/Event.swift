// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// What a connection asks of its shell, in the order in which it has to happen.
package enum Event: Sendable, Equatable {
    /// A complete data message.
    case message(Message)
    /// Whole frames to put on the socket: a pong, a ping or the close frame.
    case write(ByteBuffer)
    /// A pong came, asked for or not, with this payload of at most 125 bytes.
    case pong(ByteBuffer)
    /// The end, said once: flush what was written before, then end TCP.
    ///
    /// Bytes of the peer that are still unread would make the operating system reset the connection, and the
    /// reset can overtake the close frame: shut down the sending side first and read off what comes for a moment.
    case closed(CloseSummary)
}
