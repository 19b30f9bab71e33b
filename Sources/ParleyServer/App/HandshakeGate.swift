// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import ParleyEngines
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyRelay
internal import ParleySession
internal import ParleyTransport
internal import ParleyWebSocket
internal import Synchronization

/// Decides the handshakes of a server and makes the connections that follow.
final class HandshakeGate: UpgradeResponder {
    let memories: LoopMemories
    let door: Door
    private let supervisor: SessionSupervisor
    private let recordings: RecordingDirectory?
    private let logger: Logger
    private let sessions = Places()
    private let compressing = Places()
    private let isDraining = Atomic<Bool>(false)
    private let setup: Mutex<Setup>

    /// What a configuration comes to; all of it can be replaced while sessions go on with what they began with.
    // A class, since every handshake asks for it more than once, and to copy its members costs more than to use them.
    final class Setup: Sendable {
        let configuration: ServerConfiguration
        let engines: EngineTable
        let policy: HandshakePolicy
        let limits: ConnectionLimits
        fileprivate let mint: SecretMint

        /// - Throws: What is wrong with the configuration.
        init(_ configuration: ServerConfiguration, engines: EngineTable, secrets: ClientSecretKey? = nil) throws {
            var configuration = configuration
            if configuration.engine == .relay, let relay = configuration.relay {
                configuration.defaultModel = relay.defaultModel
            }
            self.configuration = configuration
            self.engines = engines
            let secrets = secrets ?? configuration.clientSecretKey
            policy = try HandshakePolicy(configuration, secrets: secrets)
            mint = SecretMint(key: secrets, defaultModel: configuration.defaultModel)
            limits = configuration.connectionLimits
        }
    }

    init(
        _ setup: Setup,
        supervisor: SessionSupervisor,
        door: Door,
        recordings: RecordingDirectory?,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) {
        self.setup = Mutex(setup)
        memories = LoopMemories(eventLoopGroup)
        self.supervisor = supervisor
        self.door = door
        self.recordings = recordings
        self.logger = logger
    }

    /// What holds for new sessions.
    var current: Setup { setup.withLock { $0 } }
    var policy: HandshakePolicy { current.policy }
    var limits: ConnectionLimits { current.limits }

    /// Lets another configuration hold for new sessions.
    ///
    /// - Throws: What is wrong with it; the earlier one holds on then.
    func reload(_ configuration: ServerConfiguration, engines: EngineTable) throws {
        let old = current
        // A key that was made at start goes on, or all secrets handed out would be lost.
        let isMade = configuration.signingKey == nil && configuration.apiKeys.isEmpty
        let wasMade = old.configuration.signingKey == nil && old.configuration.apiKeys.isEmpty
        let new = try Setup(configuration, engines: engines, secrets: isMade && wasMade ? old.mint.key : nil)
        setup.withLock { $0 = new }
        door.reload(configuration)
    }

    /// Sessions that are open now.
    var sessionCount: Int { sessions.count }

    /// Whether new sessions are taken.
    var isReady: Bool { !isDraining.load(ordering: .relaxed) }

    /// Takes no more sessions: the server is going to stop.
    func startDraining() { isDraining.store(true, ordering: .relaxed) }

    /// Makes a client secret; see ``SecretMint``.
    func mint(_ body: JSONObject, at endpoint: SecretMint.Endpoint) throws(RealtimeError) -> JSONObject {
        let setup = current
        var ids = setup.engines.fallback.ids().session
        let now = setup.engines.fallback.now
        return try setup.mint.mint(body, at: endpoint, sessionID: ids.session(), now: now)
    }

    private func capacity(for peer: SocketAddress?, _ setup: Setup) -> Capacity {
        if !isReady { return .draining }
        let capacity = door.capacity(for: peer)
        return capacity == .available && sessions.count >= setup.configuration.maxSessions ? Self.full : capacity
    }

    private static let full = Capacity.overloaded(retryAfterSeconds: Door.retryAfterSeconds)

