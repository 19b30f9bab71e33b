// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
package import NIOCore
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#else
internal import Musl
#endif

/// A socket on a ``SocketEventLoop``: what listening sockets and connections have in common.
// Sendable: `isActive` and `isWritable` are atomic, constants are constant, and all other variables belong to the event
// loop's thread, where NIO calls every method of `ChannelCore` and the loop `ready`.
class SocketChannel: Channel, ChannelCore, SocketOptionProvider, @unchecked Sendable {
    final let loop: SocketEventLoop
    final let descriptor: CInt
    final let parent: (any Channel)?
    final let remoteAddress: SocketAddress?
    private let knownLocalAddress: SocketAddress?
    final let allocator = ByteBufferAllocator()
    private let closePromise: EventLoopPromise<Void>
    private let active = Atomic(false)
    private let writable = Atomic(true)
    /// `nil` only while this is being made: a pipeline wants its channel.
    @exclusivity(unchecked) private var madePipeline: ChannelPipeline?

    @exclusivity(unchecked) private(set) final var isOpen = true
    private var isRegistered = false
    /// Whether somebody wants to read.
    @exclusivity(unchecked) final var isReadPending = false
    /// Whether there may be something to read; the system says so once, when it comes.
    @exclusivity(unchecked) final var isReadable = false
    private var isReadScheduled = false
    @exclusivity(unchecked) final var readsByItself = true

    /// A channel of a descriptor, which it closes at its end.
    init(
        _ descriptor: CInt,
        on loop: SocketEventLoop,
        parent: (any Channel)? = nil,
        localAddress: SocketAddress? = nil,
        remoteAddress: SocketAddress? = nil
    ) {
        self.loop = loop
        self.descriptor = descriptor
        self.parent = parent
        knownLocalAddress = localAddress
        self.remoteAddress = remoteAddress
        closePromise = loop.makePromise()
        madePipeline = ChannelPipeline(channel: self)
    }

    /// Something has happened to the socket: `events` are those of epoll.
    func ready(_ events: UInt32) { preconditionFailure("not a kind of channel") }

    /// Reads once; called when somebody wants to and there may be something.
    func readOnce() { preconditionFailure("not a kind of channel") }

    /// Nothing can be sent any more: to be told to those who wait for it.
    func sendingEnded(_ error: any Error) {}

    // MARK: Channel

    final var eventLoop: any EventLoop { loop }
    final var _channelCore: any ChannelCore { self }
    final var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    final var isActive: Bool { active.load(ordering: .relaxed) }
    final var isWritable: Bool { writable.load(ordering: .relaxed) }

    final var pipeline: ChannelPipeline {
        guard let madePipeline else { preconditionFailure("used before it was made") }
        return madePipeline
    }

    /// That of a connection is asked of the system each time, and known on the event loop only, which alone knows
    /// whether the socket is open.
    final var localAddress: SocketAddress? {
        knownLocalAddress ?? (loop.inEventLoop ? try? localAddress0() : nil)
    }

    final func localAddress0() throws -> SocketAddress {
        guard isOpen else { throw ChannelError.ioOnClosedChannel }
        return try SocketAddress.local(of: descriptor)
    }

    final func remoteAddress0() throws -> SocketAddress {
        guard let remoteAddress else { throw ChannelError.operationUnsupported }
        return remoteAddress
    }

    /// Changes ``isWritable``.
    ///
    /// - Returns: Whether it was otherwise before.
    final func changeWritable(to isWritable: Bool) -> Bool {
        writable.exchange(isWritable, ordering: .relaxed) != isWritable
    }

    // MARK: Life

