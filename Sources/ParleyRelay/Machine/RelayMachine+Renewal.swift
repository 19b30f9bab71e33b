// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import ParleyEvents
internal import ParleyWebSocket

// Before the upstream's limit another session takes the place of the one in use, in a pause and unnoticed by the client.
extension RelayMachine {
    var stepDeadline: TimeAmount { .seconds(Int64(terms.settings.firstEventSeconds)) }

    /// Takes the next step if it is time.
    mutating func considerRenewal(_ actions: inout [Action]) {
        guard phase == .live, !isDraining else { return }
        switch renewal {
        case .waiting: break
        case .due: if isPause { open(&actions) }
        case .opening(let opening): if opening.isReady, isPause { recallOrReplay(opening, &actions) }
        // Something has begun that only the session in use knows of.
        case .replaying(let replay):
            if replay.lost == nil, !turns.isPause {
                giveUpRenewal("the conversation went on", &actions)
            }
        }
    }

    private var isPause: Bool { turns.isPause && updates.isSettled }

    private mutating func open(_ actions: inout [Action]) {
        let number = nextNumber()
        renewal = .opening(.init(number: number, recall: AudioRecall(maximumBytes: recallBytes)))
        actions.append(.connect(number))
    }

    mutating func renewalOpened(_ number: Int, _ actions: inout [Action]) {
        guard number == renewal.number else { return }
        actions.append(.startTimer(.replay, stepDeadline))
    }

    mutating func renewalSent(_ number: Int, _ message: Message, _ actions: inout [Action]) {
        guard number == renewal.number else { return }
        let kind = EventKind.ofServer(message.payload)
        switch renewal {
        case .opening(var opening):
            if kind == .error { return giveUpRenewal(String(buffer: message.payload), &actions) }
            guard kind == .sessionCreated, !opening.isReady else { return }
            actions.append(.cancelTimer(.replay))
            opening.isReady = true
            renewal = .opening(opening)
        case .replaying(let replay): replayed(replay, kind, message, &actions)
        case .waiting, .due: break
        }
    }

    mutating func replay(_ opening: Renewal.Opening, _ actions: inout [Action]) {
        let dialect = terms.settings.dialect
        let peer = Peer.upstream(opening.number)
        var replay = Renewal.Replay(number: opening.number, audio: opening.audio)
        let updateID = nextEventID()
        if let update = updates.replay(eventID: updateID) {
            replay.updateID = updateID
            actions.append(.send(peer, Message(kind: .text, payload: update.message)))
        }
        for (id, item) in log.creations(dialect, with: opening.recall.sounds) {
            let eventID = nextEventID()
            replay.awaited[eventID] = id
            let creation: JSONObject = [
                "type": "conversation.item.create", "event_id": .string(eventID), "item": .object(item),
            ]
            actions.append(.send(peer, Message(kind: .text, payload: creation.message)))
        }
        actions.append(.startTimer(.replay, stepDeadline))
        advance(replay, &actions)
    }

    private mutating func replayed(
        _ replay: Renewal.Replay,
        _ kind: EventKind,
        _ message: Message,
        _ actions: inout [Action]
    ) {
        guard let event = JSONObject(payload: message.payload) else { return }
        var replay = replay
        let id = event["item"]?["id"]?.stringValue
        switch kind {
        case .sessionUpdated: replay.updateID = nil
        case .itemAdded:
            guard let id else { return }
            replay.awaited = replay.awaited.filter { $0.value != id }
            if terms.settings.dialect == .ga { replay.undone.insert(id) }
        case .itemDone: if let id { replay.undone.remove(id) }
        case .error:
            let cause = event["error"]?["event_id"]?.stringValue
            let text = event["error"]?["message"]?.stringValue ?? ""
            // Without its configuration the session would be another one.
            if cause == nil || cause == replay.updateID { return giveUpRenewal(text, &actions) }
            guard let cause, let item = replay.awaited.removeValue(forKey: cause) else { return }
            actions.append(.note("item \(item) is not part of the renewed session: \(text)"))
        default: return
        }
        advance(replay, &actions)
    }

    private mutating func advance(_ replay: Renewal.Replay, _ actions: inout [Action]) {
        renewal = .replaying(replay)
        guard replay.isComplete else { return }
        actions.append(.cancelTimer(.replay))
        if replay.lost == nil { actions.append(.close(.upstream(current), .normalClosure, "Renewed.")) }
        actions.append(.note("the upstream session was renewed"))
        current = replay.number
        recalls = [:]
        silenced = replay.undone
        renewal = .waiting
        if let age = terms.settings.renewSeconds { actions.append(.startTimer(.renewal, .seconds(Int64(age)))) }
        if flow.isClientBlocked { actions.append(.pauseReading(.upstream(current), true)) }
        if turns.hasTurnDetection {
            for audio in replay.audio.messages {
                actions.append(.send(.upstream(current), Message(kind: .text, payload: audio)))
            }
        }
        unblockUpstream(&actions)
        releaseHeld(&actions)
    }

    /// Goes on with the session in use; there will be another try.
    mutating func giveUpRenewal(_ reason: String, _ actions: inout [Action]) {
        guard let number = renewal.number else { return }
        actions.append(.cancelTimer(.replay))
        actions.append(.close(.upstream(number), .normalClosure, ""))
        actions.append(.note("the upstream session was not renewed: \(reason)"))
        var lost: CloseSummary?
        if case .replaying(let replay) = renewal { lost = replay.lost }
        renewal = .waiting
        if let lost { return closeClient(.toClient(lost), &actions) }
        actions.append(.startTimer(.renewal, .seconds(Int64(terms.settings.renewRetrySeconds))))
        releaseHeld(&actions)
    }
}
