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

/// Makes a call of the system, again if a signal interrupts it.
///
/// - Throws: `IOError` with what the system says, and `name`.
func systemCall(_ name: String, _ call: () -> CInt) throws -> CInt {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard errno == EINTR else { throw IOError(errnoCode: errno, reason: name) }
    }
}

/// Starts a thread that is never waited for.
///
/// - Throws: `IOError` if the system has none left.
func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) throws {
    final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
    }
    let start = Unmanaged.passRetained(Start(name, body))
    let result = parley_start_thread(
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            parley_name_thread(start.name)
            start.body()
            return nil
        },
        start.toOpaque()
    )
    guard result == 0 else {
        start.release()
        throw IOError(errnoCode: result, reason: "pthread_create")
    }
}

/// Opens a socket that listens at an address.
///
/// - Returns: Its descriptor.
/// - Throws: `IOError` with what the system says.
func listeningSocket(at address: SocketAddress, backlog: CInt) throws -> CInt {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = try systemCall("socket") { socket(address.protocol.rawValue, kind, 0) }
    do {
        try setOption(of: descriptor, SOL_SOCKET, SO_REUSEADDR, to: 1)
        // Connections have it from the listener.
        try setOption(of: descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, to: 1)
        _ = try systemCall("bind") { address.withSockAddr { bind(descriptor, $0, socklen_t($1)) } }
        _ = try systemCall("listen") { listen(descriptor, backlog) }
        return descriptor
    } catch {
        closeDescriptor(descriptor)
        throw error
    }
}

private func setOption(of descriptor: CInt, _ level: CInt, _ name: CInt, to value: CInt) throws {
    var value = value
    _ = try systemCall("setsockopt") {
        setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<CInt>.size))
    }
}

/// Closes a descriptor; where a method has the system's name, too.
func closeDescriptor(_ descriptor: CInt) { close(descriptor) }

extension SocketAddress {
    /// The address that a socket is bound to.
    ///
    /// - Throws: `IOError` with what the system says, `ChannelError` for families without ports.
    static func local(of descriptor: CInt) throws -> SocketAddress {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = try systemCall("getsockname") {
            withUnsafeMutableBytes(of: &storage) {
                getsockname(descriptor, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), &size)
            }
        }
        guard let address = SocketAddress(&storage) else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// An address as the system gives it; `nil` for families without ports.
    init?(_ storage: inout sockaddr_storage) {
        switch CInt(storage.ss_family) {
        case AF_INET:
            self.init(withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in.self) }, host: "")
        case AF_INET6:
            self.init(withUnsafeBytes(of: &storage) { $0.loadUnaligned(as: sockaddr_in6.self) }, host: "")
        default: return nil
        }
    }
}
#endif
