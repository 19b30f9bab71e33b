// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
internal import NIOCore
internal import NIOPosix
package import ParleyTransport
internal import ParleyWebSocket

/// Puts the load of a ``LoadPlan`` on a server and measures it.
package struct LoadGenerator: Sendable {
    private let plan: LoadPlan
    private let url: WebSocketURL
    private let options: ConnectOptions
    private let server: ServerProcesses
    private let loops: Int
    private let logger: Logger

    /// How long a connection may take to close at the end.
    private static let closeSeconds = 3.0

    /// - Parameters:
    ///   - plan: The load.
    ///   - url: The server.
    ///   - options: What every connection offers.
    ///   - server: The server's processes, if they are to be watched.
    ///   - loops: Event loops to use, each a thread; default one for each processor.
    ///   - logger: Gets what the first connection has to say.
    package init(
        _ plan: LoadPlan,
        url: WebSocketURL,
        options: ConnectOptions,
        server: ServerProcesses = ServerProcesses(pids: []),
        loops: Int = OwnProcess.processors,
        logger: Logger
    ) {
        self.plan = plan
        self.url = url
        var options = options
        // Nothing but what is measured is to be sent.
        options.limits.pingInterval = nil
        self.options = options
        self.server = server
        self.loops = max(1, min(loops, plan.sessions))
        self.logger = logger
    }

    /// Runs to the end, or until the task is cancelled; what was measured until then is reported.
    ///
    /// Before the load one connection is opened with care: it tells what is wrong with the address.
    ///
    /// - Parameter progress: Called about once a second.
    /// - Throws: Why not even that one was opened.
    /// - Returns: What was measured.
    package func run(progress: @Sendable (BenchProgress) -> Void) async throws(ConnectFailure) -> BenchReport {
        let first = try await WebSocketClient.connect(to: url, options: options, logger: logger)
        let address = first.timeline.remoteAddress
        await first.close()
        guard let address, let opening = try? RepeatedOpening(url, options: options, address: address) else {
            return BenchReport(plan: plan, loops: loops)
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let report = await run(opening, on: group, progress)
        try? await group.shutdownGracefully()
        return report
    }

    private func run(
        _ opening: RepeatedOpening,
        on group: MultiThreadedEventLoopGroup,
        _ progress: @Sendable (BenchProgress) -> Void
    ) async -> BenchReport {
        var report = BenchReport(plan: plan, loops: loops)
        let frames = ClientFrames(plan)
        let loops = zip(group.makeIterator(), 0..<self.loops)
            .map { eventLoop, index in
                let numbers = Array(stride(from: index, to: plan.sessions, by: self.loops))
                return LoadLoop(eventLoop: eventLoop, plan: plan, opening: opening, numbers: numbers)
            }
        report.loadAverage = OwnProcess.loadAverage
        report.memoryBefore = server.use?.residentBytes
        let origin = NIODeadline.now()
        for loop in loops { await loop.begin(frames, at: origin) }
        do {
            report.opening = try await open(loops, progress)
            try await measure(loops, &report, progress)
        } catch {
            report.isStopped = true
        }
        report.memoryAfter = server.use?.residentBytes
        for loop in loops {
            let (count, waits) = await loop.takeUnanswered()
            report.unanswered += count
            report.total.latency.merge(waits)
        }
        for loop in loops { await loop.end() }
        await waitForClose(loops)
        return report
    }

    /// Waits until every session was opened or failed, and for the time of warming up.
    private func open(
        _ loops: [LoadLoop],
        _ progress: @Sendable (BenchProgress) -> Void
    ) async throws(CancellationError) -> Interval {
        var total = Interval()
        var clock = Stopwatch()
        var isOver = false
        while !isOver {
            try await Self.sleep(0.2)
            (total, isOver) = await collect(loops, onto: total, clock.lap())
            progress(BenchProgress(phase: .opening, seconds: total.seconds, interval: total))
        }
        guard total.open > 0 || plan.mode == .handshake else { return total }
        try await Self.sleep(plan.warmupSeconds)
        return await collect(loops, onto: total, clock.lap()).total
    }

    private func measure(
        _ loops: [LoadLoop],
        _ report: inout BenchReport,
        _ progress: @Sendable (BenchProgress) -> Void
    ) async throws(CancellationError) {
        guard report.opening.open > 0 || plan.mode == .handshake else { return }
        var clock = Stopwatch()
        let ownBefore = OwnProcess.seconds
        let serverBefore = server.use?.nanoseconds
        var failure: CancellationError?
        while report.total.seconds < plan.seconds, failure == nil {
            do {
                try await Self.sleep(min(1, max(0.01, plan.seconds - report.total.seconds)))
            } catch {
                failure = error
            }
            let interval = await collect(loops, onto: Interval(), clock.lap()).total
            report.total.add(after: interval)
            report.append(interval)
            progress(BenchProgress(phase: .measuring, seconds: report.total.seconds, interval: interval))
        }
        report.ownSeconds = OwnProcess.seconds - ownBefore
        if let serverBefore, let after = server.use?.nanoseconds {
            report.serverSeconds = Double(after - min(after, serverBefore)) / 1e9
        }
        if let failure { throw failure }
    }

    private func collect(
        _ loops: [LoadLoop],
        onto total: Interval,
        _ seconds: Double
    ) async -> (total: Interval, isOpeningOver: Bool) {
        var interval = Interval()
        var isOver = true
        for loop in loops {
            let taken = await loop.take()
            interval.add(beside: taken.interval)
            isOver = isOver && taken.isOpeningOver
        }
        interval.seconds = seconds
        var sum = total
        sum.add(after: interval)
        return (sum, isOver)
    }

    private func waitForClose(_ loops: [LoadLoop]) async {
        var clock = Stopwatch()
        var waited = 0.0
        while waited < Self.closeSeconds {
            var isClosed = true
            for loop in loops { isClosed = await loop.isClosed && isClosed }
            if isClosed { return }
            await Self.sleepAnyway(0.02)
            waited += clock.lap()
        }
    }

    private static func sleep(_ seconds: Double) async throws(CancellationError) {
        do { try await Task.sleep(for: .seconds(seconds)) } catch { throw CancellationError() }
    }

    /// Also when the task is cancelled.
    private static func sleepAnyway(_ seconds: Double) async {
        await Task { try? await Task.sleep(for: .seconds(seconds)) }.value
    }
}

/// Measures how much time passes.
private struct Stopwatch {
    private var last = ContinuousClock.now

    /// Seconds since it was made or last asked.
    mutating func lap() -> Double {
        let now = ContinuousClock.now
        defer { last = now }
        return (now - last) / .seconds(1)
    }
}
