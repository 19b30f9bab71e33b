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
    private var hasBorrowed = false
    /// Pieces that are on their way through the channel.
    private let queued = Counter()
    private var channel: (any Channel)?
    private var descriptor: NIOBSDSocket.Handle?
    private let hasTLS: Bool

    /// The way out of a connection with TLS or without.
    init(hasTLS: Bool, memory: LoopMemory) {
        self.hasTLS = hasTLS
        self.memory = memory
    }

    /// Whether anything is to be flushed.
    var isEmpty: Bool { frames.readableBytes == 0 }

    /// Finds out how the socket can be reached: not at all where there is none.
    mutating func attach(to context: ChannelHandlerContext) {
        assert(
            hasTLS || (try? context.pipeline.syncOperations.handler(type: NIOSSLHandler.self)) == nil,
            "Messages would go past TLS."
        )
        channel = context.channel
        // What the pipeline offers for it costs as much as adding all other handlers.
        guard let core = context.channel._channelCore as? any NIOTransportAccessibleChannelCore else { return }
        descriptor = Self.descriptor(of: core)
    }

    /// Forgets the channel, which would hold itself by this.
    mutating func detach() {
        channel = nil
        descriptor = nil
    }

    /// Whether the bytes of the channel are those of a socket.
    var isAttached: Bool { descriptor != nil }

    /// Whether what is sent here reaches the socket as it is.
    var isDirect: Bool { isAttached && !hasTLS }

    /// Collects a message.
    mutating func collect(
        _ kind: Message.Kind,
        carriesAudio: Bool,
        with machine: inout ConnectionMachine,
        _ write: (inout ByteBuffer) -> Void
    ) {
        borrow()
        machine.append(kind, carriesAudio: carriesAudio, to: &frames, write)
    }

    /// Collects bytes that are frames already.
    mutating func collect(_ bytes: ByteBuffer) {
        borrow()
        frames.writeImmutableBuffer(bytes)
    }

    /// Collects the header of a message whose payload ``send(_:)`` is given.
    ///
    /// - Returns: Whether it did; if not, the message has to be collected.
    mutating func collectHeader(_ kind: Message.Kind, count: Int, with machine: inout ConnectionMachine) -> Bool {
        guard canSend else { return false }
        borrow()
        return machine.appendHeader(kind, count: count, to: &frames)
    }

    private mutating func borrow() {
        guard !hasBorrowed else { return }
        hasBorrowed = true
        frames = memory.takeOutput()
    }

    /// Whether the system has everything, of whatever layer.
    var hasReachedSocket: Bool { isDirect && isEmpty && queued.count == 0 }

    /// Whether nothing waits in the channel.
    var isSent: Bool { queued.count == 0 }

    /// What waits for the peer.
    ///
    /// The channel is asked, which alone knows how much of a piece the socket has taken, and the system, whose buffer
    /// takes nothing more until a good part of it is empty.
    func unsent(_ context: ChannelHandlerContext) -> Unsent {
        guard queued.count > 0, let bytes = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes) else {
            return Unsent()
        }
        return Unsent(bytes: bytes, inSystem: bytes > 0 ? descriptor.map(systemQueuedBytes) ?? 0 : 0)
    }

    /// Whether so much is there that it should not wait.
    var isFull: Bool { frames.readableBytes >= Self.collectedBytes }

    /// Gives the socket what was collected.
    ///
    /// - Returns: What it did not take and is to be enqueued; `nil` if it took everything.
    mutating func send() -> ByteBuffer? {
        guard !isEmpty else { return nil }
        if canSend, let descriptor {
            let sent = frames.withUnsafeReadableBytes {
                systemSend(descriptor, $0.baseAddress, $0.count, Self.flags)
            }
            // What is wrong with the socket the channel will find out, too.
            if sent > 0 { frames.moveReaderIndex(forwardBy: sent) }
        }
        return takeRest()
    }

    /// Gives the socket what was collected, and a payload behind it, of which only what it does not take is copied.
    ///
    /// - Returns: What it did not take and is to be enqueued; `nil` if it took everything.
    mutating func send(_ payload: ByteBuffer) -> ByteBuffer? {
        var payload = payload
        if canSend, let descriptor {
            let sent = frames.withUnsafeReadableBytes { frames in
                payload.withUnsafeReadableBytes { systemSend(descriptor, frames, $0, Self.flags) }
            }
            if sent > 0 {
                let ofFrames = min(sent, frames.readableBytes)
                frames.moveReaderIndex(forwardBy: ofFrames)
                payload.moveReaderIndex(forwardBy: sent - ofFrames)
            }
        }
        frames.writeImmutableBuffer(payload)
        return takeRest()
    }

    /// Whether the socket may be given bytes past the channel.
    private var canSend: Bool { queued.count == 0 && isDirect && channel?.isActive == true }

    private mutating func takeRest() -> ByteBuffer? {
        hasBorrowed = false
        if isEmpty {
            memory.giveBack(&frames)
            return nil
        }
        defer { frames = ByteBuffer() }
        return frames
    }

    /// Sends bytes behind everything that the channel has, even of other handlers.
    func enqueue(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        queued.count += 1
        promise.futureResult.assumeIsolated().whenComplete { [queued] _ in queued.count -= 1 }
        context.write(NIOAny(bytes), promise: promise)
    }

    /// Ends the socket without waiting for the peer in any layer: TLS would wait for its good-bye.
    func endForGood(_ context: ChannelHandlerContext) {
        if queued.count > 0, let socket = context.channel as? any SocketOptionProvider {
            // Else the system would keep what nobody reads, and offer it for minutes.
            _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        }
        let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLHandler.self)
        (tls ?? context).close(promise: nil)
    }

    private static func descriptor(of core: some NIOTransportAccessibleChannelCore) -> NIOBSDSocket.Handle? {
        try? core.withUnsafeTransport { $0 as? NIOBSDSocket.Handle }
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

private func systemSend(_ socket: NIOBSDSocket.Handle, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
    send(socket, bytes, count, flags)
}

/// Sends two pieces as one.
private func systemSend(
    _ socket: NIOBSDSocket.Handle,
    _ first: UnsafeRawBufferPointer,
    _ second: UnsafeRawBufferPointer,
    _ flags: CInt
) -> Int {
    var pieces = (iovec(first), iovec(second))
    return withUnsafeMutableBytes(of: &pieces) { pieces in
        var message = msghdr()
        message.msg_iov = pieces.baseAddress?.assumingMemoryBound(to: iovec.self)
        message.msg_iovlen = 2
        return sendmsg(socket, &message, flags)
    }
}

extension iovec {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(iov_base: UnsafeMutableRawPointer(mutating: bytes.baseAddress), iov_len: bytes.count)
    }
}

/// Bytes that the peer has not acknowledged yet.
private func systemQueuedBytes(_ socket: NIOBSDSocket.Handle) -> Int {
    var count: CInt = 0
    #if canImport(Darwin)
    var size = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(socket, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? Int(count) : 0
    #else
    return ioctl(socket, UInt(TIOCOUTQ), &count) == 0 ? Int(count) : 0
    #endif
}
