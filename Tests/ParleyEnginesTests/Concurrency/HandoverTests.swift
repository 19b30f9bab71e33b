// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyEngines

private struct Broken: Error {}

@Suite("Handover")
struct HandoverTests {
    @Test("elements come out in order, then the end")
    func keepsOrder() async throws {
        let handover = Handover<Int>(limit: 10)
        for number in 1...3 { try await handover.send(number) }
        handover.finish()
        handover.enqueue(4)
        var received: [Int] = []
        while let number = try await handover.next() { received.append(number) }
        #expect(received == [1, 2, 3])
        #expect(try await handover.next() == nil)
    }

    @Test("with a limit of zero, sending returns when the element was taken")
    func rendezvous() async throws {
        let handover = Handover<Int>(limit: 0)
        let sent = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 1...100 {
                    try await handover.send(number)
                    await sent.increment()
                }
                handover.finish()
            }
            var taken = 0
            while let number = try await handover.next() {
                taken += 1
                #expect(number == taken)
                #expect(await sent.value <= taken)
            }
            try await group.waitForAll()
            #expect(taken == 100)
        }
    }

    @Test("the producer is held up by the weight of what waits")
    func weighs() async throws {
        let handover = Handover<Int>(limit: 10) { $0 }
        let (sent, third) = (Counter(), Gate())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in [5, 5, 5, 1] {
                    if await sent.value == 2 { await third.open() }
                    try await handover.send(number)
                    await sent.increment()
                }
            }
            await third.pass()
            #expect(await sent.value == 2)
            #expect(try await handover.next() == 5)
            #expect(try await handover.next() == 5)
            #expect(try await handover.next() == 5)
            #expect(try await handover.next() == 1)
            try await group.waitForAll()
            #expect(await sent.value == 4)
        }
    }

    @Test("a failure comes after the elements before it")
    func failureComesLast() async throws {
        let handover = Handover<Int>(limit: 10)
        handover.enqueue(1)
        handover.finish(throwing: Broken())
        handover.finish()
        #expect(try await handover.next() == 1)
        await #expect(throws: Broken.self) { try await handover.next() }
    }

    @Test("a waiting consumer gets the end or the failure", arguments: [true, false])
    func endsWaitingConsumer(fails: Bool) async throws {
        let handover = Handover<Int>(limit: 0)
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await handover.next() }
            await Task.yield()
            handover.finish(throwing: fails ? Broken() : nil)
            if fails {
                await #expect(throws: Broken.self) { try await group.next() }
            } else {
                let end = try await group.next()
                #expect(end == .some(nil))
            }
        }
    }

    @Test("cancelling wakes whoever waits")
    func cancelWakes() async {
        let empty = Handover<Int>(limit: 0)
        let full = Handover<Int>(limit: 0)
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await throwsCancellation { _ = try await empty.next() } }
            group.addTask { await throwsCancellation { try await full.send(1) } }
            await Task.yield()
            group.cancelAll()
            for await wasCancelled in group { #expect(wasCancelled) }
        }
    }
}

@Suite("Promise")
struct PromiseTests {
    @Test("everybody who waits gets the value, also who comes later")
    func fulfilsAll() async throws {
        let promise = Promise<Int>()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 { group.addTask { try await promise.value() } }
            await Task.yield()
            promise.fulfil(with: .success(7))
            promise.fulfil(with: .success(8))
            for try await value in group { #expect(value == 7) }
        }
        #expect(try await promise.value() == 7)
    }

    @Test("a failure reaches everybody")
    func fails() async {
        let promise = Promise<Int>()
        promise.fulfil(with: .failure(Broken()))
        await #expect(throws: Broken.self) { try await promise.value() }
    }

    @Test("one who waits can give up, the others go on")
    func givesUp() async throws {
        let promise = Promise<Int>()
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await throwsCancellation { _ = try await promise.value() } }
            await Task.yield()
            group.cancelAll()
            for await wasCancelled in group { #expect(wasCancelled) }
        }
        promise.fulfil(with: .success(1))
        #expect(try await promise.value() == 1)
    }

    @Test("the outcome is waited for even by a cancelled task")
    func outcomeIgnoresCancellation() async throws {
        let promise = Promise<Int>()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await promise.outcome().get() }
            group.cancelAll()
            await Task.yield()
            promise.fulfil(with: .success(3))
            let outcome = try await group.next()
            #expect(outcome == 3)
        }
    }
}

@Suite("Permits")
struct PermitsTests {
    private actor Meter {
        private var running = 0
        private(set) var most = 0

        func enter() {
            running += 1
            most = max(most, running)
        }

        func leave() { running -= 1 }
    }

    @Test("never more tasks run than there are permits, and all get their turn")
    func limits() async throws {
        let (permits, meter, done) = (Permits(3), Meter(), Counter())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await permits.run {
                        await meter.enter()
                        for _ in 0..<5 { await Task.yield() }
                        await meter.leave()
                    }
                    await done.increment()
                }
            }
            try await group.waitForAll()
        }
        #expect(await meter.most <= 3)
        #expect(await done.value == 50)
    }

    @Test("a permit is given back when the work fails")
    func failureGivesBack() async throws {
        let permits = Permits(1)
        await #expect(throws: Broken.self) { try await permits.run { throw Broken() } }
        #expect(try await permits.run { 1 } == 1)
    }

    @Test("one who waits for a permit can give up")
    func givesUp() async throws {
        let (permits, gate, begun) = (Permits(1), Gate(), Gate())
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await permits.run {
                    await begun.open()
                    await gate.pass()
                }
            }
            await begun.pass()
            await withTaskGroup(of: Bool.self) { waiting in
                waiting.addTask { await throwsCancellation { try await permits.run {} } }
                await Task.yield()
                waiting.cancelAll()
                for await wasCancelled in waiting { #expect(wasCancelled) }
            }
            await gate.open()
            try await group.waitForAll()
        }
        #expect(try await permits.run { 2 } == 2)
    }
}

@Suite("StopSignal")
struct StopSignalTests {
    @Test("stopping cancels the work, and checks fail from then on")
    func stops() async {
        let (signal, begun, cancelled) = (StopSignal(), Gate(), Gate())
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await signal.run {
                    await begun.open()
                    if await throwsCancellation({ try await Task.sleep(for: .seconds(3_600)) }) {
                        await cancelled.open()
                    }
                }
            }
            await begun.pass()
            #expect(throws: Never.self) { try signal.check() }
            signal.stop()
            #expect(throws: CancellationError.self) { try signal.check() }
            await cancelled.pass()
        }
    }

    @Test("work that returns by itself needs no signal")
    func returns() async {
        let signal = StopSignal()
        let done = Counter()
        await signal.run { await done.increment() }
        #expect(await done.value == 1)
    }
}

/// Whether `body` throws a cancellation.
private func throwsCancellation(_ body: @Sendable () async throws -> Void) async -> Bool {
    do {
        try await body()
        return false
    } catch {
        return error is CancellationError
    }
}
