// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import Synchronization

/// Watches how long a server takes for each phase of an exchange, and for all of it.
///
/// One scheduled task at a time; a phase that begins later than the task was set for moves it only when it fires.
final class ExchangeTimer: Sendable {
    private struct State {
        var phase: (limit: BackendFailure.TimeLimit, deadline: NIODeadline)?
        var scheduled: (task: Scheduled<Void>, at: NIODeadline)?
        var isOver = false
    }

    private let limits: BackendLimits
    private let eventLoop: any EventLoop
    private let expired: @Sendable (BackendFailure.Reason) -> Void
    private let end: NIODeadline
    private let state = Mutex(State())

    /// A timer whose exchange begins now; `expired` is called at most once.
    init(
        _ limits: BackendLimits,
        on eventLoop: any EventLoop,
        expired: @escaping @Sendable (BackendFailure.Reason) -> Void
    ) {
        self.limits = limits
        self.eventLoop = eventLoop
        self.expired = expired
        end = .now() + TimeAmount(limits.whole)
    }

    /// A phase begins, which ends the one before it.
    func begin(_ limit: BackendFailure.TimeLimit) {
        state.withLock { state in
            guard !state.isOver else { return }
            let deadline = min(.now() + TimeAmount(duration(of: limit)), end)
            state.phase = (deadline == end ? .whole : limit, deadline)
            schedule(&state, at: deadline)
        }
    }

    /// Nothing is awaited from the server.
    func pause() { state.withLock { $0.phase = nil } }

    /// The exchange is over.
    func stop() {
        let task = state.withLock { state in
            state.isOver = true
            state.phase = nil
            return state.scheduled.take()?.task
        }
        task?.cancel()
    }

    private func schedule(_ state: inout State, at deadline: NIODeadline) {
        if let scheduled = state.scheduled {
            guard deadline < scheduled.at else { return }
            scheduled.task.cancel()
        }
        state.scheduled = (eventLoop.scheduleTask(deadline: deadline) { self.fire() }, deadline)
    }

    private func fire() {
        let limit = state.withLock { state -> BackendFailure.TimeLimit? in
            state.scheduled = nil
            guard let phase = state.phase else { return nil }
            guard phase.deadline <= .now() else {
                schedule(&state, at: phase.deadline)
                return nil
            }
            state.isOver = true
            return phase.limit
        }
        if let limit { expired(.timeout(limit, duration(of: limit))) }
    }

    private func duration(of limit: BackendFailure.TimeLimit) -> Duration {
        switch limit {
        case .connect: limits.connect
        case .firstByte: limits.firstByte
        case .idle: limits.idle
        case .whole: limits.whole
        }
    }
}
