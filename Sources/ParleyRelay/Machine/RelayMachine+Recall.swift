// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

// Speech without a transcript is asked back from the session in use (`conversation.item.retrieve`, which answers with
// the sound) before its conversation is replayed: nobody else has it.
extension RelayMachine {
    /// Bytes of sound that are replayed; what a message of the upstream may hold is the bound, too, as a longer one would
    /// end the session.
    var recallBytes: Int { min(terms.settings.replayedAudioBytes, terms.settings.maxMessageBytes / 2) }

    /// Asks for the next piece of sound, or goes on to the replay when all is there.
    mutating func recallOrReplay(_ opening: Renewal.Opening, _ actions: inout [Action]) {
        guard opening.recall.awaited == nil else { return }
        var opening = opening
        let id = opening.recall.next(of: log.unheard)
        renewal = .opening(opening)
        guard let id else { return replay(opening, &actions) }
        let eventID = nextEventID()
        recalls[id] = eventID
        let event: JSONObject = [
            "type": "conversation.item.retrieve", "event_id": .string(eventID), "item_id": .string(id),
        ]
        actions.append(.send(.upstream(current), Message(kind: .text, payload: event.message)))
        actions.append(.startTimer(.replay, stepDeadline))
    }

    /// Whether a message is the upstream's answer to a question of this relay; then it is no business of the client.
    mutating func isRecalled(_ kind: EventKind, _ message: Message, _ actions: inout [Action]) -> Bool {
        guard !recalls.isEmpty, kind == .itemRetrieved || kind == .error,
            let event = JSONObject(payload: message.payload)
        else { return false }
        let item = event["item"]?.objectValue
        let id: String?
        if kind == .itemRetrieved {
            id = item?["id"]?.stringValue
        } else {
            let cause = event["error"]?["event_id"]?.stringValue
            id = recalls.first { $0.value == cause }?.key
        }
        guard let id, recalls.removeValue(forKey: id) != nil else { return false }
        guard case .opening(var opening) = renewal, opening.recall.awaited == id else { return true }
        // Else there would be two owners, and a copy.
        renewal = .waiting
        opening.recall.received(item, of: id)
        renewal = .opening(opening)
        actions.append(.cancelTimer(.replay))
        return true
    }

    /// What was asked last has not been answered in time.
    mutating func replayIsLate(_ actions: inout [Action]) {
        guard case .opening(var opening) = renewal, opening.recall.awaited != nil else {
            return giveUpRenewal("its server did not answer in time", &actions)
        }
        opening.recall.giveUp()
        renewal = .opening(opening)
        actions.append(.note("the upstream did not give back what was said; the rest is replayed without"))
    }
}