    /// Takes the places that an accepted connection needs; ``delegate(for:on:)`` and ``compression(for:)`` count on them.
    func decide(_ request: HandshakeRequest, from peer: SocketAddress?) -> Decision {
        let setup = current
        var policy = setup.policy
        if compressing.count >= setup.configuration.maxCompressedConnections { policy.compression = nil }
        var capacity = capacity(for: peer, setup)
        let now = setup.engines.fallback.now
        var decision = ParleyHandshake.decide(request, policy: policy, capacity: capacity, at: now)
        // Another event loop may have taken the last place meanwhile.
        if decision.opensSession, !sessions.take(below: setup.configuration.maxSessions) {
            capacity = Self.full
            decision = ParleyHandshake.decide(request, policy: policy, capacity: capacity, at: now)
        }
        if decision.compresses, !compressing.take(below: setup.configuration.maxCompressedConnections) {
            policy.compression = nil
            decision = ParleyHandshake.decide(request, policy: policy, capacity: capacity, at: now)
        }
        let isRefused = decision.admission.refusal != nil
        // Who comes in too great a number must not fill the log.
        guard let suppressed = isRefused && capacity != .available ? door.refusalLine() : 0 else { return decision }
        logger.log(
            level: isRefused ? .notice : .info,
            "handshake \(decision.explanation.line)",
            metadata: Door.metadata(peer, suppressed)
        )
        return decision
    }

    func refuse(_ fault: RequestHeadFault, from peer: SocketAddress?) -> Refusal {
        let refusal = Refusal(fault)
        guard let suppressed = door.refusalLine() else { return refusal }
        logger.notice(
            "handshake refused \(refusal.status.code) rule=\(refusal.code)",
            metadata: Door.metadata(peer, suppressed)
        )
        return refusal
    }

    func compression(for accepted: Accepted) -> Compression? {
        guard let agreement = accepted.compression else { return nil }
        let place = compressing.holder()
        return policy.compression.map { Compression(agreement, settings: $0, place: place) }
    }

    func delegate(for decision: Decision, on eventLoop: any EventLoop) -> any WebSocketDelegate {
        switch decision.admission {
        case .accept(let accepted) where accepted.route == .echo: return EchoConnection()
        case .accept(let accepted): return served(accepted, eventLoop)
        case .acceptThenFail(_, let refusal), .refuse(let refusal):
            var ids = current.engines.fallback.ids().events
            return RefusedConnection(refusal, eventID: ids.event().text)
        }
    }

    /// By a relay or by an engine, as the model says.
    private func served(_ accepted: Accepted, _ eventLoop: any EventLoop) -> any WebSocketDelegate {
        let setup = current
        let model = accepted.model ?? setup.configuration.defaultModel
        let engine = setup.engines[accepted.secret?.session["model"]?.stringValue ?? model]
        guard let relay = engine.relay else { return session(accepted, by: engine, setup, eventLoop) }
        let substitute = engine.fallbackModel.map { setup.engines[$0] } ?? engine
        var ids = engine.ids().session
        var logger = logger
        let id = ids.session()
        logger[metadataKey: "session"] = "\(id)"
        let file = recordings?.file(of: id, logger: logger)
        return relay.connection(
            for: accepted,
            on: eventLoop,
            memories: memories,
            logger: logger,
            record: file.map { file in { @Sendable (line: ByteBuffer) in file.write(line) } },
            fallback: {
                // The relay gives its own place back.
                self.sessions.take()
                return self.session(accepted, by: substitute, setup, eventLoop)
            },
            onClose: {
                file?.finish()
                self.sessions.giveBack()
            }
        )
    }

