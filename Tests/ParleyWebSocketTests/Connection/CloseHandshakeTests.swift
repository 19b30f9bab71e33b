// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

private func closed(
    _ code: CloseCode?,
    _ reason: String = "",
    by initiator: CloseSummary.Initiator,
    violation: Violation? = nil,
    clean: Bool
) -> Entry {
    .closed(CloseSummary(code: code, reason: reason, initiator: initiator, violation: violation, wasClean: clean))
}

@Suite("Close handshake begun by the peer")
struct PeerCloseTests {
    @Test("is answered by a server with the same code, and over at once", arguments: [1000, 1001, 1008, 3000, 4999])
    func server(code: UInt16) {
        var endpoint = Endpoint(.server)
        endpoint.received(Peer(of: .server).close(code, "grüße"))
        #expect(
            endpoint.log == [
                .wroteClose(.server, code), closed(CloseCode(rawValue: code), "grüße", by: .peer, clean: true),
            ]
        )
        #expect(!endpoint.machine.isOpen)
        #expect(endpoint.machine.nextDeadline == nil)
    }

    @Test("without a code is answered without one")
    func empty() {
        var endpoint = Endpoint(.server)
        endpoint.received(Peer(of: .server).frame(8))
        #expect(endpoint.log == [.wrote(.server, 8), closed(nil, by: .peer, clean: true)])
    }

    @Test("is answered by a client, which waits for the server to end TCP")
    func client() {
        var endpoint = Endpoint(.client)
        endpoint.received(Peer(of: .client).close(1001, "bye"))
        #expect(endpoint.takeLog() == [.wroteClose(.client, 1001)])
        #expect(!endpoint.machine.isOpen)
        #expect(endpoint.wait == .seconds(2))
        endpoint.inputEnded()
        #expect(endpoint.takeLog() == [closed(.goingAway, "bye", by: .peer, clean: true)])
    }

    @Test("is as clean if the server leaves TCP open for too long")
    func clientTimeout() {
        var endpoint = Endpoint(.client, limits: ConnectionLimits(closeTimeout: .milliseconds(500)))
        endpoint.received(Peer(of: .client).close(1000))
        endpoint.fire(after: .milliseconds(499))
        #expect(endpoint.takeLog() == [.wroteClose(.client, 1000)])
        endpoint.fire(after: .milliseconds(1))
        #expect(endpoint.takeLog() == [closed(.normalClosure, by: .peer, clean: true)])
    }

    @Test("makes everything after it meaningless", arguments: Role.allCases)
    func dataAfterClose(role: Role) {
        let peer = Peer(of: role)
        let bytes =
            peer.text("a") + peer.close(1000) + peer.text("b") + peer.frame(9) + peer.close(1001) + [0xFF, 0xFF]
        for size in [1, 4, 1000] {
            #expect(
                log(role, bytes, inPiecesOf: size) == [
                    .text("a"), .wroteClose(role, 1000), closed(.normalClosure, by: .peer, clean: true),
                ]
            )
        }
    }

    @Test("may come between the fragments of a message", arguments: Role.allCases)
    func insideMessage(role: Role) {
        let peer = Peer(of: role)
        #expect(
            log(role, peer.text("a", fin: false) + peer.close(1000) + peer.more("b")) == [
                .wroteClose(role, 1000), closed(.normalClosure, by: .peer, clean: true),
            ]
        )
    }

    @Test("wins over a later close from our side", arguments: Role.allCases)
    func thenOurs(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.received(Peer(of: role).close(3000))
        endpoint.close(.goingAway)
        endpoint.inputEnded()
        #expect(endpoint.log == [.wroteClose(role, 3000), closed(.unauthorized, by: .peer, clean: true)])
    }
}

@Suite("Close handshake begun by us")
struct OwnCloseTests {
    @Test("sends the frame and waits for the answer", arguments: Role.allCases)
    func answered(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.close(.policyViolation, "no key")
        #expect(endpoint.takeLog() == [.wroteClose(role, 1008, "no key")])
        #expect(!endpoint.machine.isOpen)
        #expect(endpoint.wait == .seconds(2))
        endpoint.pass(.seconds(1))
        endpoint.received(Peer(of: role).close(1008))
        if role == .client {
            #expect(endpoint.takeLog().isEmpty)
            #expect(endpoint.wait == .seconds(2))
            endpoint.inputEnded()
        }
        #expect(endpoint.takeLog() == [closed(.policyViolation, "no key", by: .us, clean: true)])
    }

