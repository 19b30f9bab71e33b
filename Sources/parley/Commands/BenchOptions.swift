// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
internal import FoundationEssentials
internal import HTTPTypes
internal import NIOCore
internal import ParleyBench
public import ParleyEvents
internal import ParleyTransport

/// A length of time on the command line: `10s`, `500ms`, `2m`, or seconds as a plain number.
struct Seconds: ExpressibleByArgument {
    let value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        let units = [("ms", 0.001), ("s", 1.0), ("m", 60.0), ("", 1.0)]
        guard let (suffix, factor) = units.first(where: { argument.hasSuffix($0.0) }),
            let number = Double(argument.dropLast(suffix.count)), number.isFinite, number >= 0
        else { return nil }
        value = number * factor
    }

    var defaultValueDescription: String { "\(value == value.rounded() ? "\(Int(value))" : "\(value)")s" }
}

/// What load to put on the server.
struct BenchLoadOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What a session does. append: send audio and get it back from an engine that echoes, as parley serve "
                + "--engine loopback. talk: speak, and wait for the spoken answer. echo: send a text to a plain WebSocket "
                + "echo. handshake: connect and close, again and again. idle: connect and do nothing."
        )
    )
    var mode = LoadPlan.Mode.append

    @Option(help: "How many sessions at a time.")
    var sessions = 100

    @Option(
        help: ArgumentHelp(
            "When the next message is sent: when it would have been recorded, or when the one before it was answered."
        )
    )
    var rate = LoadPlan.Pace.realtime

    @Option(help: ArgumentHelp("Audio in a message, in ms.", valueName: "ms"))
    var chunkMs = 100

    @Option(help: ArgumentHelp("How long to measure.", valueName: "time"))
    var duration = Seconds(10)

    @Option(help: ArgumentHelp("Open the sessions over that time (default: as fast as it goes).", valueName: "time"))
    var ramp = Seconds(0)

    @Option(help: ArgumentHelp("How long to wait behind that before measuring.", valueName: "time"))
    var warmup = Seconds(1)

    @Option(
        help: ArgumentHelp(
            "Look for the largest number of sessions up to this one whose p99 is within --limit-ms, from --sessions on.",
            valueName: "n"
        )
    )
    var rampTo: Int?

    @Option(help: ArgumentHelp("The p99 that --ramp-to allows.", valueName: "ms"))
    var limitMs = 50

    @Option(help: ArgumentHelp("Length of the text of mode echo.", valueName: "bytes"))
    var bytes = 1_024

    @Option(help: ArgumentHelp("WAV file to say, 16-bit PCM (default: a speech-like sound).", valueName: "file"))
    var input: String?

    @Flag(help: "In mode talk, let the server find the end of the speech instead of committing it.")
    var vad = false

    func validate() throws {
        try Self.check("--sessions", sessions, 1...100_000)
        try Self.check("--chunk-ms", chunkMs, 10...1_000)
        try Self.check("--bytes", bytes, 1...1_000_000)
        try Self.check("--limit-ms", limitMs, 1...60_000)
        if let rampTo {
            try Self.check("--ramp-to", rampTo, sessions...100_000)
            guard mode == .append || mode == .echo, rate == .realtime else {
                throw ValidationError("--ramp-to needs --mode append or echo at --rate realtime.")
            }
        }
        guard duration.value > 0, duration.value <= 86_400 else {
            throw ValidationError("--duration expects more than 0 and at most a day, as in 10s or 2m.")
        }
        guard ramp.value <= 3_600, warmup.value <= 3_600 else {
            throw ValidationError("--ramp and --warmup expect at most an hour.")
        }
        guard !vad || mode == .talk else { throw ValidationError("--vad belongs to --mode talk.") }
        guard mode == .append || mode == .echo || rate == .realtime else {
            throw ValidationError("--rate max belongs to --mode append and echo.")
        }
        guard input == nil || mode == .append || mode == .talk else {
            throw ValidationError("--input belongs to --mode append and talk.")
        }
        if input != nil { _ = try speech() }
    }

    private static func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard range.contains(value) else {
            throw ValidationError("\(name) expects \(range.lowerBound) to \(range.upperBound), not \(value).")
        }
    }

    func plan(for server: BenchServerOptions) throws -> LoadPlan {
        var plan = LoadPlan(mode: mode, sessions: sessions)
        plan.pace = rate
        plan.chunkMilliseconds = chunkMs
        plan.rampSeconds = ramp.value
        plan.warmupSeconds = warmup.value
        plan.seconds = duration.value
        plan.openSeconds = server.timeout.value
        plan.dialect = server.dialect
        plan.serverSendsSession = !server.noSessionCreated
        plan.serverFindsTurns = vad
        plan.echoBytes = bytes
        plan.speech = try speech()
        return plan
    }

    /// The samples of the file, as 24 kHz mono.
    private func speech() throws -> [Int16]? {
        guard let input else { return nil }
        guard let bytes = FileManager.default.contents(atPath: input) else {
            throw ValidationError("--input: cannot read '\(input)'.")
        }
        do {
            return try WAVSpeech.samples(Array(bytes))
        } catch {
            throw ValidationError("--input: '\(input)': \(error)")
        }
    }
}

