// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore
internal import ParleyEvents
internal import ParleySession
internal import ParleyTransport
internal import ParleyWebSocket

/// One client's session: joins the socket, the session's machine and the engine.
///
/// It belongs to the connection's event loop, like the handler that calls it, so that nothing is locked and no message
/// hops. Only the engine works elsewhere; it comes in by ``EngineEntrance``.
final class RealtimeConnection: WebSocketDelegate {
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let drainDeadline: TimeAmount
    private let commands: AsyncStream<EngineCommand>.Continuation
    private let onClose: @Sendable () -> Void
    private let recorder: SessionRecorder?
    // The machine and the edge are pure, and whoever the edge has send a message touches neither: debug builds check it,
    // others are spared the look-up with every message. No access to the other marked ones calls anybody.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var machine: any SessionLogic
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var edge: ServerEdge
    @exclusivity(unchecked) private var eventIDs: IDSource
    @exclusivity(unchecked) private var clock: SessionClock
    @exclusivity(unchecked) private var spareActions: [SessionAction] = []
    @exclusivity(unchecked) private var socket: WebSocketChannelHandler?
    private var isClosed = false
    private var isDraining = false
    private var timers: [SessionTimer: Scheduled<Void>] = [:]
    private var drainTimer: Scheduled<Void>?
    /// Engine events that wait for the socket to take bytes again.
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let started = NIODeadline.now()
    private let opening: Opening

    /// What is done about beginnings: of the session, and of speech.
    struct Opening: Sendable {
        /// How long the client waits for the server's first event.
        var delay = TimeAmount.zero
        /// Called when the session has begun, so that an engine cannot say anything before.
        var opened: (@Sendable (EngineEntrance) -> Void)?
        /// Called when the user begins to speak.
        var speechStarted: @Sendable () -> Void = {}
    }

    /// A connection that is about to open.
    ///
    /// - Parameters:
    ///   - machine: Decides.
    ///   - dialect: What the client speaks.
    ///   - eventLoop: The connection's.
    ///   - commands: Where the engine gets its work; finished at the end of the connection.
    ///   - eventIDs: Ids of the events sent.
    ///   - drainDeadline: How long an answer that is under way may still take when the server stops.
    ///   - logger: Carries the session's id.
    ///   - recorder: Writes down what happens, if it is to be replayed.
    ///   - clock: The time that the session goes by.
    ///   - opening: How it begins.
    ///   - onClose: Called once, at the end.
    init(
        _ machine: any SessionLogic,
        dialect: Dialect,
        eventLoop: any EventLoop,
        commands: AsyncStream<EngineCommand>.Continuation,
        eventIDs: IDSource,
        drainDeadline: TimeAmount,
        logger: Logger,
        recorder: SessionRecorder? = nil,
        clock: SessionClock = .real,
        opening: Opening = Opening(),
        onClose: @escaping @Sendable () -> Void
    ) {
        self.eventLoop = eventLoop
        self.machine = machine
        self.edge = ServerEdge(dialect: dialect)
        self.commands = commands
        self.eventIDs = eventIDs
        self.drainDeadline = drainDeadline
        self.logger = logger
        self.recorder = recorder
        self.clock = clock
        self.opening = opening
        self.onClose = onClose
    }

    // MARK: The socket's calls

    func opened(_ socket: WebSocketChannelHandler) {
        self.socket = socket
        guard opening.delay > .zero else { return begin() }
        // What the client says meanwhile waits in its socket.
        socket.pauseReading(true)
        eventLoop.assumeIsolated()
            .scheduleTask(in: opening.delay) {
                self.socket?.pauseReading(false)
                self.begin()
            }
    }

    private func begin() {
        guard !isClosed else { return }
        perform(.opened)
        guard let opened = opening.opened else { return }
        let destination = NIOLoopBound(EngineEntrance.Destination(self), eventLoop: eventLoop)
        opened(EngineEntrance(to: destination, on: eventLoop))
    }

