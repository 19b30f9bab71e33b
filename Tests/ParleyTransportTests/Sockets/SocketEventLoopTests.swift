// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
import Dispatch
import NIOCore
import Synchronization
import Testing

@testable import ParleyTransport

@Suite("An event loop for sockets")
struct SocketEventLoopTests {
    private let loop: SocketEventLoop

    init() throws { loop = try SocketEventLoopGroup.shared.get().nextLoop() }

    /// Notes what happens, from any thread.
    private final class Notes: Sendable {
        private let texts = Mutex<[String]>([])
        func add(_ text: String) { texts.withLock { $0.append(text) } }
        var all: [String] { texts.withLock { $0 } }
    }

    @Test("knows its own thread")
    func thread() async throws {
        #expect(!loop.inEventLoop)
        let other = try SocketEventLoop(name: "another loop with a long name")
        let isIn = try await loop.submit { [loop] in [loop.inEventLoop, other.inEventLoop] }.get()
        #expect(isIn == [true, false])
    }

    @Test("carries tasks out in their order, those of its own behind those that were there")
    func order() async throws {
        let notes = Notes()
        let last = loop.makePromise(of: Void.self)
        loop.execute { [loop] in
            loop.execute { notes.add("c") }
            loop.assumeIsolated()
                .execute {
                    notes.add("d")
                    last.succeed()
                }
            notes.add("a")
        }
        loop.execute { notes.add("b") }
        try await last.futureResult.get()
        // The second from outside may come while the first is at work, and is behind what that one asks for then.
        #expect(notes.all.first == "a")
        #expect(notes.all.filter { $0 != "b" } == ["a", "c", "d"])
        #expect(notes.all.contains("b"))
    }

    @Test("loses no task of many threads")
    func manyThreads() async throws {
        let notes = Notes()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask { [loop] in
                    for _ in 0..<500 { loop.execute { notes.add("") } }
                    try? await loop.submit {}.get()
                }
            }
        }
        #expect(notes.all.count == 8000)
    }

    @Test("keeps deadlines: not before, and in their order, from wherever they are set")
    func deadlines() async throws {
        let notes = Notes()
        let start = NIODeadline.now()
        let late = loop.scheduleTask(in: .milliseconds(20)) {
            notes.add("late")
            return NIODeadline.now()
        }
        let early =
            try await loop.submit { [loop] in
                loop.assumeIsolated()
                    .scheduleTask(deadline: start + .milliseconds(10)) {
                        notes.add("early")
                        return NIODeadline.now()
                    }
                    .futureResult
            }
            .get()
        #expect(try await early.get() >= start + .milliseconds(10))
        #expect(try await late.futureResult.get() >= start + .milliseconds(20))
        #expect(notes.all == ["early", "late"])
    }

    @Test("forgets what is cancelled, on its thread or elsewhere")
    func cancelled() async throws {
        let elsewhere = loop.scheduleTask(in: .milliseconds(5)) { Issue.record("fired") }
        elsewhere.cancel()
        await #expect(throws: EventLoopError.cancelled) { try await elsewhere.futureResult.get() }
        let here =
            try await loop.submit { [loop] in
                let timer = loop.assumeIsolated().scheduleTask(in: .milliseconds(5)) { Issue.record("fired") }
                timer.cancel()
                return timer.futureResult
            }
            .get()
        await #expect(throws: EventLoopError.cancelled) { try await here.get() }
        try await loop.scheduleTask(in: .milliseconds(10)) {}.futureResult.get()
    }

    @Test("tells what a task throws")
    func failure() async throws {
        let task = loop.scheduleTask(in: .milliseconds(1)) { throw ChannelError.eof }
        await #expect(throws: ChannelError.eof) { try await task.futureResult.get() }
    }

    @Test("is an actor's executor")
    func executor() async throws {
        actor Resident {
            nonisolated let unownedExecutor: UnownedSerialExecutor
            private let loop: SocketEventLoop

            init(_ loop: SocketEventLoop) {
                self.loop = loop
                unownedExecutor = loop.executor.asUnownedSerialExecutor()
            }

            func isAtHome() -> Bool { loop.inEventLoop }
            nonisolated func isAtHomeAlready() -> Bool { assumeIsolated { $0.loop.inEventLoop } }
        }
        let resident = Resident(loop)
        #expect(await resident.isAtHome())
        let isAtHomeAlready = try await loop.submit { resident.isAtHomeAlready() }.get()
        #expect(isAtHomeAlready)
    }

    @Test("serves until the process ends")
    func shutdown() async throws {
        for group in [loop, try SocketEventLoopGroup.shared.get()] as [any EventLoopGroup] {
            await #expect(throws: EventLoopError.unsupportedOperation) { try await group.shutdownGracefully() }
        }
        try await loop.submit {}.get()
    }

    @Test("takes its turn with the others of its group")
    func turns() throws {
        let group = try SocketEventLoopGroup(count: 3)
        let turns = (0..<6).map { _ in ObjectIdentifier(group.nextLoop()) }
        #expect(Set(turns).count == 3)
        #expect(Array(turns[0..<3]) == Array(turns[3..<6]))
        #expect(group.makeIterator().map { ObjectIdentifier($0) } == Array(turns[0..<3]))
    }
}
#endif
