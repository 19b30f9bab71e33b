// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// One client and its upstream: joins two sockets of one event loop and the machine between them.
///
/// The actor runs on that event loop, so both sockets' calls enter it without a hop and nothing is locked.
actor RelayConnection: WebSocketDelegate {
    nonisolated let unownedExecutor: UnownedSerialExecutor
    fileprivate nonisolated let eventLoop: any EventLoop
    private let logger: Logger
    /// Makes the attempt to open an upstream connection for its delegate.
    private let makeConnector: @Sendable (any WebSocketDelegate) -> Connector
    private let makeFallback: @Sendable () -> any WebSocketDelegate
    private let onClose: @Sendable () -> Void
    private var machine: RelayMachine
    private let recorder: RelayRecorder?
    private var socket: NIOLoopBound<WebSocketChannelHandler>?
    private var links: [Int: Link] = [:]
    private var timers: [RelayMachine.Timer: Scheduled<Void>] = [:]
    /// Who serves the client now, if the upstream could not.
    private var successor: (any WebSocketDelegate)?
    private var isPerforming = false
    /// What has happened while an input was dealt with.
    private var pending: [RelayMachine.Input] = []
    private var spareActions: [RelayMachine.Action] = []
    private let started = NIODeadline.now()

    /// An upstream connection: the attempt to open it, then its socket.
    private struct Link {
        let connector: Connector
        var socket: NIOLoopBound<WebSocketChannelHandler>?
    }

    init(
        _ terms: RelayTerms,
        eventLoop: any EventLoop,
        logger: Logger,
        record: (@Sendable (ByteBuffer) -> Void)?,
        makeConnector: @escaping @Sendable (any WebSocketDelegate) -> Connector,
        makeFallback: @escaping @Sendable () -> any WebSocketDelegate,
        onClose: @escaping @Sendable () -> Void
    ) {
        unownedExecutor = eventLoop.executor.asUnownedSerialExecutor()
        machine = RelayMachine(terms)
        recorder = record.map { RelayRecorder(terms, from: .now(), write: $0) }
        self.eventLoop = eventLoop
        self.logger = logger
        self.makeConnector = makeConnector
        self.makeFallback = makeFallback
        self.onClose = onClose
    }

    // MARK: What happens

    private func perform(_ input: RelayMachine.Input) {
        guard !isPerforming else { return pending.append(input) }
        isPerforming = true
        take(input)
        while !pending.isEmpty { take(pending.removeFirst()) }
        isPerforming = false
    }

    private func take(_ input: RelayMachine.Input) {
        var actions: [RelayMachine.Action] = []
        swap(&actions, &spareActions)
        recorder?.received(input, at: .now())
        machine.received(input, into: &actions)
        for action in actions {
            recorder?.did(action)
            if case .fallBack = action { recorder?.closed(at: .now()) }
            carryOut(action)
        }
        actions.removeAll(keepingCapacity: actions.count <= 8)
        swap(&actions, &spareActions)
    }

    /// Puts on the wire what was sent, and finds out who is behind.
    private func flush() {
        if let socket = socket?.value {
            socket.flushOutsideReads()
            if !socket.isWritable, socket.isOpen { perform(.blocked(.client)) }
        }
        for (number, link) in links {
            guard let socket = link.socket?.value else { continue }
            socket.flushOutsideReads()
            if !socket.isWritable, socket.isOpen { perform(.blocked(.upstream(number))) }
        }
    }

    private func performAndFlush(_ input: RelayMachine.Input) {
        perform(input)
        flush()
    }

    // MARK: What is to be done

    private func carryOut(_ action: RelayMachine.Action) {
        switch action {
        case .send(let peer, let message):
            socket(of: peer)?.send(message.kind) { $0.writeImmutableBuffer(message.payload) }
        case .pauseReading(let peer, let isPaused): socket(of: peer)?.pauseReading(isPaused)
        case .connect(let number): connect(number)
        case .close(let peer, let code, let reason): close(peer, code, reason)
        case .startTimer(let timer, let delay):
            timers[timer]?.cancel()
            timers[timer] = eventLoop.scheduleTask(in: delay) {
                self.assumeIsolated { $0.performAndFlush(.fired(timer)) }
            }
        case .cancelTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
        case .fallBack(let messages): handOver(messages)
        case .note(let text): logger.info("relay: \(text)")
        }
    }

    private func socket(of peer: RelayMachine.Peer) -> WebSocketChannelHandler? {
        switch peer {
        case .client: socket?.value
        case .upstream(let number): links[number]?.socket?.value
        }
    }

    private func connect(_ number: Int) {
        let connector = makeConnector(UpstreamSocket(number: number, connection: self))
        links[number] = Link(connector: connector)
        connector.begin { result in
            guard case .failure(let failure) = result else { return }
            self.assumeIsolated { $0.refused(number, failure) }
        }
    }

    private func close(_ peer: RelayMachine.Peer, _ code: CloseCode, _ reason: String) {
        let closing: WebSocketChannelHandler?
        switch peer {
        case .client: closing = socket?.value
        case .upstream(let number):
            let link = links.removeValue(forKey: number)
            if link?.socket == nil { link?.connector.cancel() }
            closing = link?.socket?.value
        }
        // The peer's own close frame may be behind what was not read.
        closing?.pauseReading(false)
        closing?.close(code, reason: reason)
    }

    private func handOver(_ messages: [Message]) {
        guard let socket = socket?.value else { return }
        let successor = makeFallback()
        self.successor = successor
        logger.notice("relay: the fallback serves this session")
        onClose()
        successor.opened(socket)
        for message in messages { successor.received(message) }
        socket.flushOutsideReads()
    }

    private func refused(_ number: Int, _ failure: ConnectFailure) {
        guard links.removeValue(forKey: number) != nil else { return }
        performAndFlush(.upstreamRefused(number, UpstreamRefusal(failure, hiding: machine.terms.settings.key)))
    }

    private func end(_ summary: CloseSummary) {
        if let successor {
            successor.closed(summary)
        } else {
            perform(.closed(.client, summary))
            recorder?.closed(at: .now())
            onClose()
            logger.info(
                "relay: session ended",
                metadata: [
                    "code": "\(summary.code?.description ?? "none")", "by": "\(summary.initiator)",
                    "seconds": "\((NIODeadline.now() - started).nanoseconds / 1_000_000_000)",
                ]
            )
        }
        for timer in timers.values { timer.cancel() }
        timers = [:]
        for number in links.keys { close(.upstream(number), .goingAway, "The client's connection has ended.") }
        // The handlers hold this actor; without this none would ever go.
        successor = nil
        socket = nil
    }
}