    func received(_ message: Message) {
        guard message.kind == .text else {
            return refuse(
                .invalidValue(
                    "type",
                    message: "Binary messages are not part of the protocol. Send JSON in text messages, "
                        + "audio as base64 in input_audio_buffer.append."
                )
            )
        }
        guard let socket else { return }
        var scratch = socket.memory.takeAudio()
        let incoming = edge.received(message.payload, inputFormat: machine.inputFormat, scratch: &scratch)
        socket.memory.giveBackAudio(scratch)
        switch consume incoming {
        case .event(let event, let eventID): perform(.client(event, eventID: eventID), at: socket.time)
        case .invalid(let error): refuse(error)
        case .answered(let objects):
            for object in objects { socket.send(.text) { object.write(into: &$0) } }
        }
    }

    func becameWritable() {
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
    }

    func shouldDrain() {
        guard !isClosed, !isDraining else { return }
        isDraining = true
        guard machine.isResponding else { return closeForShutdown() }
        drainTimer = eventLoop.assumeIsolated().scheduleTask(in: drainDeadline) { self.closeForShutdown() }
    }

    func closed(_ summary: CloseSummary) {
        isClosed = true
        recorder?.closed(at: clock.current)
        for timer in timers.values { timer.cancel() }
        timers = [:]
        drainTimer?.cancel()
        commands.finish()
        becameWritable()
        onClose()
        logger.info("session ended", metadata: summary.logMetadata(since: started))
        // The handler holds this connection; without this neither would ever go.
        socket = nil
    }

    private func closeForShutdown() {
        socket?.close(.goingAway, reason: "The server is shutting down. Connect again in a moment.")
    }

    private func refuse(_ error: RealtimeError) {
        logger.debug(
            "client event refused",
            metadata: ["code": "\(error.code ?? "")", "param": "\(error.param ?? "")"]
        )
        recorder?.refused(error, at: clock.current)
        carryOut(.send(.error(error)))
    }

    // MARK: The engine's calls

    /// Takes an event of the engine; returns when the client's socket takes more bytes.
    func received(_ event: EngineEvent) async throws {
        guard !isClosed else { throw CancellationError() }
        perform(.engine(event))
        guard let socket, !socket.isWritable else { return }
        await withCheckedContinuation { waiting.append($0) }
        if isClosed { throw CancellationError() }
    }

    // MARK: What the machine wants done

    private func perform(_ input: SessionInput, at time: NIODeadline = .now()) {
        guard !isClosed else { return }
        let now = clock.time(of: input, real: time, format: machine.inputFormat)
        recorder?.received(input, at: now)
        var actions: [SessionAction] = []
        swap(&actions, &spareActions)
        machine.received(input, at: now, into: &actions)
        let count = actions.count
        if count > 1 { actions.reverse() }
        // Taken out one by one, an action is not copied.
        while let action = actions.popLast() { carryOut(action) }
        if count <= Self.sparedActions { swap(&actions, &spareActions) }
        if isDraining, !machine.isResponding { closeForShutdown() }
        socket?.flushOutsideReads()
    }

    private func carryOut(_ action: SessionAction) {
        let eventID = eventIDs.id(for: action)
        recorder?.did(action, eventID: eventID)
        switch action {
        case .send(let event): send(event, eventID ?? "")
        case .engine(let command): commands.yield(command)
        case .startTimer(let timer, let delay):
            guard !isClosed else { return }
            timers[timer]?.cancel()
            clock.started(timer, after: delay)
            timers[timer] = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.perform(.fired(timer)) }
        case .cancelTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
        case .reset: socket?.reset()
        case .close(let code, let reason): socket?.close(CloseCode(rawValue: code), reason: reason)
        }
    }

    private func send(_ event: ServerEvent, _ eventID: EventID) {
        if case .speechStarted = event { opening.speechStarted() }
        guard let socket else { return }
        let carriesAudio = if case .audioDelta = event { true } else { false }
        edge.send(event, eventID: eventID) { socket.send(.text, carriesAudio: carriesAudio, $0) }
    }

    /// Memory for so many actions is kept from one input to the next.
    private static let sparedActions = 8
}

extension CloseSummary {
    /// How a connection ended, for its line in the log.
    func logMetadata(since started: NIODeadline) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "code": code.map { "\($0.rawValue)" } ?? "none", "by": "\(initiator)",
            "seconds": "\((NIODeadline.now() - started).nanoseconds / 1_000_000_000)",
        ]
        if !reason.isEmpty { metadata["reason"] = "\(reason)" }
        if let violation { metadata["violation"] = "\(violation.entry.code)" }
        return metadata
    }
}
