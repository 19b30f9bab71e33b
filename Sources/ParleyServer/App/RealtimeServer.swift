// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import ParleyEngines
internal import ParleyEvents
internal import ParleyRelay
package import ParleySession
internal import ParleyTransport
internal import ServiceLifecycle
internal import UnixSignals

/// A server that every Realtime client connects to.
public struct RealtimeServer: Sendable {
    /// What is known once the server listens.
    public struct Started: Sendable {
        /// `http` or `https`.
        public let scheme: String
        /// The address it was told to listen on.
        public let host: String
        /// The port it really listens on.
        public let port: Int
        /// Which parts answer: slot, what is used, and how to get something better.
        public let parts: [Part]
        /// The certificate as PEM, if it was made at start.
        public let selfSignedCertificate: String?
    }

    /// A line of the start-up table.
    public struct Part: Sendable, Equatable {
        /// What the part does.
        public let slot: String
        /// What does it.
        public let using: String
        /// How to get something better; empty if there is nothing to say.
        public let note: String
    }

    private let configuration: ServerConfiguration
    /// Answers instead of what the configuration names.
    private let givenEngine: (any Engine)?
    private let logger: Logger

    /// A server that has not started.
    ///
    /// - Parameters:
    ///   - configuration: How it is to run.
    ///   - logger: Gets one line for each handshake and each end of a session.
    public init(_ configuration: ServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.givenEngine = nil
        self.logger = logger
    }

    /// A server that has not started and whose sessions `engine` answers, whatever the configuration names.
    package init(_ configuration: ServerConfiguration, engine: any Engine, logger: Logger) {
        self.configuration = configuration
        self.givenEngine = engine
        self.logger = logger
    }

    /// The version of Parley.
    public static let version = "0.1.0"

    /// Serves until SIGTERM or SIGINT, then lets answers under way finish and closes every session with 1001.
    ///
    /// When the task is cancelled, the sessions are told the same, but nobody waits for them.
    ///
    /// - Parameters:
    ///   - reload: Reads the configuration anew; called on SIGHUP. Without it SIGHUP ends the process.
    ///   - onStart: Called once, when the server listens.
    /// - Throws: ``ServerConfigurationError`` for what cannot be served, and what the system says of the port.
    public func run(
        reload: (@Sendable () async throws -> ServerConfiguration)? = nil,
        onStart: @escaping @Sendable (Started) async -> Void
    ) async throws {
        let metrics = ServerMetrics()
        let eventLoopGroup = try Self.eventLoopGroup()
        let engines = try await engines(metrics)
        let supervisor = SessionSupervisor()
        let door = Door(configuration, logger: logger)
        let recordings = try configuration.recording.map { try RecordingDirectory($0, logger: logger) }
        let gate = HandshakeGate(
            try .init(configuration, engines: engines),
            supervisor: supervisor,
            door: door,
            recordings: recordings,
            eventLoopGroup: eventLoopGroup,
            logger: logger
        )
        let certificate = try ReloadedCertificate(configuration)
        let tls = try makeTLS(certificate)
        let isSecure = tls.configuration != nil
        let configuration = configuration
        let parts = engines.parts
        // The frameworks' own notices say nothing that the start-up table and our lines do not.
        var quietLogger = logger
        quietLogger.logLevel = max(logger.logLevel, .notice)
        let listener = Listener(
            configuration: configuration,
            gate: gate,
            door: door,
            tls: try tls.configuration.map(NIOSSLContext.init(configuration:)),
            http: Routes(gate: gate, metrics: metrics, isSecure: isSecure, version: Self.version)
                .responder(logger: quietLogger),
            eventLoopGroup: eventLoopGroup,
            logger: quietLogger
        ) { channel in
            await onStart(
                Started(
                    scheme: isSecure ? "https" : "http",
                    host: configuration.host,
                    port: channel.localAddress?.port ?? configuration.port,
                    parts: parts,
                    selfSignedCertificate: tls.selfSignedCertificate
                )
            )
        }
        let warmth = EngineWarmth(engines.engines)
        var services: [any Service] = [warmth, supervisor, listener, DrainNotice(gate: gate)]
        if let reload {
            let reloading = Reloading(
                gate: gate,
                certificate: certificate,
                warmth: warmth,
                metrics: metrics,
                started: configuration,
                read: reload,
                logger: logger
            )
            services.insert(reloading, at: 0)
        }
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quietLogger
        )
        group.maximumGracefulShutdownDuration = Duration.seconds(configuration.drainSeconds + 5)
        try await ServiceGroup(configuration: group).run()
        await recordings?.written()
    }

    private static func eventLoopGroup() throws -> any EventLoopGroup {
        #if os(Linux)
        try SocketEventLoopGroup.shared.get()
        #else
        MultiThreadedEventLoopGroup.singleton
        #endif
    }

    private func engines(_ metrics: ServerMetrics) async throws -> EngineTable {
        if let givenEngine {
            let given = ServedEngine(engine: givenEngine)
            guard case .relay(let settings) = try configuration.engineSettings() else { return EngineTable(given) }
            let drain = configuration.drainSeconds
            return EngineTable(try ServedEngine.relay(settings, drainSeconds: drain, fallback: given))
        }
        return try await EngineTable(configuration, metrics: metrics, logger: logger)
    }

    private func makeTLS(
        _ certificate: ReloadedCertificate
    ) throws -> (configuration: TLSConfiguration?, selfSignedCertificate: String?) {
        switch configuration.tls {
        case .none: return (nil, nil)
        case .files: return (certificate.configuration, nil)
        case .selfSigned:
            let made = try SelfSigned(host: configuration.host, now: Date())
            return (made.configuration, made.certificatePEM)
        }
    }
}

/// Turns new sessions away as soon as the server is told to stop.
///
/// It is the last of the services, so the first to be told.
private struct DrainNotice: Service {
    let gate: HandshakeGate

    func run() async throws {
        try await gracefulShutdown()
        gate.startDraining()
    }
}
