// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

// What the upstream does and says.
extension RelayMachine {
    mutating func upstreamOpened(_ number: Int, _ actions: inout [Action]) {
        guard number == current else { return renewalOpened(number, &actions) }
        actions.append(.startTimer(.firstEvent, .seconds(Int64(terms.settings.firstEventSeconds))))
        if let age = terms.settings.renewSeconds { actions.append(.startTimer(.renewal, .seconds(Int64(age)))) }
        phase = .greeting
        // The client need not wait if nothing has to come first.
        if terms.configuration.isEmpty, terms.settings.fallback == nil { begin(&actions) }
    }

    mutating func upstreamRefused(_ number: Int, _ refusal: UpstreamRefusal, _ actions: inout [Action]) {
        guard number == current else {
            if number == renewal.number { giveUpRenewal(refusal.error.message, &actions) }
            return
        }
        refuse(refusal, &actions)
    }

    mutating func upstreamClosed(_ number: Int, _ summary: CloseSummary, _ actions: inout [Action]) {
        guard number == current else {
            if number == renewal.number { giveUpRenewal("its server closed the connection", &actions) }
            return
        }
        if !hasGreeted { return refuse(.closed(summary), &actions) }
        if renewal.lost(current: summary) { return }
        closeClient(.toClient(summary), &actions)
    }

    /// From here on messages pass.
    private mutating func begin(_ actions: inout [Action]) {
        phase = .live
        releaseHeld(&actions)
    }

    mutating func firstEventIsLate(_ actions: inout [Action]) {
        guard hasGreeted else { return refuse(.silent(seconds: terms.settings.firstEventSeconds), &actions) }
        guard case .configuring(let created) = phase else { return }
        actions.append(.note("the upstream did not answer the session's first configuration"))
        show(.sessionCreated, created, &actions)
        begin(&actions)
    }

    mutating func upstreamSent(_ number: Int, _ message: Message, _ actions: inout [Action]) {
        guard number == current else { return renewalSent(number, message, &actions) }
        let kind = message.kind == .text ? EventKind.ofServer(message.payload) : .other
        if phase == .live, hasGreeted {
            return isRecalled(kind, message, &actions) ? () : show(kind, message, &actions)
        }
        greeted(kind, message, &actions)
    }

    /// Takes what comes before the session is under way.
    private mutating func greeted(_ kind: EventKind, _ message: Message, _ actions: inout [Action]) {
        if !hasGreeted {
            hasGreeted = true
            actions.append(.cancelTimer(.firstEvent))
        }
        if kind == .error, !isConfiguring { return refusedInBand(message, &actions) }
        switch (phase, kind) {
        case (.greeting, .sessionCreated) where !terms.configuration.isEmpty:
            guard let created = JSONObject(payload: message.payload), let update = configurationUpdate() else { break }
            phase = .configuring(created: created)
            updates.sent(update)
            actions.append(.send(.upstream(current), Message(kind: .text, payload: update.message)))
            return actions.append(
                .startTimer(.firstEvent, .seconds(Int64(terms.settings.firstEventSeconds)))
            )
        case (.configuring(let created), .sessionUpdated): return configured(created, message, &actions)
        case (.configuring(let created), .error):
            updates.refused(JSONObject(payload: message.payload) ?? [:])
            let text = JSONObject(payload: message.payload)?["error"]?["message"]?.stringValue ?? "no message"
            actions.append(.note("the upstream refused the session's first configuration: \(text)"))
            actions.append(.cancelTimer(.firstEvent))
            show(.sessionCreated, created, &actions)
            return begin(&actions)
        default: break
        }
        show(kind, message, &actions)
        if phase == .greeting { begin(&actions) }
    }

    private var isConfiguring: Bool {
        if case .configuring = phase { return true }
        return false
    }

    /// The session that the client is to begin with, in the words of the upstream.
    private mutating func configurationUpdate() -> JSONObject? {
        var session = terms.configuration
        // The address has settled it.
        session["model"] = nil
        if session["type"] == nil { session["type"] = "realtime" }
        let update: JSONObject = [
            "type": "session.update", "event_id": .string(nextEventID()), "session": .object(session),
        ]
        var translator = DialectTranslator(client: .ga, server: terms.settings.dialect)
        guard case .forward(let translated) = translator.clientEvent(update) else { return nil }
        return translated
    }

