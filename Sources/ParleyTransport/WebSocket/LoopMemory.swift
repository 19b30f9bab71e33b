// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Memory that the connections of one event loop take turns in using, so that none of them holds any while it is idle
/// and none asks for any while it talks.
package final class LoopMemory {
    /// Larger buffers are let go of after use.
    private static let keptBytes = 256 * 1024

    /// Holds the frames of one read, unmasked.
    var input = ByteBuffer()
    private var output = ByteBuffer()

    package init() {}

    /// Lends the buffer in which outgoing frames are collected: empty, and a new one while somebody else has it.
    func takeOutput() -> ByteBuffer {
        var taken = ByteBuffer()
        swap(&taken, &output)
        taken.clear()
        return taken
    }

    /// Takes the buffer back, and forgets what was too large.
    func giveBack(_ buffer: inout ByteBuffer) {
        if buffer.capacity <= Self.keptBytes { swap(&buffer, &output) }
        buffer = ByteBuffer()
        if input.capacity > Self.keptBytes { input = ByteBuffer() }
    }
}

/// The memory of each event loop of a server.
package struct LoopMemories: Sendable {
    private let boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopMemory>]

    /// Memory for the loops of `group`.
    package init(_ group: any EventLoopGroup) {
        var boxes: [ObjectIdentifier: NIOLoopBoundBox<LoopMemory>] = [:]
        for eventLoop in group.makeIterator() {
            boxes[ObjectIdentifier(eventLoop)] = .makeBoxSendingValue(LoopMemory(), eventLoop: eventLoop)
        }
        self.boxes = boxes
    }

    /// The memory of a loop; has to be called on it.
    ///
    /// A loop that is not of the group gets memory of its own.
    ///
    /// - Parameter eventLoop: The loop.
    /// - Returns: Its memory.
    package func memory(of eventLoop: any EventLoop) -> LoopMemory {
        boxes[ObjectIdentifier(eventLoop)]?.value ?? LoopMemory()
    }
}
