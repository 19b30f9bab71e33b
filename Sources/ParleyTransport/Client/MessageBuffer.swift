// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// Messages that wait for their reader.
package struct MessageBuffer: Sendable {
    /// How much may wait before nothing more is read from the socket.
    ///
    /// What one read has brought is taken in any case, so that a little more may wait.
    package struct Limits: Sendable, Equatable {
        /// Default 256, at least 1.
        package var messages: Int
        /// Payload bytes; default 16 MiB (16,777,216), at least 1.
        package var bytes: Int

        package init(messages: Int = 256, bytes: Int = 16 * 1024 * 1024) {
            self.messages = max(1, messages)
            self.bytes = max(1, bytes)
        }
    }

    private let limits: Limits
    private var messages = CircularBuffer<Message>()
    private var bytes = 0

    init(limits: Limits) { self.limits = limits }

    /// Whether reading is to stop.
    var isFull: Bool { messages.count >= limits.messages || bytes >= limits.bytes }

    /// Whether reading is worth being taken up again: half of it is empty.
    var hasRoom: Bool { messages.count <= limits.messages / 2 && bytes <= limits.bytes / 2 }

    mutating func append(_ message: Message) {
        messages.append(message)
        bytes += message.payload.readableBytes
    }

    mutating func next() -> Message? {
        let message = messages.popFirst()
        if let message { bytes -= message.payload.readableBytes }
        return message
    }
}
