// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
public import Logging
internal import ParleyDiagnosis
internal import ParleyRelay
internal import ParleyServer

/// The command `parley serve`.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve Realtime sessions.",
        discussion: """
            When ready, one line goes to standard output: parley listening on http://HOST:PORT. Everything else goes \
            to standard error. SIGTERM and SIGINT let answers under way finish and close every session with 1001.

            Without a key the server takes everybody on this machine and nobody else, and only web pages of this \
            machine. Keys are better given by --keys FILE or the environment variable PARLEY_API_KEYS (separated by \
            commas) than by --api-key, which other users of the machine can see. Servers that are to take each other's \
            short-lived keys share PARLEY_SIGNING_KEY, or their API keys.

            Examples:
              parley serve
              parley serve --tls-self-signed                (openai-node always uses wss)
              parley serve --host 0.0.0.0 --keys keys.txt --allow-origin 'https://*.example.com'
              parley serve --llm auto               (a model that runs on this machine)
              parley serve --llm http://127.0.0.1:11434#llama3.2 --stt http://127.0.0.1:8000 --tts auto
              parley serve --engine loopback --port 0
              PARLEY_UPSTREAM_KEY=… parley serve --upstream wss://voice.example.com/v1/realtime
              parley serve --script mock.yaml --seed 7      (a mock for tests: docs/scripted.md)
              parley serve --config parley.yaml             (every option in a file: docs/configuration.md)
            """
    )

    @OptionGroup(title: "Listening") var listening: ListeningOptions
    @OptionGroup(title: "Engine") var engineOptions: EngineOptions
    @OptionGroup(title: "Relay to an upstream") var relay: RelayOptions
    @OptionGroup(title: "Who may connect") var access: AccessOptions
    @OptionGroup(title: "Limits") var limits: LimitOptions
    @OptionGroup(title: "Recording") var recording: RecordingOptions
    @OptionGroup(title: "Logs") var logs: LogOptions
    @OptionGroup(title: "Configuration") var configurationOptions: ConfigurationOptions

    func validate() throws {
        if let file = access.keys { _ = try KeyFile.read(file) }
    }

    /// What the options come to.
    func serverConfiguration() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        listening.apply(to: &configuration)
        try engineOptions.apply(to: &configuration)
        try relay.apply(to: &configuration)
        try access.apply(to: &configuration)
        limits.apply(to: &configuration)
        recording.apply(to: &configuration)
        return configuration
    }

    func run() async throws {
        let configuration = try serverConfiguration()
        let logger = logs.logger()
        let files = OpenFiles.raiseLimit()
        logger.info(
            "limits",
            metadata: [
                "openFiles": "\(files.now)", "openFilesBefore": "\(files.before)",
                "connections": "\(configuration.connectionLimit)",
            ]
        )
        if let warning = limits.warning(openFiles: files.now) { logger.warning("\(warning)") }
        if let warning = BrowserPorts.warning(configuration.port) { logger.warning("\(warning)") }
        let console = Console()
        do {
            try await RealtimeServer(configuration, logger: logger)
                .run(reload: { try reloaded(logger) }) { started in
                    console.note(StartupTable(started, configuration).text)
                    console.ready("parley listening on \(started.url)")
                }
        } catch let error as ServerConfigurationError {
            throw ValidationError(error.description)
        } catch {
            throw ServeFailure(error, configuration)
        }
    }
}

extension Serve {
    /// What the file, the environment and the command line come to now.
    fileprivate func reloaded(_ logger: Logger) throws -> ServerConfiguration {
        do {
            let serve = try Serve.parse(ServeSettings.ofThisProcess().arguments)
            let configuration = try serve.serverConfiguration()
            serve.logs.applyLevel()
            if serve.logs.logFormat != logs.logFormat {
                logger.warning("log-format cannot change while the server runs; restart it for that")
            }
            return configuration
        } catch {
            throw ReloadFailure(description: Self.message(for: error))
        }
    }

