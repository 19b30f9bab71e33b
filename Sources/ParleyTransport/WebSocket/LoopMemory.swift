// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Memory that the connections of one event loop take turns in using, so that none of them holds any while it is idle
/// and none asks for any while it talks.
package final class LoopMemory {
    /// Larger buffers are let go of after use.
    private static let keptBytes = 256 * 1024
    /// Most bytes that one read takes from a socket.
    private static let receivedBytes = 64 * 1024

    /// Holds the frames of one read, unmasked.
    // It is lent to pure functions only: debug builds check it, others are spared the look-up.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    var input = ByteBuffer()
    @exclusivity(unchecked) private var audio: ByteBuffer?
    @exclusivity(unchecked) private var received: ByteBuffer?
    @exclusivity(unchecked) private var output: ByteBuffer?
    private var maskingKeys: [UInt32] = []

    package init() {}

    /// Lends the buffer that a socket is read into; a new one if somebody still refers to the last.
    func takeReceived() -> ByteBuffer {
        guard var taken = received.take(), taken.modifyIfUniquelyOwned({ $0.clear() }) != nil else {
            return ByteBufferAllocator().buffer(capacity: Self.receivedBytes)
        }
        return taken
    }

    /// Takes the buffer back while it is still being read from: nobody may refer to it by the time of the next read.
    func giveBackReceived(_ buffer: ByteBuffer) {
        if buffer.capacity == Self.receivedBytes { received = buffer }
    }

    /// Gives unpredictable masking keys (RFC 6455 section 10.3); to be called on the event loop.
    func maskingKeys(on eventLoop: any EventLoop) -> @Sendable () -> UInt32 {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return { bound.value.nextMaskingKey() }
    }

    private func nextMaskingKey() -> UInt32 {
        if let key = maskingKeys.popLast() { return key }
        // One system call for many keys.
        maskingKeys = SystemRandom.words(64)
        return maskingKeys.popLast() ?? UInt32.random(in: .min ... .max)
    }

    /// Lends the buffer that the audio of a message is decoded into.
    package func takeAudio() -> ByteBuffer { audio.take() ?? ByteBuffer() }

    /// Takes the buffer back while the audio is still in use: nobody may refer to it by the time of the next message.
    package func giveBackAudio(_ buffer: ByteBuffer) {
        audio = buffer.writerIndex <= Self.keptBytes ? buffer : nil
    }

    /// Lends the buffer in which outgoing frames are collected: empty, and a new one while somebody else has it.
    func takeOutput() -> ByteBuffer {
        guard var taken = output.take() else { return ByteBuffer() }
        taken.moveReaderIndex(to: 0)
        taken.moveWriterIndex(to: 0)
        return taken
    }

    /// Takes the buffer back, and forgets what was too large.
    func giveBack(_ buffer: inout ByteBuffer) {
        if buffer.capacity <= Self.keptBytes { output = buffer }
        buffer = ByteBuffer()
        if input.capacity > Self.keptBytes { input = ByteBuffer() }
    }
}

/// Has the sockets of a loop read into its memory.
///
/// A channel's own pool keeps a buffer for each connection: of hundreds that talk in turn, none is in the processor's
/// cache when its turn comes, and the kernel's copy into it waits for the memory.
struct LoopReceiveAllocator: RecvByteBufferAllocator {
    private let memory: NIOLoopBound<LoopMemory>

    init(_ memory: LoopMemory, on eventLoop: any EventLoop) {
        self.memory = NIOLoopBound(memory, eventLoop: eventLoop)
    }

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer { memory.value.takeReceived() }

    /// Always `true`: otherwise the channel would use a buffer of before again instead of asking for one.
    func record(actualReadBytes: Int) -> Bool { true }
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