/// How it is to be reached.
struct BenchServerOptions: ParsableArguments {
    @Option(help: "Which dialect to speak.")
    var dialect = Dialect.ga

    @Option(help: "Model to ask for (default: that of the URL, else gpt-realtime).")
    var model: String?

    @Option(help: "Key for the server; better in PARLEY_BENCH_KEY.")
    var key: String?

    @Option(help: ArgumentHelp("File whose first line is the key.", valueName: "file"))
    var keys: String?

    @Option(help: "A subprotocol to offer. May be given several times, in its order.")
    var subprotocol: [String] = []

    @Option(help: ArgumentHelp("A field to send. May be given several times.", valueName: "'Name: value'"))
    var header: [String] = []

    @Option(help: ArgumentHelp("PEM file of certificates to trust besides those of the system.", valueName: "file"))
    var ca: String?

    @Flag(help: "Do not check the server's certificate.")
    var insecure = false

    @Option(help: ArgumentHelp("How long a session may take to open.", valueName: "time"))
    var timeout = Seconds(10)

    @Option(
        help: ArgumentHelp(
            "Process of the server on this machine (Linux), to report its processor time and memory. May be given "
                + "several times.",
            valueName: "pid"
        )
    )
    var serverPid: [Int] = []

    @Flag(help: "The server sends no session.created: begin without it.")
    var noSessionCreated = false

    func validate() throws {
        guard timeout.value > 0, timeout.value <= 600 else {
            throw ValidationError("--timeout expects more than 0 and at most 10m.")
        }
        if let pid = ServerProcesses(pids: serverPid).unreadable {
            throw ValidationError("--server-pid: there is nothing to be read about a process \(pid) under /proc.")
        }
        _ = try fields()
        _ = try usedKey()
    }

    /// The server as a URL; a missing path becomes that of the Realtime API unless a plain echo is meant.
    func url(_ text: String, mode: LoadPlan.Mode) throws -> WebSocketURL {
        do throws(WebSocketURLError) {
            let url = try WebSocketURL(text)
            guard mode != .echo else { return url }
            let path = url.target == "/" || url.target.hasPrefix("/?") ? "v1/realtime\(url.target.dropFirst())" : ""
            let target = path.isEmpty ? url.target : "/" + path
            let isNamed = target.contains("?model=") || target.contains("&model=")
            guard model != nil || !isNamed else { return try WebSocketURL(Self.text(url, target)) }
            let separator = target.contains("?") ? "&" : "?"
            return try WebSocketURL(Self.text(url, "\(target)\(separator)model=\(model ?? "gpt-realtime")"))
        } catch {
            throw ValidationError(error.description)
        }
    }

    private static func text(_ url: WebSocketURL, _ target: String) -> String {
        "\(url.scheme.rawValue)://\(url.hostHeader)\(target)"
    }

    func options() throws -> ConnectOptions {
        var options = ConnectOptions()
        options.headers = try fields()
        if let key = try usedKey(), options.headers[.authorization] == nil {
            options.headers[.authorization] = "Bearer \(key)"
        }
        if dialect == .beta, let name = HTTPField.Name("OpenAI-Beta") { options.headers[name] = "realtime=v1" }
        options.subprotocols = subprotocol
        options.trustedCertificatesFile = ca
        options.verifiesCertificate = !insecure
        options.connectTimeout = .milliseconds(Int64(timeout.value * 1_000))
        return options
    }

    private func usedKey() throws -> String? {
        let named = try key ?? keys.flatMap { try KeyFile.read($0).first }
        return (named ?? ProcessInfo.processInfo.environment["PARLEY_BENCH_KEY"]).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The fields; what is wrong with one is said without repeating it, since it may hold a key.
    private func fields() throws -> HTTPFields {
        var fields = HTTPFields()
        for (index, line) in header.enumerated() {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count == 2 ? String(parts[1].trimmingPrefix(while: \.isWhitespace)) : ""
            guard parts.count == 2, let name = HTTPField.Name(String(parts[0])), HTTPField.isValidValue(value) else {
                throw ValidationError(
                    "--header expects 'Name: value', as in 'Authorization: Bearer KEY'; number \(index + 1) is not so."
                )
            }
            fields.append(HTTPField(name: name, value: value))
        }
        return fields
    }
}

extension LoadPlan.Mode: ExpressibleByArgument {}
extension LoadPlan.Pace: ExpressibleByArgument {}
extension Dialect: ExpressibleByArgument {}
