// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleySession
internal import Synchronization

/// Notes from the tasks of one response when what happens.
final class LatencyWatch: Sendable {
    private let now: @Sendable () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    private let marks = Mutex(LatencyMarks())

    /// A watch that starts now.
    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
        start = now()
    }

    /// Something happens; only the first time counts.
    func mark(_ mark: LatencyMarks.Mark) {
        marks.withLock { if $0[mark] == nil { $0.mark(mark, at: now() - start) } }
    }

    /// Where the time of the response to `request` went.
    func latency(of request: ResponseRequest) -> ResponseLatency {
        marks.withLock { $0.latency(silenceMS: request.silenceMS) }
    }
}
