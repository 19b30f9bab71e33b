// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ParleyServer

@Suite("What engines need is kept ready", .timeLimit(.minutes(1)))
struct EngineWarmthTests {
    @Test("as long as the server has them, each once")
    func replaced() async throws {
        let (changes, sink) = AsyncStream<String>.makeStream()
        func engine(_ name: String) -> ServedEngine {
            ServedEngine(keepWarm: {
                sink.yield("\(name) kept")
                let (untilCancelled, end) = AsyncStream<Never>.makeStream()
                for await _ in untilCancelled {}
                end.finish()
                sink.yield("\(name) let go")
            })
        }
        let (one, two, three) = (engine("one"), engine("two"), engine("three"))
        let warmth = EngineWarmth([one, one])
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await warmth.run() }
            var seen = changes.makeAsyncIterator()
            #expect(await seen.next() == "one kept")
            warmth.keep([one, two])
            #expect(await seen.next() == "two kept")
            warmth.keep([two, three])
            #expect(Set([await seen.next(), await seen.next()]) == ["one let go", "three kept"])
            group.cancelAll()
        }
    }
}
