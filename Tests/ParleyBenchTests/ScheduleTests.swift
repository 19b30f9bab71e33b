// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyBench

@Suite("When sessions are due")
struct ScheduleTests {
    private static let period: Int64 = 100_000_000

    private static func taken(_ schedule: PaceSchedule, until end: Int64) -> [(place: Int, due: Int64)] {
        var schedule = schedule
        var all: [(place: Int, due: Int64)] = []
        while let next = schedule.take(at: end) { all.append(next) }
        return all
    }

    @Test("Each session is due once in each period, at the same distance")
    func regularity() {
        let schedule = PaceSchedule(sessions: Array(0..<7), of: 7, period: Self.period)
        let all = Self.taken(schedule, until: 10 * Self.period - 1)
        for place in 0..<7 {
            let dues = all.filter { $0.place == place }.map(\.due)
            #expect(dues.count == 10)
            #expect(zip(dues, dues.dropFirst()).allSatisfy { $1 - $0 == Self.period })
        }
    }

    @Test("The sessions of two loops together are spread evenly")
    func spread() {
        let loops = [0, 1]
            .map { loop in
                PaceSchedule(sessions: Array(stride(from: loop, to: 100, by: 2)), of: 100, period: Self.period)
            }
        let dues = loops.flatMap { Self.taken($0, until: Self.period - 1).map(\.due) }.sorted()
        #expect(dues == (0..<100).map { Int64($0) * 1_000_000 })
    }

    @Test("Thousands of sessions share slots of 100 µs, in the order of their dues", arguments: [1_000, 5_000, 20_000])
    func slots(sessions: Int) {
        let schedule = PaceSchedule(sessions: Array(0..<sessions), of: sessions, period: Self.period)
        let dues = Self.taken(schedule, until: 2 * Self.period - 1).map(\.due)
        #expect(dues.count == 2 * sessions)
        #expect(dues.allSatisfy { $0 % PaceSchedule.slot == 0 })
        #expect(dues == dues.sorted())
        #expect(Set(dues).count <= 2_000)
    }

    @Test("Nothing is due before its time, and what is late keeps the time at which it was due")
    func lateness() {
        var schedule = PaceSchedule(sessions: [1], of: 2, period: Self.period)
        #expect(schedule.nextDue == Self.period / 2)
        #expect(schedule.take(at: Self.period / 2 - 1) == nil)
        #expect(schedule.take(at: 3 * Self.period)?.due == Self.period / 2)
        #expect(schedule.take(at: 3 * Self.period)?.due == Self.period / 2 + Self.period)
    }

    @Test("A loop without sessions is never due")
    func nobody() {
        var schedule = PaceSchedule(sessions: [], of: 3, period: Self.period)
        #expect(schedule.nextDue == nil)
        #expect(schedule.take(at: .max) == nil)
    }

    @Test("Openings are spread over the ramp")
    func ramp() {
        let ramp = OpeningSchedule(ramp: 10_000_000_000, total: 5)
        #expect((0..<5).map { ramp.due($0) / 1_000_000_000 } == [0, 2, 4, 6, 8])
        #expect(OpeningSchedule(ramp: 0, total: 5).due(4) == 0)
    }
}

@Suite("Looking for the most sessions")
struct SessionSearchTests {
    private static func result(from first: Int, to limit: Int, capacity: Int) -> (carried: Int, steps: Int) {
        var search = SessionSearch(from: first, to: limit)
        var steps = 0
        while let number = search.next, steps < 100 {
            steps += 1
            search.tried(isCarried: number <= capacity)
        }
        return (search.carried, steps)
    }

    @Test(
        "It comes within 5 % of what a server carries, in few steps",
        arguments: [1, 2, 7, 99, 100, 101, 640, 999, 4_321, 9_999]
    )
    func precision(capacity: Int) {
        let (carried, steps) = Self.result(from: 100, to: 10_000, capacity: capacity)
        #expect(carried <= capacity)
        #expect(Double(capacity - carried) <= max(1, 0.06 * Double(capacity)), "\(carried)")
        #expect(steps <= 16)
    }

    @Test("It tries no more than the limit, and ends there if that is carried")
    func limit() {
        #expect(Self.result(from: 100, to: 750, capacity: 10_000) == (750, 4))
    }

    @Test("A server that carries nobody ends it with 0")
    func nobody() {
        #expect(Self.result(from: 64, to: 1_000, capacity: 0).carried == 0)
    }
}