    private struct ReloadFailure: Error, CustomStringConvertible {
        let description: String
    }
}

struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML or JSON file with these options by their names; also PARLEY_CONFIG. Every option is also read from "
                + "the environment, --max-sessions from PARLEY_MAX_SESSIONS and so on. What is given here counts before "
                + "the environment, and that before the file. SIGHUP reads all of it anew.",
            valueName: "file"
        )
    )
    var config: String?
}

struct ListeningOptions: ParsableArguments {
    @Option(help: "Address or name to listen on.")
    var host = ServerConfiguration().host

    @Option(help: "TCP port; 0 takes any free one.")
    var port = ServerConfiguration().port

    @Option(help: ArgumentHelp("PEM file with the certificate chain.", valueName: "file"))
    var tlsCert: String?

    @Option(help: ArgumentHelp("PEM file with the private key, not encrypted.", valueName: "file"))
    var tlsKey: String?

    @Flag(help: "Serve TLS with a certificate made at start, for trying out.")
    var tlsSelfSigned = false

    @Flag(help: "Add a plain WebSocket echo at /echo.")
    var echo = false

    @Flag(help: "Compress messages, except audio, for clients that offer it (permessage-deflate).")
    var compression = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port expects 0 to 65535.") }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together; one is missing.")
        }
        guard tlsCert == nil || !tlsSelfSigned else {
            throw ValidationError("--tls-self-signed makes its own certificate; leave out --tls-cert and --tls-key.")
        }
    }

    func apply(to configuration: inout ServerConfiguration) {
        configuration.host = host
        configuration.port = port
        configuration.isEchoEnabled = echo
        configuration.isCompressionEnabled = compression
        if let tlsCert, let tlsKey {
            configuration.tls = .files(certificate: tlsCert, key: tlsKey)
        } else if tlsSelfSigned {
            configuration.tls = .selfSigned
        }
    }
}

struct AccessOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A key that opens the door. May be given several times.", valueName: "key"))
    var apiKey: [String] = []

    @Option(
        help: ArgumentHelp("File with one key a line; empty lines and lines with # are left out.", valueName: "file")
    )
    var keys: String?

    @Flag(help: "Take everybody who reaches the port, also from other machines.")
    var noAuth = false

    @Option(
        help: ArgumentHelp(
            "Web pages that may connect beside those of this machine, such as https://app.example.com or "
                + "https://*.example.com; null lets pages in that have no origin, as any page can pretend. May be given "
                + "several times.",
            valueName: "pattern"
        )
    )
    var allowOrigin: [String] = []

    @Option(
        help: ArgumentHelp(
            "lenient answers any subprotocol offer with one of its tokens; strict refuses offers that the Realtime "
                + "API does not know.",
            valueName: "lenient|strict"
        )
    )
    var subprotocolPolicy = SubprotocolChoice.lenient

    enum SubprotocolChoice: String, ExpressibleByArgument, CaseIterable {
        case lenient, strict
    }

    func apply(to configuration: inout ServerConfiguration) throws {
        configuration.apiKeys = apiKey + KeyFile.fromEnvironment() + (try keys.map(KeyFile.read) ?? [])
        configuration.isOpenToAll = noAuth
        configuration.allowedOrigins = allowOrigin
        configuration.signingKey = KeyFile.signingKey()
        configuration.isSubprotocolPolicyStrict = subprotocolPolicy == .strict
    }
}

struct LimitOptions: ParsableArguments {
    @Option(help: "Most sessions at a time; further ones get 503 or close 1013.")
    var maxSessions = ServerConfiguration().maxSessions

    @Option(
        help: ArgumentHelp(
            "Seconds that a connection has for the head of its first request, TLS included; 408 after that.",
            valueName: "seconds"
        )
    )
    var handshakeTimeout = ServerConfiguration().handshakeTimeoutSeconds

    @Option(help: ArgumentHelp("Longest request head in bytes; longer ones get 431.", valueName: "bytes"))
    var maxHeadBytes = ServerConfiguration().maxHeadBytes