    /// Begins to tell the pipeline of what comes; the handlers are there.
    final func activate() {
        guard isOpen else { return }
        active.store(true, ordering: .relaxed)
        let pipeline = pipeline.syncOperations
        pipeline.fireChannelRegistered()
        pipeline.fireChannelActive()
        if isOpen, readsByItself { pipeline.read() }
        guard isOpen else { return }
        do {
            try loop.register(self)
            isRegistered = true
        } catch {
            close0(error: error, mode: .all, promise: nil)
        }
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        guard mode == .all else {
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        isOpen = false
        let wasActive = active.exchange(false, ordering: .relaxed)
        if isRegistered { loop.deregister(self) }
        closeDescriptor(descriptor)
        sendingEnded(error)
        promise?.succeed(())
        let pipeline = pipeline.syncOperations
        if wasActive {
            pipeline.fireChannelInactive()
            pipeline.fireChannelUnregistered()
        }
        // Later: whoever closes it may be in the midst of the pipeline.
        loop._executeIsolatedUnsafeUnchecked {
            self.removeHandlers(pipeline: self.pipeline)
            self.closePromise.succeed(())
        }
    }

    // MARK: ChannelCore

    func read0() {
        guard isOpen, !isReadPending else { return }
        isReadPending = true
        readSoon()
    }

    /// Reads what is there already, when other sockets have had their turn.
    final func readSoon() {
        guard isReadPending, isReadable, !isReadScheduled else { return }
        isReadScheduled = true
        loop._executeIsolatedUnsafeUnchecked {
            self.isReadScheduled = false
            if self.isOpen, self.isReadPending, self.isReadable { self.readOnce() }
        }
    }

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.operationUnsupported) }

    func flush0() {}

    func channelRead0(_ data: NIOAny) {}

    func errorCaught0(error: any Error) {}

    final func register0(promise: EventLoopPromise<Void>?) { promise?.fail(ChannelError.operationUnsupported) }

    final func registerAlreadyConfigured0(promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    final func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    final func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    final func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.fail(ChannelError.operationUnsupported)
    }

    // MARK: Options

    /// Sets one of NIO's options; has to be called on the event loop.
    ///
    /// - Throws: `ChannelError.operationUnsupported` for one that the kind of channel does not have.
    func set<Option: ChannelOption>(_ option: Option, to value: Option.Value) throws {
        guard option is ChannelOptions.Types.AutoReadOption, let reads = value as? Bool else {
            throw ChannelError.operationUnsupported
        }
        readsByItself = reads
        guard isActive else { return }
        if reads {
            pipeline.syncOperations.read()
        } else {
            isReadPending = false
        }
    }

    /// One of NIO's options; has to be called on the event loop.
    ///
    /// - Throws: `ChannelError.operationUnsupported` for one that the kind of channel does not have.
    func value<Option: ChannelOption>(of option: Option) throws -> Option.Value {
        guard option is ChannelOptions.Types.AutoReadOption, let value = readsByItself as? Option.Value else {
            throw ChannelError.operationUnsupported
        }
        return value
    }

    private struct Options: NIOSynchronousChannelOptions {
        let channel: SocketChannel

        func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {
            try channel.set(option, to: value)
        }

        func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
            try channel.value(of: option)
        }
    }

    final var syncOptions: (any NIOSynchronousChannelOptions)? { Options(channel: self) }

    final func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        onLoop { try self.set(option, to: value) }
    }

    final func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        onLoop { try self.value(of: option) }
    }

    final func unsafeSetSocketOption<Value: Sendable>(
        level: NIOBSDSocket.OptionLevel,
        name: NIOBSDSocket.Option,
        value: Value
    ) -> EventLoopFuture<Void> {
        onLoop {
            guard self.isOpen else { throw ChannelError.ioOnClosedChannel }
            _ = try withUnsafeBytes(of: value) { bytes in
                try systemCall("setsockopt") {
                    setsockopt(
                        self.descriptor,
                        level.rawValue,
                        name.rawValue,
                        bytes.baseAddress,
                        socklen_t(bytes.count)
                    )
                }
            }
        }
    }

    final func unsafeGetSocketOption<Value: Sendable>(
        level: NIOBSDSocket.OptionLevel,
        name: NIOBSDSocket.Option
    ) -> EventLoopFuture<Value> {
        onLoop { throw ChannelError.operationUnsupported }
    }

    final func unsafeSetSocketOption<Value: Sendable>(
        level: SocketOptionLevel,
        name: SocketOptionName,
        value: Value
    ) -> EventLoopFuture<Void> {
        unsafeSetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: CInt(level)),
            name: NIOBSDSocket.Option(rawValue: CInt(name)),
            value: value
        )
    }

    final func unsafeGetSocketOption<Value: Sendable>(
        level: SocketOptionLevel,
        name: SocketOptionName
    ) -> EventLoopFuture<Value> {
        onLoop { throw ChannelError.operationUnsupported }
    }

    private func onLoop<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> EventLoopFuture<Value> {
        guard loop.inEventLoop else { return loop.submit(body) }
        return loop.makeCompletedFuture(Result { try body() })
    }
}
#endif
