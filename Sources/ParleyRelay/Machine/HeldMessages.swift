// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyWebSocket

/// A client's messages that wait until the upstream can take them.
struct HeldMessages: Sendable {
    private(set) var messages: [Message] = []
    private var bytes = 0
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Whether no more should be read; what has been read is taken all the same.
    var isFull: Bool { bytes >= maximumBytes }

    mutating func append(_ message: Message) {
        // A message may be a small part of a large read.
        var copy = ByteBuffer()
        copy.writeImmutableBuffer(message.payload)
        messages.append(Message(kind: message.kind, payload: copy))
        bytes += copy.readableBytes
    }

    mutating func takeAll() -> [Message] {
        defer {
            messages = []
            bytes = 0
        }
        return messages
    }
}

/// The last audio that a client sent, for a session that takes over in the middle of it.
struct CarriedAudio: Sendable {
    /// About one second of PCM at 24 kHz as base64.
    static let maximumBytes = 64 * 1024

    private(set) var messages: [ByteBuffer] = []
    private var bytes = 0

    mutating func append(_ message: ByteBuffer) {
        var copy = ByteBuffer()
        copy.writeImmutableBuffer(message)
        messages.append(copy)
        bytes += copy.readableBytes
        while bytes > Self.maximumBytes, !messages.isEmpty { bytes -= messages.removeFirst().readableBytes }
    }
}
