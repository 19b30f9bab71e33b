// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

@Suite("Answers that are awaited when the peer breaks a rule")
struct AwaitedAnswersTests {
    private static let limits = ConnectionLimits(pingInterval: .seconds(1), closeTimeout: .seconds(3))
    private static let violation = Violation.reservedOpcode

    /// An endpoint that was sent a message, a frame that breaks a rule, and more.
    private static func offended(_ role: Role) -> Endpoint {
        let peer = Peer(of: role)
        var endpoint = Endpoint(role, limits: limits)
        endpoint.machine.answersAwaited()
        endpoint.received(peer.text("before") + peer.frame(3) + peer.text("after") + peer.close(1000))
        return endpoint
    }

    private static func failure(_ role: Role) -> [Entry] {
        let reason = violation.entry.sentence
        return [
            .wroteClose(role, 1002, reason),
            .closed(
                CloseSummary(
                    code: .protocolError,
                    reason: reason,
                    initiator: .us,
                    violation: violation,
                    wasClean: false
                )
            ),
        ]
    }

    private static func answered(_ endpoint: inout Endpoint) {
        endpoint.machine.answersGiven(at: endpoint.now)
        endpoint.received([])
    }

    @Test("can be sent until they are given, and the close frame follows", arguments: Role.allCases)
    func given(role: Role) {
        var endpoint = Self.offended(role)
        #expect(endpoint.takeLog() == [.text("before")])
        #expect(endpoint.machine.isOpen && endpoint.isFailing)
        var frames = ByteBuffer()
        endpoint.machine.append(.text, to: &frames) { $0.writeStaticString("answer") }
        #expect(frames.readableBytes > 0)
        Self.answered(&endpoint)
        #expect(endpoint.takeLog() == Self.failure(role))
        #expect(!endpoint.machine.isOpen && !endpoint.isFailing)
    }

    @Test("are awaited for the time of a close handshake and no longer", arguments: Role.allCases)
    func late(role: Role) {
        var endpoint = Self.offended(role)
        _ = endpoint.takeLog()
        #expect(endpoint.wait == .seconds(3))
        endpoint.fire(after: .milliseconds(2_999))
        #expect(endpoint.takeLog().isEmpty)
        endpoint.fire(after: .milliseconds(1))
        #expect(endpoint.takeLog() == Self.failure(role))
    }

    @Test("do not let the peer be heard again", arguments: Role.allCases)
    func deaf(role: Role) {
        var endpoint = Self.offended(role)
        _ = endpoint.takeLog()
        endpoint.received(Peer(of: role).text("later") + Peer(of: role).frame(9))
        #expect(endpoint.takeLog().isEmpty)
    }

    @Test("are awaited no more when the peer ends TCP, or this side closes", arguments: Role.allCases)
    func ended(role: Role) {
        var endpoint = Self.offended(role)
        _ = endpoint.takeLog()
        endpoint.inputEnded()
        #expect(endpoint.takeLog() == Self.failure(role))
        endpoint = Self.offended(role)
        _ = endpoint.takeLog()
        endpoint.close(.normalClosure)
        #expect(endpoint.takeLog() == Self.failure(role))
    }

    @Test("are awaited while reading is paused as well", arguments: Role.allCases)
    func paused(role: Role) {
        var endpoint = Self.offended(role)
        _ = endpoint.takeLog()
        endpoint.machine.readingPaused(at: endpoint.now)
        endpoint.fire(after: .seconds(3))
        #expect(endpoint.takeLog() == Self.failure(role))
    }

    @Test("are not awaited once our own close frame is out", arguments: Role.allCases)
    func closing(role: Role) {
        var endpoint = Endpoint(role, limits: Self.limits)
        endpoint.machine.answersAwaited()
        endpoint.close(.goingAway)
        endpoint.received(Peer(of: role).frame(3))
        #expect(endpoint.summary?.violation == Self.violation)
    }

    @Test("that were given before do not hold the close frame", arguments: Role.allCases)
    func nothingToAnswer(role: Role) {
        var endpoint = Endpoint(role, limits: Self.limits)
        endpoint.machine.answersAwaited()
        endpoint.received(Peer(of: role).text("before"))
        Self.answered(&endpoint)
        _ = endpoint.takeLog()
        endpoint.received(Peer(of: role).frame(3))
        #expect(endpoint.takeLog() == Self.failure(role))
    }
}
