// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// What a run has measured.
package struct BenchReport: Sendable {
    /// A stretch of the run, for the chart.
    package struct Point: Sendable, Equatable {
        /// Seconds of measuring at its end.
        package var seconds: Double
        /// Answers per second.
        package var rate: Double
        /// Latency in µs.
        package var p50: UInt64
        package var p99: UInt64
    }

    /// A number of sessions that was tried.
    package struct Step: Sendable, Equatable {
        package var sessions: Int
        package var rate: Double
        package var p50: UInt64
        package var p99: UInt64
        package var isCarried: Bool
    }

    package let plan: LoadPlan
    /// Event loops of the generator.
    package let loops: Int
    /// The server, without a query.
    package var target = ""
    /// Until measuring began.
    package var opening = Interval()
    /// What was measured.
    package var total = Interval()
    package private(set) var points: [Point] = []
    /// The numbers of sessions that were tried, if the largest was looked for.
    package var steps: [Step] = []
    /// Messages without an answer at the end.
    package var unanswered = 0
    /// Processor time of the server while measuring, in seconds.
    package var serverSeconds: Double?
    /// Resident memory of the server in bytes, before the first session and at the end.
    package var memoryBefore: Int?
    package var memoryAfter: Int?
    /// Processor time of the generator while measuring, in seconds.
    package var ownSeconds = 0.0
    /// The machine's load average at the beginning.
    package var loadAverage: Double?
    /// Whether it was stopped before its time.
    package var isStopped = false

    package init(plan: LoadPlan, loops: Int) {
        self.plan = plan
        self.loops = loops
    }

    /// Most points that are kept; of a longer run, neighbours are joined.
    private static let mostPoints = 600

    /// Adds a stretch to the course of the run.
    package mutating func append(_ interval: Interval) {
        guard interval.seconds > 0 else { return }
        points.append(
            Point(
                seconds: total.seconds,
                rate: Double(interval.answered) / interval.seconds,
                p50: interval.latency.percentile(50),
                p99: interval.latency.percentile(99)
            )
        )
        guard points.count > Self.mostPoints else { return }
        points = stride(from: 0, to: points.count - 1, by: 2)
            .map { index in
                let (first, second) = (points[index], points[index + 1])
                return Point(
                    seconds: second.seconds,
                    rate: (first.rate + second.rate) / 2,
                    p50: max(first.p50, second.p50),
                    p99: max(first.p99, second.p99)
                )
            }
    }

    /// Answers per second; in mode `handshake`, handshakes.
    package var rate: Double { total.seconds > 0 ? Double(total.answered) / total.seconds : 0 }

    /// Processor time of the server for each answer, in µs.
    package var serverMicroseconds: Double? {
        total.answered > 0 ? serverSeconds.map { $0 * 1e6 / Double(total.answered) } : nil
    }

    /// How many sessions at real-time rate a processor of the server would carry at this cost.
    package var sessionsPerCore: Double? {
        guard plan.mode == .append, let cost = serverMicroseconds, cost > 0 else { return nil }
        return Double(plan.chunkMilliseconds) * 1_000 / cost
    }

    /// Memory that the server took for each open session, in bytes.
    package var memoryPerSession: Double? {
        guard let memoryBefore, let memoryAfter, total.open > 0 else { return nil }
        return Double(memoryAfter - memoryBefore) / Double(total.open)
    }

    /// The part of its time that an event loop of the generator was busy, 0 to 1.
    package var ownShare: Double {
        total.seconds > 0 ? ownSeconds / total.seconds / Double(max(1, loops)) : 0
    }

    /// Sessions that failed, at any time.
    package var failures: [String: Int] { opening.failures.merging(total.failures, uniquingKeysWith: +) }

    /// Whether the run is worth an exit code of 0: no session failed, and what was to be answered was.
    package var isGood: Bool {
        failures.isEmpty && (plan.mode == .idle || total.answered > 0) && (plan.mode != .idle || total.open > 0)
    }

    /// Whether the server kept up: nothing failed or was left out, nearly everything was answered, and in time.
    package func isCarried(limitMicroseconds: UInt64) -> Bool {
        isGood && total.skipped == 0 && total.answered * 100 >= total.sent * 98
            && total.latency.percentile(99) <= limitMicroseconds
    }

    /// This run as a step of a search.
    package func step(isCarried: Bool) -> Step {
        Step(
            sessions: plan.sessions,
            rate: rate,
            p50: total.latency.percentile(50),
            p99: total.latency.percentile(99),
            isCarried: isCarried
        )
    }

    /// What makes the figures doubtful, in sentences.
    package var warnings: [String] {
        var warnings: [String] = []
        let late = total.lateness.percentile(99)
        if late > 500, late * 4 > total.latency.percentile(99) {
            warnings.append(
                "The generator itself was late by \(Words.time(late)) (p99), which the latencies contain: they say more "
                    + "about this machine than about the server. Use fewer sessions or a machine with more idle processors."
            )
        }
        if ownShare > 0.85 {
            warnings.append(
                "The generator's event loops were busy \(Words.percent(ownShare)) of the time: the rate may be its own "
                    + "limit. The server's time per message is not affected."
            )
        }
        if total.skipped > 0 {
            warnings.append(
                "\(total.skipped) messages were due but not sent, as \(AnswerQueue.longest) of their session were "
                    + "unanswered: the server does not keep up."
            )
        }
        if opening.mismatched + total.mismatched > 0 {
            warnings.append(
                "\(opening.mismatched + total.mismatched) sessions got other audio back than they sent: this is no echo, "
                    + "and an answer may belong to another message. Mode talk measures servers that answer."
            )
        }
        if isStopped { warnings.append("Stopped before its time: this is what was measured until then.") }
        return warnings
    }
}

/// News of a run.
package struct BenchProgress: Sendable {
    package enum Phase: Sendable { case opening, measuring }

    package let phase: Phase
    /// Seconds of this phase.
    package let seconds: Double
    /// What happened in the last second; while opening, since the beginning.
    package let interval: Interval

    /// The news in one line that fits every terminal.
    package func line(_ plan: LoadPlan) -> String {
        let failed = interval.failed > 0 ? "  \(interval.failed) failed" : ""
        switch phase {
        case .opening:
            return "opening: \(interval.open) of \(plan.sessions) sessions\(failed)"
        case .measuring:
            let rate = interval.seconds > 0 ? Double(interval.answered) / interval.seconds : 0
            let times = (interval.latency.percentile(50), interval.latency.percentile(99))
            return "\(Int(seconds.rounded())) of \(Words.number(plan.seconds)) s  \(interval.open) sessions  "
                + "\(Words.number(rate))/s  p50 \(Words.time(times.0))  p99 \(Words.time(times.1))\(failed)"
        }
    }
}