    private func session(
        _ accepted: Accepted,
        by engine: ServedEngine,
        _ setup: Setup,
        _ eventLoop: any EventLoop
    ) -> any WebSocketDelegate {
        let configuration = setup.configuration
        let model = accepted.model ?? configuration.defaultModel
        var (ids, eventIDs) = engine.ids()
        var session = Session(
            kind: accepted.intent == .transcription ? .transcription : .realtime,
            id: ids.session(),
            model: model,
            expiresAt: engine.now + configuration.maxSessionSeconds
        )
        session.instructions = "You are a helpful, friendly voice assistant. Answer in one or two short sentences."
        if let secret = accepted.secret {
            do throws(RealtimeError) {
                try session.apply(secret.session, audioWasProduced: false)
            } catch {
                // It was checked when the secret was made; a server of another version may have made it.
                logger.warning("client secret's session not applied", metadata: ["error": "\(error.message)"])
            }
        }
        var limits = SessionLimits()
        limits.duration = .seconds(Int64(configuration.maxSessionSeconds))
        limits.contextTokens = configuration.contextTokens
        limits.requestsPerMinute = configuration.requestsPerMinute
        limits.tokensPerMinute = configuration.tokensPerMinute
        // A gap within a word is shorter; half of the silence that ends a turn by default is won.
        if let pipeline = engine.engine as? PipelineEngine, pipeline.anticipates { limits.anticipationMS = 150 }
        let beginning = Beginning(
            dialect: accepted.dialect,
            engine: engine,
            eventIDs: eventIDs,
            drainDeadline: .seconds(Int64(configuration.drainSeconds))
        )
        let conversationID = ids.conversation()
        var recorded = RecordedSession(
            dialect: accepted.dialect,
            session: session,
            conversationID: conversationID,
            limits: limits,
            ids: ids,
            eventIDs: eventIDs
        )
        if engine.engine == nil { recorded.kind = .loopback }
        return connection(recorded, beginning, eventLoop)
    }

    /// What a connection begins with, beside its machine.
    private struct Beginning {
        let dialect: Dialect
        let engine: ServedEngine
        let eventIDs: IDSource
        let drainDeadline: TimeAmount
    }

    private func connection(
        _ recorded: RecordedSession,
        _ beginning: Beginning,
        _ eventLoop: any EventLoop
    ) -> any WebSocketDelegate {
        let id = recorded.session.id
        var sessionLogger = logger
        sessionLogger[metadataKey: "session"] = "\(id)"
        let logger = sessionLogger
        let (commands, commandSink) = AsyncStream<EngineCommand>.makeStream()
        let (untilClosed, closeSink) = AsyncStream<Never>.makeStream()
        let engine = beginning.engine
        let clock = engine.seed == nil ? SessionClock.real : .counted
        let file = recordings?.file(of: id, logger: logger)
        let recorder = file.map { file in SessionRecorder(recorded, from: clock.current) { file.write($0) } }
        var opened: (@Sendable (EngineEntrance) -> Void)?
        if let engine = engine.engine {
            opened = { [supervisor] entrance in
                let session = EngineSession(id: id, commands: commands) { try await entrance.received($0) }
                supervisor.start(.init(engine: engine, session: session, untilClosed: untilClosed, logger: logger))
            }
        }
        return RealtimeConnection(
            recorded.logic,
            dialect: beginning.dialect,
            eventLoop: eventLoop,
            commands: commandSink,
            eventIDs: beginning.eventIDs,
            drainDeadline: beginning.drainDeadline,
            logger: logger,
            recorder: recorder,
            clock: clock,
            opening: .init(
                delay: engine.openingDelay,
                opened: opened,
                speechStarted: { engine.engine?.prepare() }
            ),
            onClose: {
                closeSink.finish()
                file?.finish()
                self.sessions.giveBack()
            }
        )
    }
}

extension Decision {
    /// Whether a session follows, which takes one of `--max-sessions`.
    fileprivate var opensSession: Bool {
        guard case .accept(let accepted) = admission else { return false }
        return accepted.route == .realtime
    }

    /// Whether the connection that follows compresses, a refusal within it included.
    fileprivate var compresses: Bool { admission.accepted?.compression != nil }
}