    @Option(help: "Most fields of a request head; more get 431.")
    var maxHeadFields = ServerConfiguration().maxHeadFields

    @Option(
        help: "Most connections at a time; further ones get 503 (default: as many as the limit on open files allows)."
    )
    var maxConnections: Int?

    @Option(
        help: ArgumentHelp(
            "Most connections at a time from one address, IPv6 by /64; further ones get 429; 0 = no limit (default: "
                + "\(ServerConfiguration.defaultConnectionsPerAddress); no limit for this machine).",
            valueName: "number"
        )
    )
    var connectionsPerAddress: Int?

    @Option(
        help: ArgumentHelp(
            "Most handshakes per second from one address, IPv6 by /64; further ones get 429; 0 = no limit (default: "
                + "\(ServerConfiguration.defaultHandshakesPerSecond); no limit for this machine).",
            valueName: "number"
        )
    )
    var handshakesPerSecond: Int?

    @Option(
        help: ArgumentHelp(
            "Most messages per second of one connection; a faster one is read more slowly; 0 = no limit (default: "
                + "\(ServerConfiguration.defaultMessagesPerSecond); no limit if only this machine can connect).",
            valueName: "number"
        )
    )
    var messagesPerSecond: Int?

    @Option(
        help: ArgumentHelp("Close a client that reads nothing of what waits for it for so long.", valueName: "seconds")
    )
    var sendTimeout = ServerConfiguration().sendTimeoutSeconds

    @Option(help: ArgumentHelp("Close a client for which more than that waits to be read.", valueName: "bytes"))
    var maxUnsentBytes = ServerConfiguration().maxUnsentBytes

    @Option(help: ArgumentHelp("Longest message in bytes, fragments joined.", valueName: "bytes"))
    var maxMessageBytes = ServerConfiguration().maxMessageBytes

    @Option(help: ArgumentHelp("Longest session in seconds.", valueName: "seconds"))
    var maxSessionDuration = ServerConfiguration().maxSessionSeconds

    @Option(help: "Most connections at a time that compress with --compression; further ones do without.")
    var maxCompressedConnections = ServerConfiguration().maxCompressedConnections

    @Option(help: "Most tokens (about 4 bytes of text or 100 ms of speech each) that a model is given.")
    var contextTokens = ServerConfiguration().contextTokens

    @Option(help: "Most responses a session may begin per minute (default: no limit).")
    var requestsPerMinute: Int?

    @Option(help: "Most tokens a session's responses may take per minute (default: no limit).")
    var tokensPerMinute: Int?

    @Option(
        help: ArgumentHelp("Close after that many seconds without a message (default: never).", valueName: "seconds")
    )
    var idleTimeout: Int?

    @Option(help: ArgumentHelp("Ping after that many seconds of silence; 0 = never.", valueName: "seconds"))
    var pingInterval = ServerConfiguration().pingIntervalSeconds

    func validate() throws {
        let positive = [
            ("--max-sessions", maxSessions), ("--max-message-bytes", maxMessageBytes),
            ("--max-session-duration", maxSessionDuration), ("--idle-timeout", idleTimeout ?? 1),
            ("--max-compressed-connections", maxCompressedConnections),
            ("--context-tokens", contextTokens), ("--requests-per-minute", requestsPerMinute ?? 1),
            ("--tokens-per-minute", tokensPerMinute ?? 1), ("--handshake-timeout", handshakeTimeout),
            ("--max-head-bytes", maxHeadBytes), ("--max-head-fields", maxHeadFields),
            ("--max-connections", maxConnections ?? 1),
            ("--send-timeout", sendTimeout), ("--max-unsent-bytes", maxUnsentBytes),
        ]
        let optional = [
            ("--connections-per-address", connectionsPerAddress), ("--handshakes-per-second", handshakesPerSecond),
            ("--messages-per-second", messagesPerSecond),
        ]
        for case (let name, let value?) in optional where !(0...1_000_000).contains(value) {
            throw ValidationError("\(name) expects 0 (no limit) to 1000000.")
        }
        for (name, value) in positive where value < 1 { throw ValidationError("\(name) expects 1 or more.") }
        if sendTimeout > 86_400 { throw ValidationError("--send-timeout expects at most 86400 s, a day.") }
        if pingInterval < 0 { throw ValidationError("--ping-interval expects 0 or more.") }
        if maxMessageBytes > 1 << 30 { throw ValidationError("--max-message-bytes expects at most 1 GiB.") }
    }

