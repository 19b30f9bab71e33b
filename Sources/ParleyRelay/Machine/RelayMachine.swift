// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

/// One client in front of an upstream: what is handed on, held back, answered here and replayed.
///
/// It does no I/O and knows no clock. Inputs go in by ``received(_:into:)``; the actions are to be carried out in their order.
struct RelayMachine: Sendable {
    /// Who is at the other end of a connection.
    enum Peer: Sendable, Hashable {
        case client
        /// The upstream connection of that number.
        case upstream(Int)
    }

    /// What the machine waits for.
    enum Timer: Sendable, Hashable {
        /// The upstream's first event, or its answer to the first configuration.
        case firstEvent
        /// The next step of a replay.
        case replay
        /// A peer that takes no bytes.
        case blocked(isClient: Bool)
        /// The age at which a session is renewed.
        case renewal
        /// The end of what may be finished when the server stops.
        case drain
    }

    /// What has happened.
    enum Input: Sendable {
        /// The client's connection is open.
        case opened
        case message(Peer, Message)
        /// A peer takes no more bytes.
        case blocked(Peer)
        /// It takes bytes again.
        case writable(Peer)
        case closed(Peer, CloseSummary)
        /// The upstream connection of that number is open.
        case upstreamOpened(Int)
        /// It could not be opened.
        case upstreamRefused(Int, UpstreamRefusal)
        /// The server is to stop.
        case drained
        case fired(Timer)
    }

    /// What is to be done.
    enum Action: Sendable, Equatable {
        case connect(Int)
        case send(Peer, Message)
        case pauseReading(Peer, Bool)
        /// Closes a connection, or ends the attempt to open it.
        case close(Peer, CloseCode, String)
        case startTimer(Timer, TimeAmount)
        case cancelTimer(Timer)
        /// Somebody else is to serve the client, who has sent these messages and was told nothing.
        case fallBack([Message])
        /// For the log.
        case note(String)
    }

    /// How far the session is.
    enum Phase: Sendable, Equatable {
        /// The upstream is being opened.
        case connecting
        /// It is open and has sent nothing that counts.
        case greeting
        /// It has shown its session, which is kept back until it has taken our configuration.
        case configuring(created: JSONObject)
        case live
        case ended
    }

    let terms: RelayTerms
    var phase = Phase.connecting
    /// The upstream connection in use.
    var current = 0
    var lastNumber = 0
    var hasGreeted = false
    /// Whether the client has been sent anything.
    var hasShown = false
    var translator: DialectTranslator?
    var held: HeldMessages
    var turns = TurnState()
    var updates = SessionUpdates()
    var log: ReplayLog
    var renewal = Renewal.waiting
    /// Items that this relay has asked the upstream in use for, by the id of the event that did.
    var recalls: [String: String] = [:]
    /// Items of a replay of which the server will still say that they are done.
    var silenced: Set<String> = []
    var flow = Flow()
    var isDraining = false
    private var ownEvents = 0

    init(_ terms: RelayTerms) {
        self.terms = terms
        let settings = terms.settings
        held = HeldMessages(maximumBytes: settings.heldBytes)
        log = ReplayLog(maximumItems: settings.replayedItems, maximumBytes: settings.replayedBytes)
        if terms.client != settings.dialect {
            translator = DialectTranslator(client: terms.client, server: settings.dialect)
        }
    }

    /// Whether sessions are renewed, so that what passes has to be remembered.
    var renews: Bool { terms.settings.renewSeconds != nil }

    /// Takes an input and appends what is to be done.
    mutating func received(_ input: Input, into actions: inout [Action]) {
        if phase == .ended { return }
        switch input {
        case .opened: connect(&actions)
        case .message(.client, let message): clientSent(message, &actions)
        case .message(.upstream(let number), let message): upstreamSent(number, message, &actions)
        case .blocked(let peer): blocked(peer, &actions)
        case .writable(let peer): writable(peer, &actions)
        case .closed(.client, let summary): clientClosed(summary, &actions)
        case .closed(.upstream(let number), let summary): upstreamClosed(number, summary, &actions)
        case .upstreamOpened(let number): upstreamOpened(number, &actions)
        case .upstreamRefused(let number, let refusal): upstreamRefused(number, refusal, &actions)
        case .drained: drain(&actions)
        case .fired(let timer): fired(timer, &actions)
        }
        considerRenewal(&actions)
    }