    @Test("is not clean if the peer never answers", arguments: Role.allCases)
    func timeout(role: Role) {
        var endpoint = Endpoint(role, limits: ConnectionLimits(closeTimeout: .seconds(5)))
        endpoint.close(.goingAway, "restart")
        endpoint.fire(after: .milliseconds(4999))
        #expect(endpoint.takeLog() == [.wroteClose(role, 1001, "restart")])
        endpoint.fire(after: .milliseconds(1))
        #expect(endpoint.takeLog() == [closed(.goingAway, "restart", by: .us, clean: false)])
        #expect(endpoint.machine.nextDeadline == nil)
    }

    @Test("is not clean if TCP ends first", arguments: Role.allCases)
    func transportEnds(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.close(.normalClosure)
        endpoint.inputEnded()
        #expect(endpoint.log == [.wroteClose(role, 1000), closed(.normalClosure, by: .us, clean: false)])
    }

    @Test("passes over data and pings until the answer", arguments: Role.allCases)
    func dataUntilAnswer(role: Role) {
        let peer = Peer(of: role)
        var endpoint = Endpoint(role)
        endpoint.received(peer.text("begun", fin: false))
        endpoint.close(.normalClosure)
        endpoint.received(
            peer.more("late", fin: false) + peer.frame(9, [1]) + peer.frame(0, [0xFF, 0xFF]) + peer.text("later")
                + peer.close(1000) + peer.text("after")
        )
        endpoint.inputEnded()
        #expect(endpoint.log == [.wroteClose(role, 1000), closed(.normalClosure, by: .us, clean: true)])
    }

    @Test("ends at once, with no second close frame, if the peer breaks a rule", arguments: Role.allCases)
    func violation(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.close(.goingAway)
        endpoint.received(Peer(of: role).frame(3))
        #expect(
            endpoint.log == [
                .wroteClose(role, 1001), closed(.goingAway, by: .us, violation: .reservedOpcode, clean: false),
            ]
        )
    }

    @Test("happens once", arguments: Role.allCases)
    func twice(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.close(.goingAway)
        endpoint.close(.normalClosure)
        #expect(endpoint.log == [.wroteClose(role, 1001)])
    }

    @Test("cuts the reason to what a close frame holds")
    func longReason() {
        var endpoint = Endpoint(.server)
        endpoint.close(.policyViolation, String(repeating: "é", count: 100))
        #expect(endpoint.log == [.wroteClose(.server, 1008, String(repeating: "é", count: 61))])
    }

    @Test("sends no code that must not be sent", arguments: Role.allCases)
    func forbiddenCode(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.close(.abnormalClosure, "x")
        #expect(endpoint.log == [.wroteClose(role, 1011, "x")])
        var empty = Endpoint(role)
        empty.close(.noStatusReceived, "x")
        #expect(empty.log == [.wrote(role, 8)])
    }

    @Test("comes after frames that wait already, in one write")
    func order() {
        var machine = ConnectionMachine(role: .server, limits: ConnectionLimits(), now: .uptimeNanoseconds(0))
        machine.timerFired(at: .uptimeNanoseconds(15_000_000_000))
        machine.close(.normalClosure, reason: "", at: .uptimeNanoseconds(15_000_000_000))
        let event = machine.next()
        #expect(event == .write(ByteBuffer(bytes: [0x89, 0, 0x88, 2, 0x03, 0xE8])))
        let after = machine.next()
        #expect(after == nil)
    }
}

@Suite("End of TCP")
struct TransportEndTests {
    @Test("without a close frame is no code and not clean", arguments: Role.allCases)
    func abrupt(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.received(Peer(of: role).text("cut off").dropLast())
        endpoint.inputEnded()
        #expect(endpoint.log == [closed(nil, by: .transport, clean: false)])
        #expect(!endpoint.machine.isOpen)
    }

    @Test("comes after what was received before it", arguments: Role.allCases)
    func drained(role: Role) {
        let peer = Peer(of: role)
        var endpoint = Endpoint(role)
        endpoint.heldBack(peer.text("a") + peer.frame(9) + peer.text("b"))
        endpoint.inputEnded()
        #expect(
            endpoint.log == [.text("a"), .wrote(role, 10), .text("b"), closed(nil, by: .transport, clean: false)]
        )
    }

    @Test("is said once, whatever comes after it", arguments: Role.allCases)
    func once(role: Role) {
        var endpoint = Endpoint(role)
        endpoint.inputEnded()
        endpoint.inputEnded()
        endpoint.received(Peer(of: role).text("late"))
        endpoint.close(.normalClosure)
        endpoint.fire(after: .hours(1))
        #expect(endpoint.log == [closed(nil, by: .transport, clean: false)])
    }

    @Test("stops data from being sent even before it is reported")
    func isOpen() {
        var machine = ConnectionMachine(role: .server, limits: ConnectionLimits(), now: .uptimeNanoseconds(0))
        #expect(machine.isOpen)
        machine.inputEnded(at: .uptimeNanoseconds(1))
        #expect(!machine.isOpen)
    }
}
