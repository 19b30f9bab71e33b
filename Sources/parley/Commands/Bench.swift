// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Logging
internal import NIOCore
internal import ParleyBench
internal import ParleyEvents
internal import ParleyTransport

/// The command `parley bench`.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put load on a Realtime server and measure it.",
        discussion: """
            Opens many sessions with any Realtime server, in either dialect, and sends at the rate at which people \
            speak. Latencies are counted from the moment a message was due, not from its sending, so that a server that \
            stalls cannot hide it; with --rate max there is no such moment, and they begin with the sending. The report \
            goes to standard output, a live line to standard error.

            The generator watches itself and says so when its own part makes the figures doubtful. Load that a model \
            answers (--mode talk) costs what its answers cost. The key is better given by PARLEY_BENCH_KEY than by --key, \
            which other users of the machine can see.

            Exit codes: 0 measured, 1 sessions failed or nothing was answered, 2 wrong usage. Ctrl-C ends a run early, \
            with what was measured until then.

            Examples:
              parley bench ws://127.0.0.1:8080 --sessions 300 --server-pid $(pidof parley)
              parley bench ws://127.0.0.1:8080 --chunk-ms 20 --rate max --duration 5s --json -
              parley bench ws://127.0.0.1:8080 --sessions 100 --ramp-to 5000 --limit-ms 50 --duration 5s
              parley bench wss://voice.example.com/v1/realtime --mode talk --sessions 10 --chart talk.html
            """
    )

    @Argument(help: "Address of the server, with or without the path /v1/realtime.")
    var url: String

    @OptionGroup(title: "Load") var load: BenchLoadOptions
    @OptionGroup(title: "Server") var server: BenchServerOptions

    @Option(help: ArgumentHelp("Threads to use (default: one for each processor).", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Write a JSON report; - is standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write a chart, SVG or HTML by the name of the file.", valueName: "file"))
    var chart: String?

    func validate() throws {
        _ = try server.url(url, mode: load.mode)
        if let threads, !(1...1_024).contains(threads) { throw ValidationError("--threads expects 1 to 1024.") }
        if let chart, !chart.hasSuffix(".svg"), !chart.hasSuffix(".html") {
            throw ValidationError("--chart expects a file that ends with .svg or .html.")
        }
    }

    func run() async throws {
        let console = Console()
        let plan = try load.plan(for: server)
        let most = load.rampTo ?? plan.sessions
        let files = OwnProcess.allowFiles(most + Self.otherFiles)
        if files < most + Self.otherFiles {
            console.note("warning: this system allows \(files) open files, too few for \(most) sessions (ulimit -n)")
        }
        let line = ProgressLine(console)
        let stop = await StopSignal()
        let url = try server.url(url, mode: plan.mode)
        let options = try server.options()
        let work = Task { () async throws(ConnectFailure) -> BenchReport in
            let run = { (plan: LoadPlan) async throws(ConnectFailure) -> BenchReport in
                try await generator(plan, url, options)
                    .run { line.show(String($0.line(plan).prefix(78))) }
            }
            return try await load.rampTo == nil ? run(plan) : search(plan, run)
        }
        let watch = Task {
            for await _ in stop.first { work.cancel() }
        }
        defer { watch.cancel() }
        var report: BenchReport
        do {
            report = try await work.value
        } catch {
            line.clear()
            console.note("error: \(error)")
            throw ExitCode.failure
        }
        line.clear()
        report.target = "\(url.scheme.rawValue)://\(url.hostHeader)\(url.target.prefix { $0 != "?" })"
        try write(report, to: console)
        if !report.isGood { throw ExitCode.failure }
    }

    /// Open files besides the sessions' sockets.
    private static let otherFiles = 64

    private func generator(_ plan: LoadPlan, _ url: WebSocketURL, _ options: ConnectOptions) -> LoadGenerator {
        var logger = Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        return LoadGenerator(
            plan,
            url: url,
            options: options,
            server: ServerProcesses(pids: server.serverPid),
            loops: threads ?? OwnProcess.processors,
            logger: logger
        )
    }

    /// Tries numbers of sessions, each with connections of its own.
    private func search(
        _ plan: LoadPlan,
        _ run: (LoadPlan) async throws(ConnectFailure) -> BenchReport
    ) async throws(ConnectFailure) -> BenchReport {
        var search = SessionSearch(from: plan.sessions, to: load.rampTo ?? plan.sessions)
        var best: BenchReport?
        var last = BenchReport(plan: plan, loops: 1)
        var steps: [BenchReport.Step] = []
        while let sessions = search.next, !Task.isCancelled {
            var tried = plan
            tried.sessions = sessions
            last = try await run(tried)
            if last.isStopped { break }
            let isCarried = last.isCarried(limitMicroseconds: UInt64(load.limitMs) * 1_000)
            if isCarried { best = last }
            steps.append(last.step(isCarried: isCarried))
            search.tried(isCarried: isCarried)
        }
        var report = best ?? last
        report.steps = steps
        report.isStopped = Task.isCancelled
        return report
    }

    private func write(_ report: BenchReport, to console: Console) throws {
        if json != "-" { console.output(BenchText(report).text) }
        if let json { try Self.write(BenchJSON(report).object.text + "\n", to: json, console) }
        if let chart {
            let picture = BenchChart(report)
            try Self.write(chart.hasSuffix(".html") ? picture.html : picture.svg, to: chart, console)
        }
    }

    private static func write(_ text: String, to file: String, _ console: Console) throws {
        guard file != "-" else { return console.output(text) }
        do {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw ValidationError("cannot write '\(file)': \(error)")
        }
    }
}