    /// What to say of more connections than can be open.
    func warning(openFiles: Int) -> String? {
        guard let maxConnections, maxConnections >= openFiles else { return nil }
        return "--max-connections \(maxConnections) is more than the \(openFiles) files this process may open; "
            + "connections above that will wait. Raise the limit (ulimit -n, LimitNOFILE)."
    }

    func apply(to configuration: inout ServerConfiguration) {
        configuration.maxSessions = maxSessions
        configuration.handshakeTimeoutSeconds = handshakeTimeout
        configuration.maxHeadBytes = maxHeadBytes
        configuration.maxHeadFields = maxHeadFields
        configuration.maxConnections = maxConnections
        configuration.maxConnectionsPerAddress = connectionsPerAddress
        configuration.handshakesPerSecond = handshakesPerSecond
        configuration.messagesPerSecond = messagesPerSecond
        configuration.sendTimeoutSeconds = sendTimeout
        configuration.maxUnsentBytes = maxUnsentBytes
        configuration.maxMessageBytes = maxMessageBytes
        configuration.relay?.maxMessageBytes = maxMessageBytes
        for (index, route) in configuration.models.enumerated() {
            guard case .relay(var settings) = route.engine else { continue }
            settings.maxMessageBytes = maxMessageBytes
            configuration.models[index].engine = .relay(settings)
        }
        configuration.maxSessionSeconds = maxSessionDuration
        configuration.contextTokens = contextTokens
        configuration.maxCompressedConnections = maxCompressedConnections
        configuration.requestsPerMinute = requestsPerMinute
        configuration.tokensPerMinute = tokensPerMinute
        configuration.idleTimeoutSeconds = idleTimeout
        configuration.pingIntervalSeconds = pingInterval
    }
}

struct RecordingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Record every session into a file of this directory (docs/recordings.md): all that is said.",
            valueName: "directory"
        )
    )
    var record: String?

    @Option(help: ArgumentHelp("Longest recording; what comes later is not recorded.", valueName: "bytes"))
    var recordFileBytes = RecordingSettings(directory: "").maxFileBytes

    @Option(
        help: ArgumentHelp("Most that the recordings take; then no further session is recorded.", valueName: "bytes")
    )
    var recordDirectoryBytes = RecordingSettings(directory: "").maxDirectoryBytes

    func validate() throws {
        guard recordFileBytes > 0 else { throw ValidationError("--record-file-bytes expects 1 or more.") }
        guard recordDirectoryBytes > 0 else { throw ValidationError("--record-directory-bytes expects 1 or more.") }
    }

    func apply(to configuration: inout ServerConfiguration) {
        guard let record else { return }
        var settings = RecordingSettings(directory: record)
        settings.maxFileBytes = recordFileBytes
        settings.maxDirectoryBytes = recordDirectoryBytes
        configuration.recording = settings
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

struct LogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Least level that is written.", valueName: "level"))
    var logLevel = Logger.Level.info

    @Option(help: ArgumentHelp("How log lines look.", valueName: "text|json"))
    var logFormat = LineLogHandler.Format.text

    func logger() -> Logger {
        applyLevel()
        return Logger(label: "parley") { _ in LineLogHandler(format: logFormat) }
    }

    /// Lets this level hold for the process.
    func applyLevel() { LineLogHandler.level.set(logLevel) }
}

extension LineLogHandler.Format: ExpressibleByArgument {}
