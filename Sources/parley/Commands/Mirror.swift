// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import ParleyDiagnosis
internal import ParleyDoctor
internal import ParleySettings

/// The command `parley mirror`.
struct Mirror: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what a client asks, and how it takes an answer.",
        discussion: """
            Listens in your server's place: point the client that fails at it. It shows the request field by field (on \
            standard error, keys masked), which known client it looks like, how it differs from each --client, and what \
            the client sends, closes with and leaves unanswered. It answers rightly, sends a Realtime client its first \
            event, and sends other messages back.

            With --answer it answers in another way, to see whether the client takes it; a client that asks for the path \
            /answer/NAME gets that answer from the same mirror. --list-answers shows them all.

            Faults of the client are diagnosed as by parley doctor, at once and in the report at the end (Ctrl-C, or \
            --count connections). Exit codes: as parley doctor.

            Examples:
              parley mirror --listen 127.0.0.1:9002
              parley mirror --listen 127.0.0.1:9002 --client node-ws --client python-websockets
              parley mirror --listen 127.0.0.1:9002 --answer sub-none --count 1 --json -
            """
    )

    @Option(help: ArgumentHelp("Where to listen; port 0 takes a free one.", valueName: "host:port"))
    var listen = "127.0.0.1:0"

    @Option(help: ArgumentHelp("How to answer; --list-answers shows what is known.", valueName: "name"))
    var answer = MirrorAnswer.right.name

    @Flag(help: "Show all answers and end.")
    var listAnswers = false

    @Option(help: ArgumentHelp("End after so many connections.", valueName: "connections"))
    var count: Int?

    @Option(help: ArgumentHelp("A client to compare with. May be given several times.", valueName: "client"))
    var client: [String] = []

    @Option(help: "A key that must not be shown; better in PARLEY_DOCTOR_KEY.")
    var key: String?

    @Flag(help: "Show only reports.")
    var quiet = false

    @OptionGroup(title: "Report") var report: DoctorReportOptions

    func validate() throws {
        _ = try ListenAddress(listen)
        _ = try profiles()
        if MirrorAnswer.named(answer) == nil {
            let near = NearestNames.of(answer, among: MirrorAnswer.all.map(\.name))
            throw ValidationError(
                "--answer: there is no '\(answer)'. Did you mean \(near.joined(separator: ", "))? --list-answers shows all."
            )
        }
        if let count, count < 1 { throw ValidationError("--count expects 1 or more.") }
    }

    private func profiles() throws -> [String] {
        try client.map { name in
            guard let profile = ClientProfile.named(name) else {
                let near = NearestNames.of(name, among: ClientProfile.all.map(\.id))
                throw ValidationError("--client: there is no '\(name)'. Did you mean \(near.joined(separator: ", "))?")
            }
            return profile.id
        }
    }

    func run() async throws {
        let console = Console()
        guard !listAnswers else {
            let width = MirrorAnswer.all.map(\.name.count).max() ?? 0
            for answer in MirrorAnswer.all {
                let gap = String(repeating: " ", count: width - answer.name.count + 2)
                console.ready(answer.name + gap + answer.about)
            }
            return
        }
        let address = try ListenAddress(listen)
        var options = MirrorOptions()
        (options.host, options.port) = (address.host, address.port)
        options.answer = MirrorAnswer.named(answer) ?? .right
        var question = Question(url: "ws://\(listen)")
        question.clients = try profiles()
        let key = key ?? ProcessInfo.processInfo.environment["PARLEY_DOCTOR_KEY"]
        question.key = key.flatMap { $0.isEmpty ? nil : $0 }
        let found = try await look(question, options, console)
        try report.write(found, to: console)
        if found.exitStatus != 0 { throw ExitCode(found.exitStatus) }
    }

    private func look(_ question: Question, _ options: MirrorOptions, _ console: Console) async throws -> Report {
        let stop = await StopSignal()
        let mirrorCase = MirrorCase(question)
        let (enough, source) = AsyncStream<Void>.makeStream()
        let (quiet, report, count) = (quiet, report, count)
        do {
            try await ParleyDoctor.Mirror(question, options: options)
                .run { news in
                    if !quiet { console.note("#\(news.number) \(news.atMS) ms \(news.line)") }
                } ended: { connection in
                    let (found, all) = await mirrorCase.add(connection)
                    // The last connection's is the report that comes at the end.
                    if let found, count != all { report.writeText(found, to: console) }
                    if let count, all >= count { source.finish() }
                } body: { address in
                    console.note("parley mirror listening on ws://\(address)")
                    await withTaskGroup(of: Void.self) { group in
                        group.addTask { for await _ in stop.first {} }
                        group.addTask { for await _ in enough {} }
                        await group.next()
                        group.cancelAll()
                    }
                }
        } catch let error as ListenFailure {
            throw ValidationError("--listen: cannot listen on \(listen): \(error)")
        }
        return await mirrorCase.report
    }
}
