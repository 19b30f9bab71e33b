// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import NIOCore
import ParleyTestPeers
import Synchronization
import Testing

@testable import ParleyTransport

#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

@Suite("A listener on loops of our own")
struct ListenerChannelTests {
    @Test("says why it cannot listen")
    func portInUse() async throws {
        let server = try await SocketServer()
        let group = try SocketEventLoopGroup.shared.get()
        let second = Listening(on: group) { _ in
        } childInitializer: { _ in
        }
        let error = await #expect(throws: IOError.self) {
            _ = try await second.bind(host: "127.0.0.1", port: server.port)
        }
        #expect(error?.errnoCode == EADDRINUSE)
        await #expect(throws: (any Error).self) { _ = try await second.bind(host: "no such host", port: 0) }
        try await server.close()
    }

    @Test("does not listen when its own handlers cannot be added")
    func badInitializer() async throws {
        let listening = Listening(on: try SocketEventLoopGroup.shared.get()) { _ in
            throw ChannelError.eof
        } childInitializer: { _ in
        }
        await #expect(throws: ChannelError.eof) { _ = try await listening.bind(host: "127.0.0.1", port: 0) }
    }

    @Test("closes a connection that is not admitted, and accepts the next")
    func notAdmitted() async throws {
        let isFirst = Mutex(true)
        let server = try await SocketServer { _ in
            if isFirst.withLock({ isFirst in
                defer { isFirst = false }; return isFirst
            }) {
                throw ChannelError.eof
            }
        }
        let refused = try await RawPeer.connected(to: server.port)
        #expect(try await refused.untilEnd().isEmpty)
        let (client, served) = try await server.connect()
        try await client.write("a")
        #expect(await served.told() == .read("a"))
        try await client.close()
        try await server.close()
    }

    @Test("spreads connections over the loops of its group")
    func spreads() async throws {
        let server = try await SocketServer(group: try SocketEventLoopGroup(count: 3))
        var loops: Set<ObjectIdentifier> = []
        var clients: [RawPeer] = []
        for _ in 0..<3 {
            let (client, served) = try await server.connect()
            clients.append(client)
            loops.insert(ObjectIdentifier(served.channel.eventLoop))
        }
        #expect(loops.count == 3)
        for client in clients { try await client.close() }
        try await server.close()
    }

    @Test("leaves connections waiting while it does not read")
    func pauses() async throws {
        let server = try await SocketServer()
        try await server.listener.setOption(.autoRead, value: false).get()
        // The system accepts; nobody serves.
        let client = try await RawPeer.connected(to: server.port)
        try await client.write("a")
        try await server.listener.setOption(.autoRead, value: true).get()
        let served = try await server.accepted()
        #expect(await served.told() == .read("a"))
        try await client.close()
        try await server.close()
    }

    @Test("is gone when it is closed, its connections are not")
    func closes() async throws {
        let server = try await SocketServer()
        let (client, served) = try await server.connect()
        let port = server.port
        try await server.close()
        await #expect(throws: (any Error).self) { _ = try await RawPeer.connected(to: port) }
        try await client.write("a")
        #expect(await served.told() == .read("a"))
        try await client.close()
    }

    @Test("listens on IPv6, too")
    func version6() async throws {
        let server: SocketServer
        do {
            server = try await SocketServer(host: "::1")
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL || error.errnoCode == EAFNOSUPPORT {
            // A machine without IPv6 says so in either way.
            return
        }
        #expect(server.listener.localAddress?.ipAddress == "::1")
        try await server.close()
    }
}
#endif
