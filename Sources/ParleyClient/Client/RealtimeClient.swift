// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import Logging
internal import ParleyEvents

/// A client of a Realtime server: a conversation with a model by voice and text.
///
/// It keeps the conversation, runs the tools, lets one response run at a time, and opens a lost connection again. Updates
/// go to any number of readers (``updates()``); what they have in common is in ``conversation``.
///
/// The connection lives until ``disconnect(reason:)`` or until nothing refers to the client any more.
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
    let environment: [String: String]
    let logger: Logger

    /// The conversation as it stands.
    public internal(set) var conversation: Conversation
    /// What the session is to be.
    public internal(set) var settings: SessionSettings
    /// How the client stands.
    public internal(set) var state = RealtimeClientState.idle

    var tools: [String: ClientTool]
    var toolCalls = ToolCalls()
    var responses = ResponseQueue()
    var pending = PendingResponses()
    var waitingCalls: [ToolCalls.Call] = []
    var runningTools = 0
    /// Bytes of sound that were sent since the last commit.
    var uncommittedBytes = 0
    var api: RealtimeAPI?
    var readers = UpdateReaders()
    var waiters = Waiters()
    /// What the server said while a connection was opened, instead of beginning a session.
    var refusal: RealtimeClientError?
    /// Who waits for the session of a new connection.
    var opening: Int?
    /// How a connection ended that was still being opened.
    var endedWhileOpening: RealtimeClose?
    var pump: Task<Void, Never>?
    var jobs: [Int: Task<Void, Never>] = [:]
    var nextJob = 0

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
    /// A conversation of an earlier connection goes on: it is told to the session.
    ///
    /// - Throws: Why it could not be opened, or what the server said instead of beginning a session.
    public func connect() async throws(RealtimeClientError) {
        switch state {
        case .connected: return
        // Somebody else is at it.
        case .connecting, .reconnecting: return try await waitUntilConnected()
        case .idle, .closed: break
        }
        change(to: .connecting)
        let history = History.items(of: conversation)
        do throws(RealtimeClientError) {
            try await open(telling: history)
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

    /// Says good-bye and forgets conversation, settings and tools, so that ``connect()`` begins anew.
    public func reset() async {
        await disconnect()
        conversation = Conversation(limits: behaviour.conversation)
        settings = SessionSettings()
        tools = [:]
        toolCalls.knows([])
        uncommittedBytes = 0
    }

    func change(to state: RealtimeClientState) {
        guard self.state != state else { return }
        self.state = state
        publish(.state(state))
    }

    /// Tells everybody who reads or waits.
    func publish(_ update: RealtimeUpdate) {
        readers.send(update)
        waiters.happened(.update(update))
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
