// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyHandshake
import ParleyWebSocket
import Testing

@testable import ParleyServer

@Suite("The limits of a server")
struct LimitsTests {
    private static func door(_ change: (inout ServerConfiguration) -> Void = { _ in }) -> Door {
        var configuration = ServerConfiguration()
        change(&configuration)
        return Door(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func peer(_ address: String) throws -> SocketAddress {
        try SocketAddress(ipAddress: address, port: 1)
    }

    @Test("for single addresses hold for other machines by default", arguments: ["192.0.2.1", "2001:db8::1"])
    func remote(address: String) throws {
        let door = Self.door()
        let peer = try Self.peer(address)
        for _ in 0..<ServerConfiguration.defaultHandshakesPerSecond { #expect(door.capacity(for: peer) == .available) }
        #expect(door.capacity(for: peer) == .rateLimited(retryAfterSeconds: 1))
    }

    @Test("for single addresses spare this machine", arguments: ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    func loopback(address: String) throws {
        let door = Self.door { $0.maxConnections = 10_000 }
        let peer = try Self.peer(address)
        for _ in 0..<1_000 {
            #expect(door.opened(from: peer))
            #expect(door.capacity(for: peer) == .available)
        }
    }

    @Test("hold for this machine when they are given")
    func explicit() throws {
        let peer = try Self.peer("127.0.0.1")
        let slow = Self.door { $0.handshakesPerSecond = 1 }
        #expect(slow.capacity(for: peer) == .available)
        #expect(slow.capacity(for: peer) == .rateLimited(retryAfterSeconds: 1))
        let small = Self.door { $0.maxConnectionsPerAddress = 1 }
        #expect(small.opened(from: peer) && small.opened(from: peer))
        #expect(small.capacity(for: peer) == .addressFull(retryAfterSeconds: 5))
        #expect(small.capacity(for: try Self.peer("127.0.0.2")) == .available)
        small.closed(from: peer)
        #expect(small.capacity(for: peer) == .available)
    }

    @Test("are taken away by 0")
    func none() throws {
        let peer = try Self.peer("192.0.2.1")
        let door = Self.door { ($0.handshakesPerSecond, $0.maxConnectionsPerAddress) = (0, 0) }
        for _ in 0..<200 {
            #expect(door.opened(from: peer))
            #expect(door.capacity(for: peer) == .available)
        }
    }

    @Test("on all connections are told to whoever is a few too many, and close the door to the rest")
    func total() throws {
        let door = Self.door { $0.maxConnections = 8 }
        let stay = try (1...10).map { door.opened(from: try Self.peer("192.0.2.\($0)")) }
        #expect(stay == Array(repeating: true, count: 9) + [false])
        #expect(door.capacity(for: try Self.peer("192.0.2.9")) == .connectionsFull(retryAfterSeconds: 5))
        door.closed(from: try Self.peer("192.0.2.1"))
        #expect(door.capacity(for: try Self.peer("192.0.2.9")) == .available)
    }

    @Test("can be others while the server runs; connections that are open stay and count")
    func reloaded() throws {
        var configuration = ServerConfiguration()
        let door = Self.door()
        let peers = try [Self.peer("127.0.0.1"), Self.peer("192.0.2.1")]
        for peer in peers { for _ in 0..<3 { #expect(door.opened(from: peer)) } }
        configuration.maxConnectionsPerAddress = 3
        door.reload(configuration)
        for peer in peers {
            #expect(door.capacity(for: peer) == .available)
            #expect(door.opened(from: peer))
            #expect(door.capacity(for: peer) == .addressFull(retryAfterSeconds: 5))
            #expect(!door.opened(from: peer))
        }
        configuration.maxConnectionsPerAddress = nil
        configuration.handshakesPerSecond = 1
        configuration.maxConnections = 8
        door.reload(configuration)
        #expect(door.capacity(for: peers[0]) == .available)
        #expect(door.capacity(for: peers[0]) == .rateLimited(retryAfterSeconds: 1))
        #expect(door.opened(from: peers[0]))
        #expect(door.capacity(for: try Self.peer("192.0.2.2")) == .connectionsFull(retryAfterSeconds: 5))
        for _ in 0..<5 { door.closed(from: peers[0]) }
        for _ in 0..<4 { door.closed(from: peers[1]) }
        #expect(door.connectionCount == 0)
    }

    @Test("that only a restart can change are named")
    func unchangeable() {
        var other = ServerConfiguration()
        #expect(other.unchangeable(in: ServerConfiguration()) == [])
        (other.port, other.maxHeadBytes, other.maxHeadFields, other.handshakeTimeoutSeconds) = (1, 1, 1, 1)
        let names = ["port", "handshake-timeout", "max-head-bytes", "max-head-fields"]
        #expect(ServerConfiguration().unchangeable(in: other) == names)
    }

    @Test("on messages hold where other machines can connect")
    func messages() {
        var configuration = ServerConfiguration()
        #expect(configuration.connectionLimits.messagesPerSecond == nil)
        configuration.host = "0.0.0.0"
        #expect(configuration.connectionLimits.messagesPerSecond == 1_000)
        configuration.messagesPerSecond = 0
        #expect(configuration.connectionLimits.messagesPerSecond == nil)
        configuration.host = "127.0.0.1"
        configuration.messagesPerSecond = 7
        #expect(configuration.connectionLimits.messagesPerSecond == 7)
    }

    @Test(
        "on connections leave descriptors for the process and its children",
        arguments: [(64, 22), (1_024, 768), (1 << 20, 815_531)] as [(Int, Int)]
    )
    func descriptors(limit: Int, connections: Int) {
        #expect(OpenFiles.connections(within: limit) == connections)
        #expect(connections + ConnectionQuota.spare(for: connections) < limit - limit / 8)
    }

    @Test("do not fill the log")
    func log() {
        var throttle = LogThrottle()
        let start = NIODeadline.uptimeNanoseconds(1_000_000_000)
        let lines = (0..<100).map { _ in throttle.line(at: start) }
        #expect(lines.compactMap { $0 } == [0, 0, 0, 0, 0])
        #expect(throttle.line(at: start + .seconds(1)) == 95)
    }
}