    private mutating func connect(_ actions: inout [Action]) {
        if let refusal = terms.refusal { return refuse(refusal, &actions) }
        current = nextNumber()
        actions.append(.connect(current))
    }

    private mutating func fired(_ timer: Timer, _ actions: inout [Action]) {
        switch timer {
        case .firstEvent: firstEventIsLate(&actions)
        case .replay: replayIsLate(&actions)
        case .blocked: blockedTooLong(timer, &actions)
        case .renewal: if renewal.isWaiting { renewal = .due }
        case .drain: closeForShutdown(&actions)
        }
    }

    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// An id that cannot be mistaken for one of the upstream's or of the translator's.
    mutating func nextEventID() -> String {
        ownEvents += 1
        return "event_relay_\(ownEvents)"
    }

    // MARK: The end

    private mutating func clientClosed(_ summary: CloseSummary, _ actions: inout [Action]) {
        let close = RelayClose.toUpstream(summary)
        actions.append(.close(.upstream(current), close.code, close.reason))
        end(&actions)
    }

    /// Tells the client why there is no session, or lets somebody else serve it.
    mutating func refuse(_ refusal: UpstreamRefusal, _ actions: inout [Action]) {
        actions.append(.note(refusal.error.message))
        if current > 0 { actions.append(.close(.upstream(current), .normalClosure, "")) }
        if terms.settings.fallback != nil, !hasShown {
            let messages = held.takeAll()
            resume(&actions)
            end(&actions)
            return actions.append(.fallBack(messages))
        }
        sendError(refusal.error, &actions)
        closeClient(RelayClose(refusal.closeCode, refusal.closeReason), &actions)
    }

    /// Ends the client's connection, and everything with it.
    mutating func closeClient(_ close: RelayClose, _ actions: inout [Action]) {
        actions.append(.close(.client, close.code, close.reason))
        end(&actions)
    }

    private mutating func end(_ actions: inout [Action]) {
        if let number = renewal.number {
            actions.append(.close(.upstream(number), .normalClosure, ""))
        }
        for timer: Timer in [
            .firstEvent, .replay, .blocked(isClient: true), .blocked(isClient: false), .renewal, .drain,
        ] {
            actions.append(.cancelTimer(timer))
        }
        phase = .ended
    }

    private mutating func drain(_ actions: inout [Action]) {
        guard !isDraining else { return }
        guard phase == .live, turns.isResponding else { return closeForShutdown(&actions) }
        isDraining = true
        actions.append(.startTimer(.drain, terms.drainDeadline))
    }

    mutating func closeForShutdown(_ actions: inout [Action]) {
        actions.append(.close(.upstream(current), .goingAway, "The relay is shutting down."))
        closeClient(
            RelayClose(.goingAway, "The server is shutting down. Connect again in a moment."),
            &actions
        )
    }

    // MARK: What the client is sent

    mutating func sendToClient(_ object: JSONObject, _ actions: inout [Action]) {
        sendToClient(Message(kind: .text, payload: object.message), &actions)
    }

    mutating func sendToClient(_ message: Message, _ actions: inout [Action]) {
        hasShown = true
        actions.append(.send(.client, message))
    }

    mutating func sendError(_ error: RealtimeError, _ actions: inout [Action]) {
        sendToClient(ServerEvent.error(error).object(eventID: nextEventID()), &actions)
    }
}

/// What one session is to be.
struct RelayTerms: Sendable {
    let settings: RelaySettings
    /// The client's dialect.
    let client: Dialect
    /// What the session begins with, in GA form; empty to leave it as the upstream has it.
    var configuration: JSONObject = [:]
    /// The model that the client named, and the one that is used for it.
    var model: (asked: String, used: String)?
    /// How long a response may still take when the server stops.
    var drainDeadline = TimeAmount.seconds(5)
    /// Why the client gets no session, if that is known before the upstream is asked.
    var refusal: UpstreamRefusal?

    /// Whether events of the client have to be read even if its dialect is the upstream's.
    var looksIntoEvents: Bool {
        settings.policy.looksAtMembers || model.map { $0.asked != $0.used } ?? false
    }
}

extension JSONObject {
    /// The object as the payload of a text message.
    var message: ByteBuffer {
        var buffer = ByteBuffer()
        write(into: &buffer)
        return buffer
    }

    /// Reads a message; nil if it is no JSON object.
    init?(payload: ByteBuffer) {
        guard let object = (try? JSON(parsing: payload))?.objectValue else { return nil }
        self = object
    }
}