// MARK: The sockets' calls

extension RelayConnection {
    nonisolated func opened(_ socket: WebSocketChannelHandler) {
        let bound = NIOLoopBound(socket, eventLoop: eventLoop)
        assumeIsolated { connection in
            connection.socket = bound
            connection.performAndFlush(.opened)
        }
    }

    nonisolated func received(_ message: Message) {
        assumeIsolated { connection in
            if let successor = connection.successor { return successor.received(message) }
            connection.perform(.message(.client, message))
        }
    }

    nonisolated func readsCompleted() {
        assumeIsolated { connection in
            if let successor = connection.successor { return successor.readsCompleted() }
            connection.flush()
        }
    }

    nonisolated func becameWritable() {
        assumeIsolated { connection in
            if let successor = connection.successor { return successor.becameWritable() }
            connection.performAndFlush(.writable(.client))
        }
    }

    nonisolated func shouldDrain() {
        assumeIsolated { connection in
            if let successor = connection.successor { return successor.shouldDrain() }
            connection.performAndFlush(.drained)
        }
    }

    nonisolated func closed(_ summary: CloseSummary) {
        assumeIsolated { $0.end(summary) }
    }

    fileprivate func upstreamOpened(_ number: Int, _ socket: NIOLoopBound<WebSocketChannelHandler>) {
        links[number]?.socket = socket
        performAndFlush(.upstreamOpened(number))
    }

    fileprivate func upstreamSent(_ number: Int, _ message: Message) {
        guard links[number] != nil else { return }
        perform(.message(.upstream(number), message))
    }

    fileprivate func upstreamBecameWritable(_ number: Int) { performAndFlush(.writable(.upstream(number))) }

    fileprivate func upstreamReadsCompleted() { flush() }

    fileprivate func upstreamClosed(_ number: Int, _ summary: CloseSummary) {
        guard links.removeValue(forKey: number) != nil else { return }
        performAndFlush(.closed(.upstream(number), summary))
    }
}

/// Tells a relay's connection what happens on an upstream socket; they share an event loop.
private final class UpstreamSocket: WebSocketDelegate {
    private let number: Int
    private let connection: RelayConnection

    init(number: Int, connection: RelayConnection) {
        self.number = number
        self.connection = connection
    }

    func opened(_ socket: WebSocketChannelHandler) {
        let bound = NIOLoopBound(socket, eventLoop: connection.eventLoop)
        connection.assumeIsolated { $0.upstreamOpened(number, bound) }
    }

    func received(_ message: Message) { connection.assumeIsolated { $0.upstreamSent(number, message) } }
    func readsCompleted() { connection.assumeIsolated { $0.upstreamReadsCompleted() } }
    func becameWritable() { connection.assumeIsolated { $0.upstreamBecameWritable(number) } }
    func shouldDrain() {}
    func closed(_ summary: CloseSummary) { connection.assumeIsolated { $0.upstreamClosed(number, summary) } }
}
