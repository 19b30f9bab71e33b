// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

@Suite("Keeping alive")
struct KeepAliveTests {
    @Test("pings a silent peer after the interval", arguments: Role.allCases)
    func ping(role: Role) {
        var endpoint = Endpoint(role)
        #expect(endpoint.wait == .seconds(15))
        endpoint.fire(after: .milliseconds(14_999))
        #expect(endpoint.log.isEmpty)
        endpoint.fire(after: .milliseconds(1))
        #expect(endpoint.log == [.wrote(role, 9)])
        #expect(endpoint.wait == .seconds(20))
        #expect(endpoint.machine.isOpen)
    }

    @Test("starts anew with the pong", arguments: Role.allCases)
    func pong(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.fire(after: .seconds(15))
        endpoint.pass(.seconds(1))
        endpoint.received(Peer(of: role).frame(10))
        #expect(endpoint.log == [.wrote(role, 9), .pong([])])
        #expect(endpoint.wait == .seconds(15))
        endpoint.fire(after: .seconds(15))
        #expect(endpoint.takeLog() == [.wrote(role, 9), .pong([]), .wrote(role, 9)])
    }

    @Test("takes any byte for a sign of life")
    func anyByte() {
        var endpoint = Endpoint(.server)
        endpoint.fire(after: .seconds(15))
        for byte in Peer(of: .server).text("slow").dropLast() {
            endpoint.fire(after: .seconds(14))
            endpoint.received([byte])
        }
        #expect(endpoint.log == [.wrote(.server, 9)])
        #expect(endpoint.wait == .seconds(15))
    }

    @Test("gives up a peer that stays silent, with 1011 and without waiting", arguments: Role.allCases)
    func lost(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.fire(after: .seconds(15))
        endpoint.fire(after: .milliseconds(19_999))
        #expect(endpoint.takeLog() == [.wrote(role, 9)])
        endpoint.fire(after: .milliseconds(1))
        #expect(
            endpoint.takeLog() == [
                .wroteClose(role, 1011, "ping timeout"),
                .closed(
                    CloseSummary(code: .internalError, reason: "ping timeout", initiator: .us, wasClean: false)
                ),
            ]
        )
        #expect(endpoint.machine.nextDeadline == nil)
    }

    @Test("does nothing when the timer fires early or late without cause")
    func earlyTimer() {
        var endpoint = Endpoint(.server)
        endpoint.pass(.seconds(10))
        endpoint.received(Peer(of: .server).text("a"))
        endpoint.fire(after: .seconds(5))
        #expect(endpoint.log == [.text("a")])
        #expect(endpoint.wait == .seconds(10))
    }

    @Test("can be turned off")
    func off() {
        var endpoint = Endpoint(.server, limits: ConnectionLimits(pingInterval: nil))
        #expect(endpoint.machine.nextDeadline == nil)
        endpoint.fire(after: .hours(24))
        #expect(endpoint.log.isEmpty)
    }

    @Test("holds no silence against a peer that is not read from")
    func paused() {
        var endpoint = Endpoint(.server, limits: ConnectionLimits(idleTimeout: .seconds(60)))
        endpoint.fire(after: .seconds(15))
        endpoint.machine.readingPaused(at: endpoint.now)
        #expect(endpoint.machine.nextDeadline == nil)
        endpoint.fire(after: .hours(1))
        #expect(endpoint.takeLog() == [.wrote(.server, 9)])
        endpoint.machine.readingResumed(at: endpoint.now)
        #expect(endpoint.wait == .seconds(15))
        endpoint.fire(after: .seconds(15))
        #expect(endpoint.takeLog() == [.wrote(.server, 9)])
    }

    @Test("stops with the first close frame", arguments: Role.allCases)
    func closing(role: Role) {
        var endpoint = Endpoint(role, limits: ConnectionLimits(closeTimeout: .hours(1)))
        endpoint.close(.normalClosure)
        endpoint.fire(after: .minutes(59))
        #expect(endpoint.log == [.wroteClose(role, 1000)])
    }
}

@Suite("Idle time-out")
struct IdleTests {
    private let limits = ConnectionLimits(pingInterval: .seconds(10), idleTimeout: .seconds(25))

    @Test("ends a connection on which only pongs come, with 1001 and a full handshake", arguments: Role.allCases)
    func idle(role: Role) {
        var endpoint = Endpoint(role, limits: limits)
        for _ in 0..<2 {
            endpoint.fire(after: .seconds(10))
            endpoint.received(Peer(of: role).frame(10))
        }
        #expect(endpoint.takeLog() == [.wrote(role, 9), .pong([]), .wrote(role, 9), .pong([])])
        #expect(endpoint.wait == .seconds(5))
        endpoint.fire(after: .seconds(5))
        #expect(endpoint.takeLog() == [.wroteClose(role, 1001, "idle timeout")])
        endpoint.received(Peer(of: role).close(1001))
        endpoint.inputEnded()
        #expect(
            endpoint.takeLog() == [
                .closed(CloseSummary(code: .goingAway, reason: "idle timeout", initiator: .us, wasClean: true))
            ]
        )
    }

    @Test("is put off by every piece of a data message")
    func data() {
        var endpoint = Endpoint(.server, limits: limits)
        let frame = Peer(of: .server).text("slowly")
        for byte in frame {
            endpoint.pass(.seconds(9))
            endpoint.received([byte])
        }
        #expect(endpoint.log == [.text("slowly")])
        #expect(endpoint.wait == .seconds(10))
        endpoint.fire(after: .seconds(10))
        endpoint.received(Peer(of: .server).frame(10))
        #expect(endpoint.wait == .seconds(10))
        endpoint.fire(after: .seconds(10))
        #expect(endpoint.wait == .seconds(5))
    }
}

@Suite("Pings and pongs")
struct PingTests {
    @Test("are answered one by one with the same payload, in order", arguments: Role.allCases, Ownership.allCases)
    func pings(role: Role, ownership: Ownership) {
        let peer = Peer(of: role)
        let payloads: [[UInt8]] = [[], [0xFF], Array("é".utf8), Array(0..<125)]
        let bytes = payloads.flatMap { peer.frame(9, $0) }
        for size in [1, 3, 50, 1000] {
            var endpoint = Endpoint(role, ownership: ownership)
            endpoint.received(bytes, inPiecesOf: size)
            #expect(endpoint.log == payloads.map { .wrote(role, 10, $0) })
        }
    }

    @Test("that nobody asked for are reported and change nothing", arguments: Role.allCases)
    func pongs(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.received(Peer(of: role).frame(10, [1, 2]) + Peer(of: role).frame(10))
        #expect(endpoint.log == [.pong([1, 2]), .pong([])])
        #expect(endpoint.machine.isOpen)
    }
}
