// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import Logging
public import ParleyEvents

/// A client of a Realtime server: a conversation with a model by voice and text.
///
/// It keeps the conversation, runs the tools, lets one response run at a time, and opens a lost connection again. Updates
/// go to any number of readers (``updates()``); what they have in common is in ``conversation``.
///
/// The connection lives until ``disconnect()`` or until nothing refers to the client any more.
public actor RealtimeClient {
    /// What a client does by itself.
    public struct Behaviour: Sendable {
        /// Whether and when a lost connection is opened again.
        public var reconnect = ReconnectPolicy()
        /// How much of the conversation is kept here.
        public var conversation = Conversation.Limits()
        /// How long a tool may run before the model is told that it failed; default 60 s.
        public var toolTimeout = Duration.seconds(60)
        /// Tools that run at the same time, default 8; further ones wait.
        public var concurrentTools = 8

        /// The defaults.
        public init() {}
    }

    let configuration: ClientConfiguration
    let behaviour: Behaviour
    private let environment: [String: String]
    private let logger: Logger

    /// The conversation as it stands.
    public internal(set) var conversation: Conversation
    /// What the session is to be.
    public internal(set) var settings: SessionSettings
    /// How the client stands.
    public private(set) var state = RealtimeClientState.idle

    var tools: [String: ClientTool]
    var toolCalls = ToolCalls()
    var responses = ResponseQueue()
    var waitingCalls: [ToolCalls.Call] = []
    var runningTools = 0
    /// Bytes of sound that were sent since the last commit.
    var uncommittedBytes = 0
    private var api: RealtimeAPI?
    private var readers = UpdateReaders()
    private var waiters = Waiters()
    /// What the server said while a connection was opened, instead of beginning a session.
    private var refusal: RealtimeClientError?
    /// Who waits for the session of a new connection.
    private var opening: Int?
    /// How a connection ended that was still being opened.
    private var endedWhileOpening: RealtimeClose?
    private var pump: Task<Void, Never>?
    private var jobs: [Int: Task<Void, Never>] = [:]
    private var nextJob = 0

    /// A client that is not connected yet.
    ///
    /// - Parameters:
    ///   - configuration: Where the server is.
    ///   - settings: What the session is to be; sent when there is one.
    ///   - tools: What the model may call; a later one of the same name replaces an earlier one.
    ///   - behaviour: What the client does by itself.
    ///   - environment: The variables of the process, which may name a proxy.
    ///   - logger: Gets the ends of connections at level info, no content and no key.
    public init(
        _ configuration: ClientConfiguration,
        settings: SessionSettings = SessionSettings(),
        tools: [ClientTool] = [],
        behaviour: Behaviour = Behaviour(),
        environment: [String: String] = [:],
        logger: Logger = Logger(label: "parley.client")
    ) {
        self.configuration = configuration
        self.settings = settings
        self.behaviour = behaviour
        self.environment = environment
        self.logger = logger
        self.tools = Dictionary(tools.map { ($0.name, $0) }) { $1 }
        conversation = Conversation(limits: behaviour.conversation)
        toolCalls.knows(Set(self.tools.keys))
    }

    deinit {
        pump?.cancel()
        for job in jobs.values { job.cancel() }
        readers.finish()
    }

    /// Everything that happens from now on, for one reader; may be called before ``connect()``.
    public func updates() -> RealtimeUpdates {
        let (stream, continuation) = RealtimeUpdates.makeStream(bufferingPolicy: .bufferingOldest(UpdateReaders.limit))
        let id = readers.add(continuation)
        continuation.onTermination = { [weak self] _ in Task { await self?.removeReader(id) } }
        return stream
    }

    private func removeReader(_ id: Int) { readers.remove(id) }

    /// Opens the connection and waits until there is a session with these settings.
    ///
    /// - Throws: Why it could not be opened, or what the server said instead of beginning a session.
    public func connect() async throws(RealtimeClientError) {
        switch state {
        case .connected, .connecting, .reconnecting: return
        case .idle, .closed: break
        }
        change(to: .connecting)
        do throws(RealtimeClientError) {
            try await open()
            change(to: .connected)
        } catch {
            if case .connecting = state {
                finish(endedWhileOpening ?? RealtimeClose(code: nil, isOurs: true, wasClean: false))
            }
            throw error
        }
    }

    /// Says good-bye, waits for the end, and stops what runs; the conversation stays.
    ///
    /// - Returns: How the connection ended.
    @discardableResult
    public func disconnect(reason: String = "") async -> RealtimeClose {
        guard let api else {
            let close = RealtimeClose(code: nil, isOurs: true)
            if state != .idle { finish(close) }
            return close
        }
        let close = await api.close(reason: reason)
        finish(close)
        return close
    }

    /// Sends an event.
    ///
    /// What the client has methods for is better sent by these: they keep account of it.
    ///
    /// - Parameters:
    ///   - event: What to send.
    ///   - eventID: Its id; one is made if there is none.
    /// - Throws: If there is no connection, or the task was cancelled; it was not sent then.
    public func send(_ event: ClientEvent, eventID: String? = nil) async throws(RealtimeClientError) {
        // While a conversation is told to a new session, nothing may come in between.
        if case .reconnecting = state { throw .reconnecting }
        try await sendNow(event, eventID: eventID)
    }

    func sendNow(_ event: ClientEvent, eventID: String? = nil) async throws(RealtimeClientError) {
        let id = eventID ?? ClientIDs.event()
        let answers = try await connection().send(event, eventID: id)
        publish(.sent(event, eventID: id))
        for answer in answers { received(.event(answer)) }
    }

    /// Sends an event in GA form that this version may not know; see ``send(_:eventID:)``.
    public func send(object: JSONObject) async throws(RealtimeClientError) {
        if case .reconnecting = state { throw .reconnecting }
        for answer in try await connection().send(object: object) { received(.event(answer)) }
    }

    private func connection() throws(RealtimeClientError) -> RealtimeAPI {
        if let api { return api }
        switch state {
        case .reconnecting: throw .reconnecting
        case .closed(let close): throw .closed(close)
        case .idle, .connecting, .connected: throw .notConnected
        }
    }

    /// Waits for an update; see the methods that wait for something in particular.
    ///
    /// - Parameters:
    ///   - what: For the error.
    ///   - limit: How long; nil for as long as the connection lasts.
    ///   - matches: Whether it is the one.
    /// - Throws: That the time is over, the connection is, or the task was cancelled.
    /// - Returns: The update.
    public func wait(
        for what: String,
        within limit: Duration? = nil,
        _ matches: @escaping @Sendable (RealtimeUpdate) -> Bool
    ) async throws(RealtimeClientError) -> RealtimeUpdate {
        switch state {
        case .idle: throw .notConnected
        case .closed(let close): throw .closed(close)
        case .connecting, .connected, .reconnecting: break
        }
        return try await wait(waiters.nextID(), for: what, within: limit, matches)
    }

    private func wait(
        _ id: Int,
        for what: String,
        within limit: Duration?,
        _ matches: @escaping @Sendable (RealtimeUpdate) -> Bool
    ) async throws(RealtimeClientError) -> RealtimeUpdate {
        let timer = limit.map { limit in
            Task { [weak self] in
                guard (try? await Task.sleep(for: limit)) != nil else { return }
                await self?.giveUp(id, .timedOut(waitingFor: what))
            }
        }
        defer { timer?.cancel() }
        let result: Result<RealtimeUpdate, RealtimeClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: .failure(.cancelled)) }
                waiters.add(id, matches, continuation)
            }
        } onCancel: {
            Task { await self.giveUp(id, .cancelled) }
        }
        return try result.get()
    }

    private func giveUp(_ id: Int, _ error: RealtimeClientError) { waiters.fail(id, error) }
}

