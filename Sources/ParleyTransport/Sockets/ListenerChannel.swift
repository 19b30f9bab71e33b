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

/// A socket that accepts connections and spreads them over the loops of a group.
///
/// Each accepted channel comes through the pipeline, and is served when it has reached its end.
// Sendable as any ``SocketChannel``, with two constants more.
final class ListenerChannel: SocketChannel, @unchecked Sendable {
    /// Most connections that are accepted before other sockets have their turn.
    private static let batch = 64

    private let group: SocketEventLoopGroup
    private let initializer: @Sendable (any Channel) throws -> Void

    /// A channel of a socket that listens.
    init(
        _ descriptor: CInt,
        on loop: SocketEventLoop,
        group: SocketEventLoopGroup,
        initializer: @escaping @Sendable (any Channel) throws -> Void
    ) {
        self.group = group
        self.initializer = initializer
        super.init(descriptor, on: loop, localAddress: try? SocketAddress.local(of: descriptor))
    }

    override func ready(_ events: UInt32) {
        isReadable = true
        if isReadPending { readOnce() }
    }

    override func readOnce() {
        isReadPending = false
        var count = 0
        while isOpen, isReadable, readsByItself, count < Self.batch {
            accept()
            count += 1
        }
        guard isOpen else { return }
        pipeline.syncOperations.fireChannelReadComplete()
        if isOpen, readsByItself { pipeline.syncOperations.read() }
    }

    private func accept() {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let accepted = withUnsafeMutableBytes(of: &address) {
            accept4(
                descriptor,
                $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                &size,
                CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            )
        }
        guard accepted >= 0 else { return acceptFailed(errno) }
        let connection = ConnectionChannel(
            accepted,
            on: group.nextLoop(),
            parent: self,
            remoteAddress: SocketAddress(&address)
        )
        pipeline.syncOperations.fireChannelRead(NIOAny(connection))
    }

    private func acceptFailed(_ code: CInt) {
        switch code {
        case EAGAIN: isReadable = false
        // The connection is at fault, not the listener (accept(2), "Error handling").
        case EINTR, ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, EOPNOTSUPP, ENETDOWN, EHOSTDOWN, ENONET, EHOSTUNREACH,
            ENETUNREACH:
            break
        default: pipeline.syncOperations.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        }
    }

    override func channelRead0(_ data: NIOAny) {
        let connection = unwrapData(data, as: ConnectionChannel.self)
        let initializer = initializer
        connection.loop.execute {
            do {
                try initializer(connection)
                connection.activate()
            } catch {
                connection.close0(error: error, mode: .all, promise: nil)
            }
        }
    }

    /// Nobody in the pipeline can live with the error.
    override func errorCaught0(error: any Error) { close0(error: error, mode: .all, promise: nil) }
}
#endif
