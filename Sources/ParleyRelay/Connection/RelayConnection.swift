// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import NIOCore
internal import ParleyTransport
internal import ParleyWebSocket

/// One client and its upstream: joins two sockets of one event loop and the machine between them.
///
/// It belongs to that event loop, like both sockets' handlers, so that nothing is locked and no message hops.
final class RelayConnection: WebSocketDelegate {
    private let eventLoop: any EventLoop
    private let logger: Logger
    /// Makes the attempt to open an upstream connection for its delegate.
    private let makeConnector: @Sendable (any WebSocketDelegate & Sendable) -> Connector
    private let makeFallback: @Sendable () -> any WebSocketDelegate
    private let onClose: @Sendable () -> Void
    // It is pure: debug builds check that nobody comes back to it, others are spared the look-up with every message. No
    // access to the other marked ones calls anybody.
    #if !DEBUG
    @exclusivity(unchecked)
    #endif
    private var machine: RelayMachine
    private let recorder: RelayRecorder?
    @exclusivity(unchecked) private var socket: WebSocketChannelHandler?
    /// One as a rule, two while another takes its place.
    @exclusivity(unchecked) private var links: [Link] = []
    private var timers: [RelayMachine.Timer: Scheduled<Void>] = [:]
    /// Who serves the client now, if the upstream could not.
    @exclusivity(unchecked) private var successor: (any WebSocketDelegate)?
    @exclusivity(unchecked) private var isPerforming = false
    /// What has happened while an input was dealt with.
    @exclusivity(unchecked) private var pending: [RelayMachine.Input] = []
    @exclusivity(unchecked) private var spareActions: [RelayMachine.Action] = []
    private let started = NIODeadline.now()

    /// An upstream connection: the attempt to open it, then its socket.
    private struct Link {
        let number: Int
        let connector: Connector
        var socket: WebSocketChannelHandler?
    }

    init(
        _ terms: RelayTerms,
        eventLoop: any EventLoop,
        logger: Logger,
        record: (@Sendable (ByteBuffer) -> Void)?,
        makeConnector: @escaping @Sendable (any WebSocketDelegate & Sendable) -> Connector,
        makeFallback: @escaping @Sendable () -> any WebSocketDelegate,
        onClose: @escaping @Sendable () -> Void
    ) {
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
        let count = actions.count
        if count > 1 { actions.reverse() }
        // Taken out one by one, an action is not copied.
        while let action = actions.popLast() {
            recorder?.did(action)
            if case .fallBack = action { recorder?.closed(at: .now()) }
            carryOut(action)
        }
        if count <= Self.sparedActions { swap(&actions, &spareActions) }
    }

    /// Puts on the wire what was sent, and finds out who is behind.
    private func flush() {
        if let socket {
            socket.flushOutsideReads()
            if !socket.isWritable, socket.isOpen { perform(.blocked(.client)) }
        }
        for link in links {
            guard let socket = link.socket else { continue }
            socket.flushOutsideReads()
            if !socket.isWritable, socket.isOpen { perform(.blocked(.upstream(link.number))) }
        }
    }

    /// Memory for so many actions is kept from one input to the next.
    private static let sparedActions = 8

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
            timers[timer] = eventLoop.assumeIsolated().scheduleTask(in: delay) { self.performAndFlush(.fired(timer)) }
        case .cancelTimer(let timer): timers.removeValue(forKey: timer)?.cancel()
        case .fallBack(let messages): handOver(messages)
        case .note(let text): logger.info("relay: \(text)")
        }
    }

    private func socket(of peer: RelayMachine.Peer) -> WebSocketChannelHandler? {
        switch peer {
        case .client: socket
        case .upstream(let number): place(of: number).flatMap { links[$0].socket }
        }
    }

    private func place(of number: Int) -> Int? { links.firstIndex { $0.number == number } }

    private func removeLink(_ number: Int) -> Link? { place(of: number).map { links.remove(at: $0) } }

    private func connect(_ number: Int) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let connector = makeConnector(UpstreamSocket(number: number, connection: bound))
        links.append(Link(number: number, connector: connector))
        connector.begin { result in
            guard case .failure(let failure) = result else { return }
            bound.value.refused(number, failure)
        }
    }

    private func close(_ peer: RelayMachine.Peer, _ code: CloseCode, _ reason: String) {
        let closing: WebSocketChannelHandler?
        switch peer {
        case .client: closing = socket
        case .upstream(let number):
            let link = removeLink(number)
            if link?.socket == nil { link?.connector.cancel() }
            closing = link?.socket
        }
        // The peer's own close frame may be behind what was not read.
        closing?.pauseReading(false)
        closing?.close(code, reason: reason)
    }

    private func handOver(_ messages: [Message]) {
        guard let socket else { return }
        let successor = makeFallback()
        self.successor = successor
        logger.notice("relay: the fallback serves this session")
        onClose()
        successor.opened(socket)
        for message in messages { successor.received(message) }
        socket.flushOutsideReads()
    }

    private func refused(_ number: Int, _ failure: ConnectFailure) {
        guard removeLink(number) != nil else { return }
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
        for link in links { close(.upstream(link.number), .goingAway, "The client's connection has ended.") }
        // The handlers hold this connection; without this none would ever go.
        successor = nil
        socket = nil
    }
}

// MARK: The sockets' calls

extension RelayConnection {
    func opened(_ socket: WebSocketChannelHandler) {
        self.socket = socket
        performAndFlush(.opened)
    }

    func received(_ message: Message) {
        if let successor { return successor.received(message) }
        perform(.message(.client, message))
    }

    func readsCompleted() {
        if let successor { return successor.readsCompleted() }
        flush()
    }

    func becameWritable() {
        if let successor { return successor.becameWritable() }
        performAndFlush(.writable(.client))
    }

    func shouldDrain() {
        if let successor { return successor.shouldDrain() }
        performAndFlush(.drained)
    }

    func closed(_ summary: CloseSummary) { end(summary) }

    fileprivate func upstreamOpened(_ number: Int, _ socket: WebSocketChannelHandler) {
        if let place = place(of: number) { links[place].socket = socket }
        performAndFlush(.upstreamOpened(number))
    }

    fileprivate func upstreamSent(_ number: Int, _ message: Message) {
        guard place(of: number) != nil else { return }
        perform(.message(.upstream(number), message))
    }

    fileprivate func upstreamBecameWritable(_ number: Int) { performAndFlush(.writable(.upstream(number))) }

    fileprivate func upstreamReadsCompleted() { flush() }

    fileprivate func upstreamClosed(_ number: Int, _ summary: CloseSummary) {
        guard removeLink(number) != nil else { return }
        performAndFlush(.closed(.upstream(number), summary))
    }
}

/// Tells a relay's connection what happens on an upstream socket; they share an event loop.
private final class UpstreamSocket: WebSocketDelegate, Sendable {
    private let number: Int
    private let connection: NIOLoopBound<RelayConnection>

    init(number: Int, connection: NIOLoopBound<RelayConnection>) {
        self.number = number
        self.connection = connection
    }

    func opened(_ socket: WebSocketChannelHandler) { connection.value.upstreamOpened(number, socket) }
    func received(_ message: Message) { connection.value.upstreamSent(number, message) }
    func readsCompleted() { connection.value.upstreamReadsCompleted() }
    func becameWritable() { connection.value.upstreamBecameWritable(number) }
    func shouldDrain() {}
    func closed(_ summary: CloseSummary) { connection.value.upstreamClosed(number, summary) }
}
