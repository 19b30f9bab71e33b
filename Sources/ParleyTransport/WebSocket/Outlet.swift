// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import NIOSSL
internal import ParleyWebSocket

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The way out of a connection: collects frames and gives them to the socket in one piece.
///
/// While nothing waits in the channel, the socket is given the bytes directly: a channel's own way takes a buffer, a
/// queue entry and a promise for each piece, which is a third of all the work that an audio message makes. What the
/// socket does not take goes the channel's way, whose writability then holds the senders back.
struct Outlet {
    /// So much is collected at most before it is sent.
    private static let collectedBytes = 128 * 1024

    private let memory: LoopMemory
    /// What was collected; borrowed from `memory` while it holds something.
    private var frames = ByteBuffer()
    /// Pieces that are on their way through the channel.
    private let queued = Counter()
    private var descriptor: NIOBSDSocket.Handle?

    init(memory: LoopMemory) { self.memory = memory }

    /// Whether anything is to be flushed.
    var isEmpty: Bool { frames.readableBytes == 0 }

    /// Finds out whether the socket can be reached: not through TLS, and not where there is none.
    mutating func attach(to context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        guard (try? pipeline.handler(type: NIOSSLHandler.self)) == nil else { return }
        descriptor = try? pipeline.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
    }

    /// Collects a message.
    mutating func collect(
        _ kind: Message.Kind,
        with machine: inout ConnectionMachine,
        _ write: (inout ByteBuffer) -> Void
    ) {
        if frames.capacity == 0 { frames = memory.takeOutput() }
        machine.append(kind, to: &frames, write)
    }

    /// Collects bytes that are frames already.
    mutating func collect(_ bytes: ByteBuffer) {
        if frames.capacity == 0 { frames = memory.takeOutput() }
        frames.writeImmutableBuffer(bytes)
    }

    /// Whether so much is there that it should not wait.
    var isFull: Bool { frames.readableBytes >= Self.collectedBytes }

    /// Sends what was collected.
    mutating func flush(_ context: ChannelHandlerContext) {
        guard !isEmpty else { return }
        if queued.count == 0, let descriptor, context.channel.isActive {
            let sent = frames.withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, Self.flags) }
            // What is wrong with the socket the channel will find out, too.
            if sent > 0 { frames.moveReaderIndex(forwardBy: sent) }
        }
        if isEmpty { return memory.giveBack(&frames) }
        enqueue(frames, context)
        frames = ByteBuffer()
        context.flush()
    }

    /// Sends bytes behind everything that the channel has, even of other handlers.
    func enqueue(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        queued.count += 1
        promise.futureResult.assumeIsolated().whenComplete { [queued] _ in queued.count -= 1 }
        context.write(NIOAny(bytes), promise: promise)
    }

    private final class Counter {
        var count = 0
    }

    #if canImport(Darwin)
    // A channel's sockets have SO_NOSIGPIPE there.
    private static let flags = CInt(MSG_DONTWAIT)
    #else
    private static let flags = CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL)
    #endif
}
