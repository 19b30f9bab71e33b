// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import FoundationEssentials
internal import Logging
internal import ParleyConformance
internal import ParleyEvents

/// The command `parley conform`.
struct Conform: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try whether a Realtime server behaves as the protocol asks.",
        discussion: """
            Opens sessions with any Realtime server, plays scenes in both dialects and holds every event against the \
            protocol: names, members, order, errors, close codes. The table goes to standard output, progress to \
            standard error. A server with a model behind it costs what about a hundred short responses cost.

            Checks that cannot be decided, as when a model answers before it can be interrupted, are skipped with \
            their reason. The key is better given by PARLEY_CONFORM_KEY than by --key, which other users of the machine \
            can see; it is masked in everything that is written.

            Exit codes: 0 all passed or skipped, 1 failures, 2 wrong usage, 3 no session could be had.

            Examples:
              parley conform ws://127.0.0.1:8080
              parley conform wss://voice.example.com/v1/realtime --dialect ga --only session --only items
              parley conform ws://127.0.0.1:8080 --json report.json --junit report.xml
              parley conform --list
            """
    )

    @Argument(help: "Address of the server, with or without the path /v1/realtime.")
    var url: String?

    @Option(help: "Which dialects to speak.")
    var dialect = DialectChoice.both

    @Option(help: "Model to ask for (default: that of the URL, else gpt-realtime).")
    var model: String?

    @Option(help: "Key for the server; better in PARLEY_CONFORM_KEY.")
    var key: String?

    @Option(help: ArgumentHelp("Only the checks of a capability. May be given several times.", valueName: "capability"))
    var only: [Capability] = []

    @Flag(help: "List the checks and end.")
    var list = false

    @Option(help: ArgumentHelp("Write a JSON report; - is standard output.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write a JUnit report; - is standard output.", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("How long one expected event may take.", valueName: "seconds"))
    var timeout = 10.0

    @Option(help: ArgumentHelp("PEM file of certificates to trust besides those of the system.", valueName: "file"))
    var ca: String?

    @Flag(help: "Do not check the server's certificate.")
    var insecure = false

    enum DialectChoice: String, ExpressibleByArgument, CaseIterable {
        case ga, beta, both

        var dialects: [Dialect] {
            switch self {
            case .ga: [.ga]
            case .beta: [.beta]
            case .both: [.ga, .beta]
            }
        }
    }

    func validate() throws {
        guard list || url != nil else {
            throw ValidationError("Which server? Give its URL, as in ws://127.0.0.1:8080.")
        }
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout expects more than 0 and at most 3600.")
        }
        guard json != "-" || junit != "-" else { throw ValidationError("Only one report can go to standard output.") }
        if let url { _ = try Self.endpoint(url) }
    }

    func run() async throws {
        let checks = Catalogue.checks(only: only)
        let console = Console()
        guard !list, let url else { return console.output(ListReport.text(checks)) }
        let endpoint = try Self.endpoint(url)
        let report: Report
        do throws(Unusable) {
            let progress = ProgressLine(console)
            report = try await runner(for: endpoint)
                .run(checks, in: dialect.dialects, url: endpoint.origin + endpoint.path) {
                    done,
                    total,
                    check,
                    dialect in
                    progress.show("\(done + 1)/\(total) \(check.id) (\(dialect.rawValue))")
                }
            progress.clear()
        } catch {
            console.note("error: no session with \(endpoint.origin)\(endpoint.path): \(error.description)")
            throw ExitCode(3)
        }
        try write(report, to: console)
        if report.count().failed > 0 { throw ExitCode(1) }
    }

    private func runner(for endpoint: Endpoint) -> Runner {
        var settings = NetworkSettings(endpoint: endpoint)
        settings.timeoutSeconds = timeout
        settings.certificateFile = ca
        settings.verifiesCertificate = !insecure
        var logger = Logger(label: "parley") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let key = key ?? ProcessInfo.processInfo.environment["PARLEY_CONFORM_KEY"]
        let target = ConformanceTarget(
            model: model ?? endpoint.model ?? "gpt-realtime",
            key: key.flatMap { $0.isEmpty ? nil : $0 }
        )
        return Runner(wire: NetworkWire(settings, logger: logger), target: target)
    }

    private func write(_ report: Report, to console: Console) throws {
        if json != "-", junit != "-" {
            console.output(TableReport(report, palette: Palette(isOn: console.hasColours)).text)
        }
        if let json { try Self.write(JSONReport(report).object.text + "\n", to: json, console) }
        if let junit { try Self.write(JUnitReport(report).text, to: junit, console) }
    }

    private static func write(_ text: String, to file: String, _ console: Console) throws {
        guard file != "-" else { return console.output(text) }
        do {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        } catch {
            throw ValidationError("cannot write '\(file)': \(error)")
        }
    }

    private static func endpoint(_ url: String) throws -> Endpoint {
        do throws(EndpointError) { return try Endpoint(url) } catch { throw ValidationError(error.description) }
    }
}

extension Capability: ExpressibleByArgument {}
