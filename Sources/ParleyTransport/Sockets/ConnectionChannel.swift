// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
internal import CEpoll
internal import NIOCore

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// Takes the bytes of a connection in place of its pipeline, in which nobody else wants them.
protocol ConnectionReceiver: AnyObject {
    /// Bytes have come, all of one read; they are lent for the time of the call.
    ///
    /// - Returns: Whether more are wanted. If not, the channel is told to read when they are.
    func received(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// A connection that a ``ListenerChannel`` has accepted, or that was taken over from NIO.
// Sendable as any ``SocketChannel``: its own variables belong to the event loop, too.
final class ConnectionChannel: SocketChannel, NIOTransportAccessibleChannelCore, @unchecked Sendable {
    private struct Write {
        var bytes: ByteBuffer
        let promise: EventLoopPromise<Void>?
    }

    private enum OutputEnd {
        case none
        /// Ends when everything is sent; then the promise is kept.
        case pending(EventLoopPromise<Void>?)
        case ended
    }

    private enum Read {
        case bytes
        case nothingYet
        case end
        case failed
    }

    private static let readable = EPOLLIN.rawValue
    private static let takesMore = EPOLLOUT.rawValue
    private static let inputEnd = EPOLLRDHUP.rawValue
    private static let broken = EPOLLERR.rawValue | EPOLLHUP.rawValue
    /// Above the one senders are held back, below the other they go on; in bytes.
    private static let waterMarks = (high: 64 * 1024, low: 32 * 1024)

    /// Takes the bytes instead of the pipeline.
    @exclusivity(unchecked) var receiver: (any ConnectionReceiver)?
    private var allowsHalfClosure = false
    private var hasInputEnded = false
    private var outputEnd = OutputEnd.none
    private var writes = CircularBuffer<Write>(initialCapacity: 0)
    private var flushedWrites = 0
    private var unsentBytes = 0
    /// Those of the flushed writes.
    private var flushedBytes = 0
    private var isSending = false
    /// Whether the socket is full; the system tells when it takes bytes again.
    private var isFull = false
    private var hasSendFailed = false

    /// A connection that is not served yet.
    init(_ descriptor: CInt, on loop: SocketEventLoop, parent: (any Channel)?, remoteAddress: SocketAddress?) {
        super.init(descriptor, on: loop, parent: parent, remoteAddress: remoteAddress)
    }

    /// Takes over the connection of another channel, which is closed; to be called on that one's event loop.
    ///
    /// - Throws: `IOError` if there is no descriptor left for it, `ChannelError` if the other has none any more.
    convenience init(takingOver other: any Channel, on loop: SocketEventLoop) throws {
        defer { other.close(promise: nil) }
        guard let core = other._channelCore as? any NIOTransportAccessibleChannelCore,
            let descriptor = try core.descriptor
        else { throw ChannelError.operationUnsupported }
        // Closing the other then leaves the connection open.
        let copy = try systemCall("fcntl") { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        self.init(copy, on: loop, parent: nil, remoteAddress: other.remoteAddress)
    }

    func withUnsafeTransport<Result>(_ body: (NIOBSDSocket.Handle) throws -> Result) throws -> Result {
        guard isOpen else { throw ChannelError.ioOnClosedChannel }
        return try body(descriptor)
    }

    override func ready(_ events: UInt32) {
        if events & Self.broken != 0 { return broke() }
        if isFull, events & Self.takesMore != 0 {
            isFull = false
            sendFlushed()
            guard isOpen else { return }
        }
        if events & Self.inputEnd != 0 {
            readToEnd()
        } else if events & Self.readable != 0 {
            isReadable = true
            if isReadPending { readOnce() }
        }
    }

    // MARK: Reading

    override func read0() {
        if !hasInputEnded { super.read0() }
    }

    override func readOnce() { _ = read() }

    /// Reads once, and hands on what there is.
    private func read() -> Read {
        let space = loop.received
        let count = recv(descriptor, space.baseAddress, space.count, 0)
        if count == 0 { return inputEnded() }
        // A socket that fills less than the space has nothing more: when more comes, the system says so.
        isReadable = count == space.count
        if count < 0 { return errno == EAGAIN ? .nothingYet : readFailed(errno) }
        let bytes = UnsafeRawBufferPointer(rebasing: space[..<count])
        if let receiver {
            isReadPending = receiver.received(bytes)
        } else {
            isReadPending = false
            let pipeline = pipeline.syncOperations
            pipeline.fireChannelRead(NIOAny(ByteBuffer(bytes: bytes)))
            if isOpen { pipeline.fireChannelReadComplete() }
            if isOpen, readsByItself, !isReadPending { pipeline.read() }
        }
        if isOpen { readSoon() }
        return .bytes
    }

    /// Reads until the end that the peer is known to have made, even if nobody has asked for it.
    private func readToEnd() {
        while isOpen, !hasInputEnded {
            guard case .bytes = read() else { return }
        }
    }

    private func inputEnded() -> Read {
        endInput()
        guard isOpen else { return .end }
        pipeline.syncOperations.fireChannelReadComplete()
        guard isOpen else { return .end }
        if case .ended = outputEnd {
            close0(error: ChannelError.eof, mode: .all, promise: nil)
        } else if allowsHalfClosure {
            pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            close0(error: ChannelError.eof, mode: .all, promise: nil)
        }
        return .end
    }

    private func endInput() {
        hasInputEnded = true
        isReadPending = false
    }

    private func readFailed(_ code: CInt) -> Read {
        let error = IOError(errnoCode: code, reason: "recv")
        pipeline.syncOperations.fireErrorCaught(error)
        close0(error: error, mode: .all, promise: nil)
        return .failed
    }

    /// The connection is over in both directions; what came before may still be there.
    private func broke() {
        readToEnd()
        guard isOpen else { return }
        var code: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        close0(error: IOError(errnoCode: code == 0 ? ECONNRESET : code, reason: "poll"), mode: .all, promise: nil)
    }

    // MARK: Writing

    override func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        guard case .none = outputEnd else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        guard case .byteBuffer(let bytes) = unwrapData(data, as: IOData.self) else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        writes.append(Write(bytes: bytes, promise: promise))
        unsentBytes += bytes.readableBytes
        if unsentBytes > Self.waterMarks.high { setWritable(false) }
    }

    override func flush0() {
        flushedWrites = writes.count
        flushedBytes = unsentBytes
        if !isFull { sendFlushed() }
    }

    private func sendFlushed() {
        guard isOpen, !isSending, !hasSendFailed else { return }
        isSending = true
        defer { isSending = false }
        while isOpen, flushedWrites > 0 {
            let first = writes.startIndex
            var count = 0
            let size = writes[first].bytes.readableBytes
            if size > 0 {
                // The system may wait for what follows, so something must.
                let flags = CInt(MSG_NOSIGNAL) | (flushedBytes > size ? CInt(MSG_MORE) : 0)
                count = writes[first].bytes
                    .withUnsafeReadableBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
                guard count >= 0 else { return sendFailed(errno) }
            }
            unsentBytes -= count
            flushedBytes -= count
            writes[first].bytes.moveReaderIndex(forwardBy: count)
            if count == size {
                flushedWrites -= 1
                writes.removeFirst().promise?.succeed(())
            }
            if isOpen, unsentBytes < Self.waterMarks.low { setWritable(true) }
        }
        guard isOpen else { return }
        if case .pending(let promise) = outputEnd, writes.isEmpty { endOutput(promise) }
    }

    private func sendFailed(_ code: CInt) {
        guard code != EAGAIN else { return isFull = true }
        hasSendFailed = true
        // What the peer said before is still to be heard; later, since somebody is in the midst of sending.
        loop._executeIsolatedUnsafeUnchecked { self.broke() }
    }

    private func setWritable(_ isWritable: Bool) {
        if changeWritable(to: isWritable) { pipeline.syncOperations.fireChannelWritabilityChanged() }
    }

    override func sendingEnded(_ error: any Error) {
        let unsent = writes
        writes.removeAll()
        flushedWrites = 0
        unsentBytes = 0
        flushedBytes = 0
        receiver = nil
        for write in unsent { write.promise?.fail(error) }
        if case .pending(let promise) = outputEnd { promise?.fail(error) }
        outputEnd = .ended
    }

    // MARK: The end of a direction

    override func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        switch (mode, outputEnd) {
        case (.output, .none):
            outputEnd = .pending(promise)
            flush0()
        case (.output, _): promise?.fail(ChannelError.outputClosed)
        case (.input, _) where hasInputEnded: promise?.fail(ChannelError.inputClosed)
        case (.input, _):
            endInput()
            shutdown(descriptor, CInt(SHUT_RD))
            promise?.succeed(())
            pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        case (.all, _): super.close0(error: error, mode: mode, promise: promise)
        }
    }

    private func endOutput(_ promise: EventLoopPromise<Void>?) {
        outputEnd = .ended
        shutdown(descriptor, CInt(SHUT_WR))
        promise?.succeed(())
        guard isOpen else { return }
        if hasInputEnded {
            close0(error: ChannelError.eof, mode: .all, promise: nil)
        } else {
            pipeline.syncOperations.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
        }
    }

    // MARK: Options

    override func set<Option: ChannelOption>(_ option: Option, to value: Option.Value) throws {
        guard option is ChannelOptions.Types.AllowRemoteHalfClosureOption, let allows = value as? Bool else {
            return try super.set(option, to: value)
        }
        allowsHalfClosure = allows
    }

    override func value<Option: ChannelOption>(of option: Option) throws -> Option.Value {
        switch option {
        case is ChannelOptions.Types.AllowRemoteHalfClosureOption:
            if let value = allowsHalfClosure as? Option.Value { return value }
        case is ChannelOptions.Types.BufferedWritableBytesOption:
            if let value = unsentBytes as? Option.Value { return value }
        default: break
        }
        return try super.value(of: option)
    }
}

extension NIOTransportAccessibleChannelCore {
    fileprivate var descriptor: CInt? {
        get throws { try withUnsafeTransport { $0 as? CInt } }
    }
}
#endif
