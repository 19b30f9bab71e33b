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
    /// - Parameter onStart: Called once, when the server listens.
    /// - Throws: ``ServerConfigurationError`` for what cannot be served, and what the system says of the port.
    public func run(onStart: @escaping @Sendable (Started) async -> Void) async throws {
        let (engine, parts) = try makeEngine()
        let supervisor = SessionSupervisor()
        let door = Door(configuration, logger: logger)
        let gate = try HandshakeGate(
            configuration,
            engine: engine,
            relay: try makeRelay(),
            supervisor: supervisor,
            door: door,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger
        )
        let tls = try makeTLS()
        let isSecure = tls.configuration != nil
        let configuration = configuration
        // The frameworks' own notices say nothing that the start-up table and our lines do not.
        var quietLogger = logger
        quietLogger.logLevel = max(logger.logLevel, .notice)
        let listener = Listener(
            configuration: configuration,
            gate: gate,
            door: door,
            tls: try tls.configuration.map(NIOSSLContext.init(configuration:)),
            http: Routes(gate: gate, isSecure: isSecure, version: Self.version).responder(logger: quietLogger),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
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
        var services: [any Service] = [supervisor, listener, DrainNotice(gate: gate)]
        if let engine = engine as? PipelineEngine { services.insert(EngineWarmth(engine: engine), at: 0) }
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quietLogger
        )
        group.maximumGracefulShutdownDuration = Duration.seconds(configuration.drainSeconds + 5)
        try await ServiceGroup(configuration: group).run()
    }

    private func makeEngine() throws -> ((any Engine)?, [Part]) {
        if let givenEngine { return (givenEngine, []) }
        switch configuration.engine {
        case .loopback:
            return (nil, [Part(slot: "engine", using: "loopback", note: "every piece of audio comes straight back")])
        case .local: return try makeLocalEngine()
        case .relay:
            guard let settings = configuration.relay else {
                throw ServerConfigurationError(description: "--engine relay needs an upstream: give --upstream URL.")
            }
            let part = Part(
                slot: "engine",
                using: "relay",
                note: "upstream \(try makeRelay()?.shownURL ?? ""), dialect \(settings.dialect.rawValue)"
            )
            guard settings.fallback == .local else { return (nil, [part]) }
            let (engine, parts) = try makeLocalEngine()
            return (engine, [part] + parts)
        }
    }

    private func makeLocalEngine() throws -> ((any Engine)?, [Part]) {
        let parts = try LocalParts.detect(logger: logger)
        let engine = PipelineEngine(
            transcriber: parts.transcriber,
            model: parts.model,
            synthesizer: parts.synthesizer,
            logger: logger
        )
        return (engine, parts.summary.map { Part(slot: $0.slot, using: $0.using, note: $0.note) })
    }

    private func makeRelay() throws -> Relay? {
        guard configuration.engine == .relay, let settings = configuration.relay else { return nil }
        do throws(RelaySettingsError) {
            return try Relay(
                settings,
                environment: ProcessInfo.processInfo.environment,
                drainDeadline: .seconds(Int64(configuration.drainSeconds))
            )
        } catch {
            throw ServerConfigurationError(description: error.description)
        }
    }

    private func makeTLS() throws -> (configuration: TLSConfiguration?, selfSignedCertificate: String?) {
        switch configuration.tls {
        case .none: return (nil, nil)
        case .files(let certificate, let key):
            do throws(ServerTLS.Failure) {
                return (try ServerTLS.configuration(certificateFile: certificate, keyFile: key), nil)
            } catch {
                throw ServerConfigurationError(description: error.description)
            }
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

/// Keeps the engine's child processes ready as long as the server runs.
private struct EngineWarmth: Service {
    let engine: PipelineEngine

    func run() async throws {
        await cancelWhenGracefulShutdown { await engine.keepWarm() }
        // A service that ends would end the group; the engine may have nothing to keep warm.
        try await gracefulShutdown()
    }
}
