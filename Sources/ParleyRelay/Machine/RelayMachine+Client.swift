// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

// What the client sends.
extension RelayMachine {
    /// Whether messages have to wait for the upstream.
    private var holdsMessages: Bool { phase != .live || renewal.isReplaying }

    mutating func clientSent(_ message: Message, _ actions: inout [Action]) {
        guard holdsMessages else { return forward(message, &actions) }
        held.append(message)
        updateFlow(&actions)
    }

    /// Hands on what was held.
    mutating func releaseHeld(_ actions: inout [Action]) {
        for message in held.takeAll() { forward(message, &actions) }
        updateFlow(&actions)
    }

    private mutating func forward(_ message: Message, _ actions: inout [Action]) {
        guard message.kind == .text else { return actions.append(.send(.upstream(current), message)) }
        let kind = EventKind.ofClient(message.payload)
        guard mustRead(kind, message.payload) else { return pass(kind, message, &actions) }
        if let event = JSONObject(payload: message.payload) { return read(event, &actions) }
        // The upstream says best what is wrong with it; but another reader may find in it what the policy forbids.
        guard terms.settings.policy.looksAtMembers else { return pass(kind, message, &actions) }
        sendError(.invalidEvent("The message is not a JSON object."), &actions)
    }

    private mutating func pass(_ kind: EventKind, _ message: Message, _ actions: inout [Action]) {
        note(kind, message.payload)
        actions.append(.send(.upstream(current), message))
    }

    /// Whether a message cannot be handed on as it is.
    private func mustRead(_ kind: EventKind, _ payload: ByteBuffer) -> Bool {
        guard translator != nil || terms.looksIntoEvents else { return false }
        // Towards GA audio passes unchanged; towards beta the translation measures it.
        guard kind == .append, terms.settings.dialect == .ga || translator == nil else { return true }
        return !EventTypeScanner.isPlainAppend(payload)
    }

    private mutating func read(_ event: JSONObject, _ actions: inout [Action]) {
        var event = event
        do throws(RealtimeError) {
            if terms.looksIntoEvents {
                leaveOutModel(&event)
                event = try terms.settings.policy.applied(to: event, dialect: terms.client)
            }
        } catch {
            var error = error
            error.eventID = event["event_id"]?.stringValue
            return sendError(error, &actions)
        }
        let outcome = translator?.clientEvent(event) ?? .forward(event)
        noteDropped(&actions)
        switch outcome {
        case .forward(let translated):
            let payload = translated.message
            note(EventKind.ofClient(payload), payload)
            actions.append(.send(.upstream(current), Message(kind: .text, payload: payload)))
        case .answer(let answers):
            for answer in answers { sendToClient(answer, &actions) }
        }
    }

    /// A client may repeat the model that it asked for, whatever is used for it.
    private func leaveOutModel(_ event: inout JSONObject) {
        guard let model = terms.model, model.asked != model.used, event["session"]?["model"] == .string(model.asked)
        else { return }
        event.set(nil, atPath: ["session", "model"])
    }

    mutating func noteDropped(_ actions: inout [Action]) {
        guard let dropped = translator?.dropped, !dropped.isEmpty else { return }
        actions.append(
            .note("left out, since the other dialect has no place for it: \(dropped.joined(separator: ", "))")
        )
    }

    /// Remembers what a message in the words of the upstream means for later.
    private mutating func note(_ kind: EventKind, _ payload: ByteBuffer) {
        turns.sent(kind)
        guard renews else { return }
        log.sent(kind, bytes: payload.readableBytes)
        switch kind {
        case .sessionUpdate: if let event = JSONObject(payload: payload) { updates.sent(event) }
        case .append: renewal.carry(payload)
        default: break
        }
    }
}
