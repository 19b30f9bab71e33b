// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// The sessions of one event loop: opens them, tells them when a message is due, and hands out what they counted.
actor LoadLoop {
    nonisolated let unownedExecutor: UnownedSerialExecutor
    private nonisolated let eventLoop: any EventLoop
    private let plan: LoadPlan
    private let opening: RepeatedOpening
    /// The numbers of this loop's sessions among all.
    private let numbers: [Int]
    private let openings: OpeningSchedule
    private var pace: PaceSchedule
    private var memory = LoopMemory()
    private var figures: LoopFigures?
    private var sessions: [LoadSession] = []
    /// How many sessions were begun.
    private var begun = 0
    /// How many are on their way.
    private var onTheirWay = 0
    private var open = 0
    private var openingTimer: Scheduled<Void>?
    private var paceTimer: Scheduled<Void>?

    init(eventLoop: any EventLoop, plan: LoadPlan, opening: RepeatedOpening, numbers: [Int]) {
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        self.eventLoop = eventLoop
        self.plan = plan
        self.opening = opening
        self.numbers = numbers
        openings = OpeningSchedule(ramp: Int64(plan.rampSeconds * 1e9), total: plan.sessions)
        pace = PaceSchedule(sessions: numbers, of: plan.sessions, period: plan.period)
    }

    /// Begins to open sessions, and to send as soon as there are any.
    func begin(_ frames: ClientFrames, at origin: NIODeadline) {
        let figures = LoopFigures(plan: plan, frames: frames, origin: origin)
        self.figures = figures
        sessions = numbers.map { _ in LoadSession(figures, loop: self) }
        openDue()
        if plan.isPaced { schedulePace() }
    }

    /// What was counted since the last time, and whether all sessions were tried.
    func take() -> (interval: Interval, isOpeningOver: Bool) {
        guard let figures else { return (Interval(), true) }
        if plan.awaitsSession, onTheirWay > 0 {
            let now = figures.now
            for session in sessions { session.checkPatience(at: now) }
        }
        var interval = Interval()
        swap(&interval, &figures.interval)
        interval.open = open
        return (interval, begun == numbers.count && onTheirWay == 0)
    }

    /// How many messages are unanswered; those that have waited for more than a second are counted with the time that
    /// they have waited, so that a server that stalls at the end does not look fast.
    func takeUnanswered() -> (count: Int, waits: Histogram) {
        var waits = Histogram()
        var count = 0
        guard let figures else { return (0, waits) }
        let now = figures.now
        for session in sessions {
            for due in session.unanswered {
                count += 1
                if now - due > 1_000_000_000 { waits.record(UInt64(now - due) / 1_000) }
            }
        }
        return (count, waits)
    }

    /// Closes all sessions.
    func end() {
        figures?.isEnding = true
        openingTimer?.cancel()
        paceTimer?.cancel()
        for session in sessions { session.close() }
    }

    /// Whether every connection is closed.
    var isClosed: Bool { sessions.allSatisfy(\.isClosed) }
}

// MARK: Opening

extension LoadLoop {
    private func openDue() {
        guard let figures, !figures.isEnding else { return }
        openingTimer?.cancel()
        while begun < numbers.count, onTheirWay < OpeningSchedule.atATime || plan.mode == .handshake {
            let due = openings.due(numbers[begun])
            guard due <= figures.now else {
                openingTimer = eventLoop.assumeIsolated()
                    .scheduleTask(deadline: figures.deadline(due)) { self.openDue() }
                return
            }
            begun += 1
            begin(sessions[begun - 1])
        }
    }

    private func begin(_ session: LoadSession) {
        guard let figures, !figures.isEnding else { return }
        if plan.mode != .handshake { onTheirWay += 1 }
        session.begin(at: figures.now)
        opening.open(on: eventLoop, delegate: session, memory: memory) { sentence in
            session.failed(sentence)
            if self.plan.mode == .handshake { self.handshakeFailed(session) } else { self.sessionNotOpened() }
        }
    }

    func sessionOpened() {
        open += 1
        onTheirWay -= 1
        if begun < numbers.count { openDue() }
    }

    func sessionNotOpened() {
        onTheirWay -= 1
        // Not at once: what fails on the spot would be called from within itself.
        eventLoop.execute { self.assumeIsolated { $0.openDue() } }
    }

    func sessionEnded() { open -= 1 }

    func handshakeOver(_ session: LoadSession) { begin(session) }

    private func handshakeFailed(_ session: LoadSession) {
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(100)) { self.begin(session) }
    }
}

// MARK: Pace

extension LoadLoop {
    private func schedulePace() {
        guard let figures, !figures.isEnding, let due = pace.nextDue else { return }
        paceTimer = eventLoop.assumeIsolated()
            .scheduleTask(deadline: figures.deadline(due)) {
                // Only what is due by now: a loop that is behind has to read answers in between.
                let now = figures.now
                while let (place, due) = self.pace.take(at: now) { self.sessions[place].chunkDue(due) }
                self.schedulePace()
            }
    }
}
