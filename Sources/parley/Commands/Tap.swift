// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyDiagnosis
internal import ParleyDoctor

/// The command `parley tap`.
struct Tap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Record what your client and your server say, and find out why it fails.",
        discussion: """
            Listens, passes every connection on to the server, and shows handshakes, frames and ends as they come (on \
            standard error, keys masked). What fails is diagnosed as by parley doctor, with what your own client did as \
            evidence: frames without a mask, unanswered pings, a malformed key, an answer that it did not take. The \
            bytes pass unchanged.

            With --run it starts your client with the tap's address, waits for its end and reports. Without it, point \
            your client at the tap; every connection that fails is reported at once, and everything at the end (Ctrl-C).

            --run takes the command apart as a shell does with quotes and backslashes, and no further; {url} stands for \
            the tap's address, which is in PARLEY_TAP_URL too. For pipes and variables write sh -c '…'.

            Exit codes: as parley doctor.

            Examples:
              parley tap --listen 127.0.0.1:9001 --to ws://127.0.0.1:8080
              parley tap --to wss://voice.example.com/v1/realtime --rewrite-host --run 'node client.js {url}'
              parley tap --to ws://127.0.0.1:8080/ws --run 'python3 client.py {url}' --json report.json --quiet
            """
    )

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("The address of your server.", valueName: "url"))
    var to: String

    @Option(help: ArgumentHelp("Your client; {url} stands for the tap's address.", valueName: "command"))
    var run: String?

    @Option(help: ArgumentHelp("Longest time that your client may run.", valueName: "seconds"))
    var runTimeout: Double = 60

    @Flag(help: "Put the server's name into the Host field (else it stays as the client sent it).")
    var rewriteHost = false

    @Flag(help: "Do not connect to the server on the doctor's own account.")
    var noProbes = false

    @Flag(help: "Show only reports.")
    var quiet = false

    @OptionGroup(title: "Your client") var client: DoctorClientOptions
    @OptionGroup(title: "The way to the server") var way: DoctorWayOptions
    @OptionGroup(title: "What should happen") var goal: DoctorGoalOptions
    @OptionGroup(title: "Report") var report: DoctorReportOptions

    func validate() throws {
        _ = try ListenAddress(listen)
        let target = TargetAddress(to)
        guard target.isWebSocketScheme, target.hostPort != nil else {
            throw ValidationError("--to expects your server's address, as in ws://127.0.0.1:8080/v1/realtime.")
        }
        guard runTimeout > 0, runTimeout <= 86_400 else {
            throw ValidationError("--run-timeout expects more than 0 and at most 86400.")
        }
        if let run { _ = try Self.words(run, url: "") }
    }

    func run() async throws {
        let console = Console()
        var question = Question(url: to)
        try client.apply(to: &question)
        try way.apply(to: &question)
        goal.apply(to: &question)
        let line = ProgressLine(console)
        let tapCase = TapCase(question, doctor: doctor) { news in line.show(news.line) }
        let stop = await StopSignal()
        let end = try await listening(question, tapCase, console) { address in
            let url = "ws://\(address)\(TargetAddress(to).target)"
            if !quiet || run == nil { console.note("parley tap listening on \(Masker(question).target(url))") }
            return try await wait(url, stop)
        }
        switch end {
        case .program(let status?): await tapCase.ended(status)
        case .program(nil): console.note("your client was still running after \(runTimeout) s and was ended")
        case .signal: break
        }
        if await tapCase.isEmpty { console.note("no client has connected to the tap") }
        let found = await tapCase.report()
        line.clear()
        try report.write(found, to: console)
        if end == .signal, run != nil { throw ExitCode(130) }
        if found.exitStatus != 0 { throw ExitCode(found.exitStatus) }
    }

    private enum End: Equatable {
        /// Its exit status; nil when time was over.
        case program(Int?)
        case signal
    }

    private var doctor: ParleyDoctor.Doctor? {
        var options = DoctorOptions()
        options.caFile = way.ca
        options.environment = ProcessInfo.processInfo.environment
        return noProbes ? nil : ParleyDoctor.Doctor(options: options)
    }

    /// Taps while `body` runs.
    private func listening(
        _ question: Question,
        _ tapCase: TapCase,
        _ console: Console,
        _ body: (String) async throws -> End
    ) async throws -> End {
        let address = try ListenAddress(listen)
        var options = TapOptions()
        (options.host, options.port) = (address.host, address.port)
        options.rewritesHost = rewriteHost
        options.caFile = way.ca
        let (quiet, run, report) = (quiet, run, report)
        do {
            return try await ParleyDoctor.Tap(question, options: options)
                .run { news in
                    if !quiet { console.note("#\(news.number) \(news.atMS) ms \(news.line)") }
                } ended: { connection in
                    guard run == nil else { return await tapCase.add(connection) }
                    switch await tapCase.judge(connection) {
                    case .good: break
                    case .failed(let found): report.writeText(found, to: console)
                    case .failedAgain(let cause): console.note("#\(connection.number) fails of \(cause) again")
                    }
                } body: {
                    try await body($0)
                }
        } catch let error as ClientProgram.Failure {
            throw ValidationError("--run: \(error)")
        } catch let error as ListenFailure {
            throw ValidationError("--listen: cannot listen on \(listen): \(error)")
        }
    }

    /// Waits for the end of the client's program, or for a signal.
    private func wait(_ url: String, _ stop: StopSignal) async throws -> End {
        let program = try run.map { ClientProgram(try Self.words($0, url: url), url: url) }
        let limit = runTimeout
        return try await withThrowingTaskGroup(of: End.self) { group in
            if let program { group.addTask { .program(try await program.run(limit: limit)) } }
            group.addTask {
                for await _ in stop.first {}
                return .signal
            }
            defer { group.cancelAll() }
            return try await group.next() ?? .signal
        }
    }

    private static func words(_ command: String, url: String) throws -> [String] {
        do throws(CommandWords.Failure) {
            return try CommandWords.split(command, filling: ["url": url])
        } catch {
            switch error {
            case .empty: throw ValidationError("--run expects your client, as in 'node client.js {url}'.")
            case .openQuote(let mark): throw ValidationError("--run: a \(mark) is not closed.")
            case .finalBackslash: throw ValidationError("--run: there is nothing behind the last backslash.")
            }
        }
    }
}