// MARK: The connection

extension RealtimeClient {
    /// Opens a connection and waits for its session.
    private func open() async throws(RealtimeClientError) {
        refusal = nil
        endedWhileOpening = nil
        let deadline = ContinuousClock.now + configuration.connectTimeout
        let api: RealtimeAPI
        do throws(RealtimeConnectError) {
            api = try await RealtimeAPI.connect(configuration, environment: environment, logger: logger)
        } catch {
            throw .notOpened(error)
        }
        if case .closed(let close) = state {
            await api.close()
            throw .closed(close)
        }
        self.api = api
        pump = Task { [weak self] in
            while let arrival = await api.next() {
                guard let self else { return }
                await self.received(arrival)
            }
            await self?.ended(api, await api.closed())
        }
        let id = waiters.nextID()
        opening = id
        defer { opening = nil }
        do throws(RealtimeClientError) {
            // Whatever its session looks like: the server has begun one.
            _ = try await wait(id, for: RealtimeClientError.session, within: deadline - .now) { update in
                guard case .event(let received) = update else { return false }
                return received.object["type"]?.stringValue == RealtimeClientError.session
            }
        } catch {
            guard case .timedOut = error, let refusal else { throw error }
            throw refusal
        }
        // A server may end the connection behind its session.created.
        if let endedWhileOpening { throw refusal ?? .closed(endedWhileOpening) }
        try await sendSettings()
        if let endedWhileOpening { throw refusal ?? .closed(endedWhileOpening) }
    }

