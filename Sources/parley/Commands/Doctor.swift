// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyDiagnosis
internal import ParleyDoctor
internal import UnixSignals

/// The command `parley doctor`.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find out why a WebSocket or Realtime client cannot connect.",
        discussion: """
            Tries the address from all sides as many clients do, changes one thing at a time, and says which of seven \
            classes of causes it is, on what evidence, and what to change: server configuration, network, firewall or \
            proxy, TLS certificate, cross-origin, code, protocol version. The report goes to standard output, progress \
            to standard error.

            Say what you know: the more the doctor is told of your client, the more it can tell apart. Without a proxy \
            in front or a page there is no need for --direct or --page. The key is better given by PARLEY_DOCTOR_KEY \
            than by --key, which other users of the machine can see; it is masked in everything that is written.

            Exit codes: 0 it connects, 1 a cause was found, 2 wrong usage, 3 it fails and no cause is proven, 130 stopped.

            Examples:
              parley doctor ws://127.0.0.1:8080/v1/realtime
              parley doctor wss://voice.example.com/ws --page https://app.example.com/
              parley doctor wss://voice.example.com/ws --client firefox --hold 90
              parley doctor wss://voice.example.com/ws --direct ws://127.0.0.1:9000/ws
              parley doctor ws://127.0.0.1:8080/chat --subprotocol chat.v2 --expect echo
              parley doctor --error "Unexpected response code: 400"
              parley doctor ws://127.0.0.1:8080 --json report.json --html report.html
              parley doctor --replay report.json --lang zh
            """
    )

    @Argument(help: "The address that your client was given.")
    var url: String?

    @OptionGroup(title: "Your client") var client: DoctorClientOptions
    @OptionGroup(title: "The way to the server") var way: DoctorWayOptions
    @OptionGroup(title: "What should happen") var goal: DoctorGoalOptions
    @OptionGroup(title: "Report") var report: DoctorReportOptions

    @Option(help: ArgumentHelp("Judge a stored JSON report anew, without connecting.", valueName: "file"))
    var replay: String?

    func validate() throws {
        guard replay == nil || url == nil else {
            throw ValidationError("--replay judges what is stored; leave out the address.")
        }
        guard url?.isEmpty == false || replay != nil || goal.error != nil else {
            throw ValidationError("Which address? Give your client's, as in ws://127.0.0.1:8080/v1/realtime.")
        }
    }

    func run() async throws {
        let console = Console()
        let (found, isStopped) = try await examine(console)
        try report.write(found, to: console)
        if isStopped { throw ExitCode(130) }
        if found.exitStatus != 0 { throw ExitCode(found.exitStatus) }
    }

    private func examine(_ console: Console) async throws -> (Report, isStopped: Bool) {
        if let replay { return (try stored(replay), false) }
        var question = Question(url: url ?? "")
        try client.apply(to: &question)
        try way.apply(to: &question)
        goal.apply(to: &question)
        guard url != nil else {
            return (Report.readingMessage(question, startedAt: Int(Date.now.timeIntervalSince1970)), false)
        }
        var options = DoctorOptions()
        options.caFile = way.ca
        options.environment = ProcessInfo.processInfo.environment
        return await Self.examine(question, options, console)
    }

    /// Looks until it is over or a signal comes; then what was seen by then is judged, and a second signal ends at once.
    private static func examine(
        _ question: Question,
        _ options: DoctorOptions,
        _ console: Console
    ) async -> (Report, isStopped: Bool) {
        let line = ProgressLine(console)
        let signals = await UnixSignalsSequence(trapping: [.sigint, .sigterm])
        let examination = Task {
            await ParleyDoctor.Doctor(options: options)
                .examine(question) { news in
                    line.show(news.line)
                }
        }
        let watch = Task {
            var isStopped = false
            for await _ in signals {
                if isStopped { endProcess(130) }
                isStopped = true
                examination.cancel()
                line.clear()
                console.note("stopped; this is what was seen until then")
            }
            return isStopped
        }
        let report = await examination.value
        watch.cancel()
        line.clear()
        return (report, await watch.value)
    }

    private func stored(_ file: String) throws -> Report {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw ValidationError("--replay: cannot read '\(file)' as text.")
        }
        do throws(ReportError) {
            var stored = try StoredReport(text: text)
            stored.question.server = way.server ?? stored.question.server
            return stored.report
        } catch {
            throw ValidationError("--replay: '\(file)' is no report of parley doctor --json: \(error.description).")
        }
    }
}

extension ProbeProgress {
    /// The news in one line that fits every terminal.
    var line: String {
        let subject = variant.map { "\(probe.rawValue) \($0)" } ?? probe.rawValue
        let text =
            switch step {
            case .started: "\(subject) …"
            case .finished(let seen): "\(subject): \(seen)"
            }
        return String(text.prefix(78))
    }
}