    /// The session is shown to the client as created like this.
    private mutating func configured(_ created: JSONObject, _ message: Message, _ actions: inout [Action]) {
        actions.append(.cancelTimer(.firstEvent))
        updates.accepted()
        var shown = created
        if let session = JSONObject(payload: message.payload)?["session"] { shown["session"] = session }
        show(.sessionCreated, shown, &actions)
        begin(&actions)
    }

    /// The upstream's first event is an error: it has opened the WebSocket only to say so.
    private mutating func refusedInBand(_ message: Message, _ actions: inout [Action]) {
        let error = JSONObject(payload: message.payload)?["error"]
        let code = error?["code"]?.stringValue ?? "no code"
        if code == "beta_api_shape_disabled" { return refuse(.betaRefused, &actions) }
        if terms.settings.fallback != nil {
            let text = error?["message"]?.stringValue ?? ""
            return refuse(UpstreamRefusal("upstream_refused", "The upstream said \(code): \(text)"), &actions)
        }
        // What the upstream is told of its key is no business of the client.
        let text = String(buffer: message.payload)
        if let key = terms.settings.key, !key.isEmpty, text.contains(key) {
            let masked = Message(kind: .text, payload: ByteBuffer(string: text.replacing(key, with: "***")))
            return show(.error, masked, &actions)
        }
        show(.error, message, &actions)
    }

    // MARK: Handing on

    private mutating func show(_ kind: EventKind, _ message: Message, _ actions: inout [Action]) {
        let isRead = translator != nil || mustRemember(kind)
        guard message.kind == .text, isRead, let event = JSONObject(payload: message.payload) else {
            turns.received(kind, nil)
            if kind == .speechStarted { log.speechStarted() }
            sendToClient(message, &actions)
            return drainIfDone(kind, &actions)
        }
        guard !isSilenced(kind, event) else { return }
        remember(kind, event)
        guard translator != nil else {
            sendToClient(message, &actions)
            return drainIfDone(kind, &actions)
        }
        translate(event, &actions)
        drainIfDone(kind, &actions)
    }

    /// Shows an event that has been made or changed here.
    private mutating func show(_ kind: EventKind, _ event: JSONObject, _ actions: inout [Action]) {
        remember(kind, event)
        guard translator != nil else { return sendToClient(event, &actions) }
        translate(event, &actions)
    }

    private mutating func translate(_ event: JSONObject, _ actions: inout [Action]) {
        let shown = translator?.serverEvent(event) ?? []
        noteDropped(&actions)
        for event in shown { sendToClient(event, &actions) }
        if translator?.wasRefusedAsBeta ?? false { refuse(.betaRefused, &actions) }
    }

    private func mustRemember(_ kind: EventKind) -> Bool {
        guard renews else { return false }
        switch kind {
        case .sessionCreated, .sessionUpdated, .itemAdded, .itemDone, .itemDeleted, .itemTruncated,
            .transcriptionCompleted, .transcriptionFailed, .outputItemDone, .committed, .cleared, .error:
            return true
        default: return false
        }
    }

    private mutating func remember(_ kind: EventKind, _ event: JSONObject) {
        turns.received(kind, event)
        guard renews else { return }
        switch kind {
        case .sessionUpdated: updates.accepted()
        case .error: updates.refused(event)
        case .committed:
            renewal.forgetAudio()
            log.received(kind, event)
        default: log.received(kind, event)
        }
    }

    /// Whether the event is only about what was replayed.
    private mutating func isSilenced(_ kind: EventKind, _ event: JSONObject) -> Bool {
        guard kind == .itemDone, !silenced.isEmpty, let id = event["item"]?["id"]?.stringValue else { return false }
        return silenced.remove(id) != nil
    }

    private mutating func drainIfDone(_ kind: EventKind, _ actions: inout [Action]) {
        if isDraining, kind == .responseDone, !turns.isResponding { closeForShutdown(&actions) }
    }
}