    private func ended(_ api: RealtimeAPI, _ close: RealtimeClose) {
        guard self.api === api else { return }
        self.api = nil
        logger.info("the Realtime connection is over", metadata: ["close": "\(close)"])
        if let opening {
            // Whoever opens it decides what comes next.
            endedWhileOpening = close
            return waiters.fail(opening, refusal ?? .closed(close))
        }
        guard state == .connected, behaviour.reconnect.reconnects(after: close) else { return finish(close) }
        toolCalls.reset()
        uncommittedBytes = 0
        reconnect(attempt: 1, after: close)
    }

    private func reconnect(attempt: Int, after close: RealtimeClose) {
        let chance = Double.random(in: 0..<1)
        guard let delay = behaviour.reconnect.delay(beforeAttempt: attempt, chance: chance) else {
            return finish(close)
        }
        change(to: .reconnecting(attempt: attempt))
        launch { client in
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            await client.tryAgain(attempt: attempt, after: close)
        }
    }

    private func tryAgain(attempt: Int, after close: RealtimeClose) async {
        let history = History.items(of: conversation)
        do throws(RealtimeClientError) {
            try await open()
            for item in history { try await sendNow(.conversationItemCreate(item, previousItemID: nil)) }
            change(to: .connected)
            if let wanted = responses.reconnected() { try await ask(wanted) }
        } catch {
            guard case .reconnecting = state else { return }
            api = nil
            if case .notOpened(let failure) = error, !failure.isTemporary { return finish(close) }
            reconnect(attempt: attempt + 1, after: close)
        }
    }

    private func finish(_ close: RealtimeClose) {
        api = nil
        pump?.cancel()
        pump = nil
        for job in jobs.values { job.cancel() }
        jobs = [:]
        waitingCalls = []
        toolCalls.reset()
        responses = ResponseQueue()
        change(to: .closed(close))
        waiters.failAll(.closed(close))
        readers.finish()
    }

    private func change(to state: RealtimeClientState) {
        guard self.state != state else { return }
        self.state = state
        publish(.state(state))
    }

    /// Tells everybody who reads or waits.
    func publish(_ update: RealtimeUpdate) {
        readers.send(update)
        waiters.received(update)
    }

    /// Runs something beside the reading of events, until the client is done with it.
    func launch(_ job: @escaping @Sendable (RealtimeClient) async -> Void) {
        nextJob += 1
        let id = nextJob
        jobs[id] = Task { [weak self] in
            guard let self else { return }
            await job(self)
            await self.jobEnded(id)
        }
    }

    private func jobEnded(_ id: Int) { jobs[id] = nil }
}

// MARK: What the server says

extension RealtimeClient {
    private func received(_ arrival: RealtimeAPI.Arrival) {
        guard case .event(let received) = arrival else {
            guard case .invalid(let error) = arrival else { return }
            if opening != nil, refusal == nil { refusal = .notUnderstood(error) }
            return publish(.invalid(error))
        }
        // Whoever reads an event finds the conversation as it is after it.
        let changes = conversation.apply(received.event)
        if case .error(let error) = received.event, opening != nil { refusal = .server(error) }
        if case .inputAudioBufferCommitted = received.event { uncommittedBytes = 0 }
        publish(.event(received))
        for change in changes { publish(.change(change)) }
        if let wanted = responses.received(received.event) {
            launch { try? await $0.ask(wanted) }
        }
        let (calls, goesOn) = toolCalls.received(received.event)
        waitingCalls += calls
        runTools()
        if goesOn { launch { try? await $0.createResponse() } }
    }
}
