// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import HTTPTypes
internal import Logging
internal import NIOCore
internal import ParleyEvents
internal import ParleyHandshake
internal import ParleyRelay
internal import ParleySession
internal import ParleyTransport
internal import ParleyWebSocket
internal import Synchronization

/// Decides the handshakes of a server and makes the connections that follow.
final class HandshakeGate: UpgradeResponder {
    let policy: HandshakePolicy
    let limits: ConnectionLimits
    let memories: LoopMemories
    let door: Door
    private let configuration: ServerConfiguration
    /// `nil` = loopback.
    private let engine: (any Engine)?
    /// Answers instead of an engine.
    private let relay: Relay?
    private let supervisor: SessionSupervisor
    private let mint: SecretMint
    private let logger: Logger
    private let sessions = Atomic<Int>(0)
    private let compressing = CompressionPlaces()
    private let isDraining = Atomic<Bool>(false)

    init(
        _ configuration: ServerConfiguration,
        engine: (any Engine)?,
        relay: Relay?,
        supervisor: SessionSupervisor,
        door: Door,
        eventLoopGroup: any EventLoopGroup,
        logger: Logger
    ) throws {
        var configuration = configuration
        if relay != nil, let model = configuration.relay?.defaultModel { configuration.defaultModel = model }
        self.configuration = configuration
        self.relay = relay
        memories = LoopMemories(eventLoopGroup)
        self.engine = engine
        self.supervisor = supervisor
        self.door = door
        self.logger = logger
        let secrets = configuration.clientSecretKey
        policy = try HandshakePolicy(configuration, secrets: secrets)
        mint = SecretMint(key: secrets, defaultModel: configuration.defaultModel)
        limits = configuration.connectionLimits
    }

    /// Sessions that are open now.
    var sessionCount: Int { sessions.load(ordering: .relaxed) }

    /// Whether new sessions are taken.
    var isReady: Bool { !isDraining.load(ordering: .relaxed) }

    /// Takes no more sessions: the server is going to stop.
    func startDraining() { isDraining.store(true, ordering: .relaxed) }

    /// Makes a client secret; see ``SecretMint``.
    func mint(_ body: JSONObject, at endpoint: SecretMint.Endpoint) throws(RealtimeError) -> JSONObject {
        var ids = IDSource(seed: .random(in: .min ... .max))
        return try mint.mint(body, at: endpoint, sessionID: ids.session(), now: UnixTime.now)
    }

    private func capacity(for peer: SocketAddress?) -> Capacity {
        if !isReady { return .draining }
        let capacity = door.capacity(for: peer)
        guard capacity == .available, sessionCount >= configuration.maxSessions else { return capacity }
        return .overloaded(retryAfterSeconds: Door.retryAfterSeconds)
    }

    func decide(_ request: HandshakeRequest, from peer: SocketAddress?) -> Decision {
        var policy = policy
        if compressing.count >= configuration.maxCompressedConnections { policy.compression = nil }
        let capacity = capacity(for: peer)
        let decision = ParleyHandshake.decide(request, policy: policy, capacity: capacity, at: UnixTime.now)
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
        guard let agreement = accepted.compression, let settings = policy.compression else { return nil }
        return Compression(agreement, settings: settings, place: compressing.take())
    }

    func delegate(for decision: Decision, on eventLoop: any EventLoop) -> any WebSocketDelegate {
        var ids = IDSource(seed: .random(in: .min ... .max))
        switch decision.admission {
        case .accept(let accepted) where accepted.route == .echo: return EchoConnection(eventLoop: eventLoop)
        case .accept(let accepted):
            return relay.map { relayed(accepted, by: $0, ids, eventLoop) } ?? session(accepted, ids, eventLoop)
        case .acceptThenFail(_, let refusal), .refuse(let refusal):
            return RefusedConnection(refusal, eventID: ids.event())
        }
    }

    private func relayed(
        _ accepted: Accepted,
        by relay: Relay,
        _ ids: IDSource,
        _ eventLoop: any EventLoop
    ) -> any WebSocketDelegate {
        var idsOfLog = ids
        var logger = logger
        logger[metadataKey: "session"] = "\(idsOfLog.session())"
        sessions.add(1, ordering: .relaxed)
        return relay.connection(
            for: accepted,
            on: eventLoop,
            memories: memories,
            logger: logger,
            fallback: { self.session(accepted, ids, eventLoop) },
            onClose: { self.sessions.subtract(1, ordering: .relaxed) }
        )
    }

    private func session(
        _ accepted: Accepted,
        _ ids: IDSource,
        _ eventLoop: any EventLoop
    ) -> any WebSocketDelegate {
        var ids = ids
        var session = Session(
            kind: accepted.intent == .transcription ? .transcription : .realtime,
            id: ids.session(),
            model: accepted.model ?? configuration.defaultModel,
            expiresAt: UnixTime.now + configuration.maxSessionSeconds
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
        guard let engine else {
            return connection(LoopbackMachine(session: session, limits: limits, ids: ids), accepted, ids, eventLoop)
        }
        let machine = SessionMachine(
            session: session,
            conversationID: ids.conversation(),
            limits: limits,
            ids: ids
        )
        return connection(machine, accepted, ids, eventLoop, engine)
    }

    private func connection<Machine: SessionLogic>(
        _ machine: Machine,
        _ accepted: Accepted,
        _ ids: IDSource,
        _ eventLoop: any EventLoop,
        _ engine: (any Engine)? = nil
    ) -> any WebSocketDelegate {
        var logger = logger
        logger[metadataKey: "session"] = "\(machine.session.id)"
        let (commands, commandSink) = AsyncStream<EngineCommand>.makeStream()
        let (untilClosed, closeSink) = AsyncStream<Never>.makeStream()
        sessions.add(1, ordering: .relaxed)
        let connection = RealtimeConnection(
            machine,
            dialect: accepted.dialect,
            eventLoop: eventLoop,
            commands: commandSink,
            eventIDs: IDSource(seed: .random(in: .min ... .max)),
            drainDeadline: .seconds(Int64(configuration.drainSeconds)),
            logger: logger,
            onClose: {
                closeSink.finish()
                self.sessions.subtract(1, ordering: .relaxed)
            }
        )
        if let engine {
            let session = EngineSession(id: machine.session.id, commands: commands) { [weak connection] event in
                guard let connection else { throw CancellationError() }
                try await connection.received(event)
            }
            supervisor.start(
                SessionSupervisor.Job(engine: engine, session: session, untilClosed: untilClosed, logger: logger)
            )
        }
        return connection
    }
}
