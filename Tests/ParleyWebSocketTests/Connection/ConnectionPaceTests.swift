// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyWebSocket
import Testing

@Suite("A peer that does not read")
struct SendWatchTests {
    private static let limits = ConnectionLimits(pingInterval: nil, sendTimeout: .seconds(10), maxUnsentBytes: 1_000)
    private static let stalled = "You have read nothing for too long. Read while you send."
    private static let behind = "Too much waits for you to be read. Read faster, or ask for less."

    private static func closed(_ reason: String) -> [Entry] {
        [
            .wroteClose(.server, 1008, reason),
            .closed(CloseSummary(code: .policyViolation, reason: reason, initiator: .us, wasClean: false)),
        ]
    }

    @Test("is closed with 1008 after the timeout, without being waited for")
    func stalled() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(100, unsent: 100)
        endpoint.fire(after: .milliseconds(9_999), unsent: 100)
        #expect(endpoint.log.isEmpty)
        endpoint.fire(after: .milliseconds(1), unsent: 100)
        #expect(endpoint.log == Self.closed(Self.stalled))
    }

    @Test("but takes a byte now and then is only slow")
    func slow() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(100, unsent: 100)
        for unsent in stride(from: 99, to: 0, by: -1) { endpoint.fire(after: .seconds(9), unsent: unsent) }
        #expect(endpoint.log.isEmpty)
        endpoint.fire(after: .seconds(9), unsent: 0)
        #expect(endpoint.wait == nil)
        endpoint.fire(after: .hours(1), unsent: 0)
        #expect(endpoint.log.isEmpty)
    }

    @Test("but empties the buffer of the system is only slow, and that buffer is not counted as too much")
    func inSystem() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(100, unsent: 100, inSystem: 4_000_000)
        endpoint.fire(after: .seconds(9), unsent: 100, inSystem: 3_999_999)
        endpoint.fire(after: .seconds(9), unsent: 100, inSystem: 3_999_998)
        #expect(endpoint.log.isEmpty)
        endpoint.fire(after: .seconds(10), unsent: 100, inSystem: 3_999_998)
        #expect(endpoint.log == Self.closed(Self.stalled))
    }

    @Test("has taken something when less waits than was added")
    func added() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(100, unsent: 100)
        endpoint.pass(.seconds(9))
        endpoint.queued(100, unsent: 199)
        endpoint.fire(after: .seconds(9), unsent: 199)
        #expect(endpoint.log.isEmpty)
        endpoint.fire(after: .seconds(1), unsent: 199)
        #expect(endpoint.log == Self.closed(Self.stalled))
    }

    @Test("is closed at once when more is put behind too much")
    func tooFarBehind() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(1_000, unsent: 1_000)
        endpoint.queued(1, unsent: 1_001)
        #expect(endpoint.wait != .zero)
        endpoint.queued(1, unsent: 1_002)
        #expect(endpoint.wait == .zero)
        endpoint.fire(after: .zero, unsent: 1_002)
        #expect(endpoint.log == Self.closed(Self.behind))
    }

    @Test("may be sent a message that is longer alone than what may wait, and the next one when it has taken enough")
    func longMessage() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(8_000, unsent: 8_000)
        for unsent in stride(from: 7_000, through: 1_000, by: -1_000) {
            endpoint.fire(after: .seconds(1), unsent: unsent)
        }
        endpoint.queued(8_000, unsent: 9_000)
        endpoint.fire(after: .seconds(1), unsent: 9_000)
        #expect(endpoint.log.isEmpty)
        endpoint.queued(1, unsent: 9_001)
        endpoint.fire(after: .zero, unsent: 9_001)
        #expect(endpoint.log == Self.closed(Self.behind))
    }

    @Test("is forgiven when it takes enough before it is closed")
    func caughtUp() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(2_000, unsent: 2_000)
        endpoint.queued(1, unsent: 2_001)
        endpoint.fire(after: .zero, unsent: 1_000)
        #expect(endpoint.log.isEmpty)
        #expect(endpoint.wait != .zero)
    }

    @Test("is looked at four times within the timeout")
    func looks() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.queued(100, unsent: 100)
        #expect(endpoint.wait == .milliseconds(2_500))
    }

    @Test("gets no message worked on that came before the pause, until it reads again")
    func held() {
        var endpoint = Endpoint(.server)
        endpoint.machine.readingPaused(at: endpoint.now)
        endpoint.received(Peer(of: .server).text("early"))
        #expect(endpoint.log.isEmpty)
        endpoint.machine.readingResumed(at: endpoint.now)
        endpoint.received([])
        #expect(endpoint.log == [.text("early")])
    }

    @Test("is closed although a pause holds its messages back")
    func closeWhilePaused() {
        var endpoint = Endpoint(.server)
        endpoint.machine.readingPaused(at: endpoint.now)
        endpoint.received(Peer(of: .server).text("early"))
        endpoint.close(.goingAway, "bye")
        #expect(endpoint.log == [.wroteClose(.server, 1001, "bye")])
        endpoint.inputEnded()
        #expect(endpoint.summary?.code == .goingAway)
    }
}

@Suite("A peer that sends too many messages")
struct MessageRateTests {
    private static let limits = ConnectionLimits(pingInterval: nil, messagesPerSecond: 10)

    @Test("is heard no more until a tenth of its messages may come again")
    func muted() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        let text = Peer(of: .server).text("a")
        endpoint.received(Array(repeating: text, count: 12).flatMap { $0 })
        #expect(endpoint.takeLog() == Array(repeating: .text("a"), count: 11))
        #expect(endpoint.isMuted)
        #expect(endpoint.wait == .milliseconds(200))
        endpoint.fire(after: .milliseconds(199))
        #expect(endpoint.takeLog().isEmpty)
        endpoint.fire(after: .milliseconds(1))
        #expect(endpoint.takeLog() == [.text("a")])
        #expect(!endpoint.isMuted)
    }

    @Test("is not one that sends as many as it may, for however long")
    func steady() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        for _ in 0..<100 {
            endpoint.received(Peer(of: .server).text("a"))
            endpoint.pass(.milliseconds(100))
        }
        #expect(endpoint.log.count == 100)
        #expect(!endpoint.isMuted)
    }

    @Test("may do so with pings as little")
    func pings() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.received(Array(repeating: Peer(of: .server).frame(9), count: 12).flatMap { $0 })
        #expect(endpoint.log == Array(repeating: .wrote(.server, 10), count: 11))
        #expect(endpoint.isMuted)
    }

    @Test("is still told good-bye")
    func closing() {
        var endpoint = Endpoint(.server, limits: Self.limits)
        endpoint.received(Array(repeating: Peer(of: .server).text("a"), count: 12).flatMap { $0 })
        _ = endpoint.takeLog()
        endpoint.close(.goingAway)
        #expect(endpoint.takeLog() == [.wroteClose(.server, 1001)])
        #expect(!endpoint.isMuted)
        endpoint.received(Peer(of: .server).frame(8, [0x03, 0xE9]))
        #expect(endpoint.summary?.wasClean == true)
    }
}
