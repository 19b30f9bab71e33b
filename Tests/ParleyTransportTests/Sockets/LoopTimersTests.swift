// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyTransport

@Suite("The timers of an event loop")
struct LoopTimersTests {
    private static func time(_ milliseconds: Double) -> NIODeadline {
        .uptimeNanoseconds(1_000_000_000) + .nanoseconds(Int64(milliseconds * 1_000_000))
    }

    /// Does what is due.
    private static func fire(_ timers: inout LoopTimers, at now: Double) {
        while let action = timers.due(at: time(now)) { action() }
    }

    @Test("fire in the order of their deadlines, and of their making where those are the same")
    func order() {
        var timers = LoopTimers()
        var fired: [String] = []
        for (name, deadline) in [("c", 3.0), ("a", 1), ("b", 2), ("c again", 3), ("d", 4)] {
            timers.add(LoopTimer(Self.time(deadline)) { fired.append(name) })
        }
        Self.fire(&timers, at: 0.5)
        #expect(fired.isEmpty)
        Self.fire(&timers, at: 3)
        #expect(fired == ["a", "b", "c", "c again"])
        Self.fire(&timers, at: 4)
        #expect(fired.last == "d")
        #expect(timers.isEmpty)
    }

    @Test("do nothing once cancelled, and let go of what they would have done")
    func cancelled() {
        final class Witness {}
        var timers = LoopTimers()
        var witness: Witness? = Witness()
        weak let isAlive = witness
        let timer = LoopTimer(Self.time(1)) { [witness] in Issue.record("fired: \(String(describing: witness))") }
        timers.add(timer)
        witness = nil
        #expect(isAlive != nil)
        timers.cancel(timer)
        #expect(isAlive == nil)
        timers.cancel(timer)
        Self.fire(&timers, at: 2)
        #expect(timers.isEmpty)
    }

    @Test("may be cancelled before they are added")
    func cancelledEarly() {
        var timers = LoopTimers()
        let timer = LoopTimer(Self.time(1)) { Issue.record("fired") }
        timers.cancel(timer)
        timers.add(timer)
        #expect(timers.isEmpty)
    }

    @Test("do not pile up where many are cancelled long before they are due")
    func bounded() {
        var timers = LoopTimers()
        var fired = 0
        timers.add(LoopTimer(Self.time(500)) { fired += 1 })
        for number in 0..<10_000 {
            let timer = LoopTimer(Self.time(1000 + Double(number))) { Issue.record("fired") }
            timers.add(timer)
            timers.cancel(timer)
            #expect(timers.count <= 130)
        }
        Self.fire(&timers, at: 20_000)
        #expect(fired == 1)
        #expect(timers.isEmpty)
    }

    @Test("tell when the next one is due, if there is one that was not cancelled")
    func nextDeadline() {
        var timers = LoopTimers()
        #expect(timers.nextDeadline == nil)
        let timer = LoopTimer(Self.time(1)) {}
        timers.add(timer)
        timers.add(LoopTimer(Self.time(3)) {})
        #expect(timers.nextDeadline == Self.time(1))
        timers.cancel(timer)
        #expect(timers.nextDeadline == Self.time(3))
    }
}
