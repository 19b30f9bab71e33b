// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import NIOCore
package import ParleyEvents

/// One Realtime session: what the client asks, what the engine answers and what the clock says go in, what is to be
/// done comes out.
///
/// The machine knows nothing of sockets, tasks and dialects. Everything it emits is in the order of the protocol
/// reference, section 7. It never traps on input: whatever a client sends leads to events or to an `error`.
package struct SessionMachine: SessionLogic {
    /// The configuration in force.
    package private(set) var session: Session
    let conversationID: String
    let limits: SessionLimits
    var ids: IDSource
    var conversation: ConversationLog
    var input: InputAudioBuffer
    /// Running responses, oldest first; at most one of them belongs to the conversation.
    var responses: [ResponseMachine] = []
    /// The last responses that have ended, oldest first; at most ``rememberedResponses``.
    var endedResponses: [String] = []
    static let rememberedResponses = 64
    /// How many seconds of speech are being transcribed, by item.
    var transcriptions: [String: Double] = [:]
    /// What may still be used of what is limited by the minute.
    var rates: RateAllowances
    /// Whether the assistant has spoken, which locks the voice.
    var audioWasProduced = false
    /// When the client will have played all audio sent so far, if it plays at once.
    var playbackEnd = NIODeadline.distantPast
    /// The message of the conversation that was spoken last.
    var spokenItemID: String?
    /// When the last response of the conversation had been played, if nothing has happened since.
    var idleSince: NIODeadline?
    /// Whether the connection is to be closed: nothing is said any more.
    private(set) var isOver = false

    /// A session that has not begun.
    ///
    /// - Parameters:
    ///   - session: Its configuration.
    ///   - conversationID: `conv_…`
    ///   - limits: What it may take.
    ///   - ids: Where ids of items, responses and calls come from.
    package init(session: Session, conversationID: String, limits: SessionLimits = SessionLimits(), ids: IDSource) {
        self.session = session
        self.conversationID = conversationID
        self.limits = limits
        self.ids = ids
        conversation = ConversationLog(limits: limits)
        rates = RateAllowances(limits)
        input = InputAudioBuffer(session.input, limits: limits)
    }

    /// The format of the audio that the client appends.
    package var inputFormat: AudioFormat { session.input.format }

    /// Whether an answer is under way.
    package var isResponding: Bool { !responses.isEmpty }

    /// The connection is open: the server speaks first.
    package mutating func opened(into actions: inout [SessionAction]) {
        actions.append(.send(.sessionCreated(session)))
        actions.append(.startTimer(.expiry, after: limits.duration))
    }

    /// A client event that could be read.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - eventID: The id the client gave it, for errors.
    ///   - now: The time.
    ///   - actions: Gets what is to be done.
    package mutating func received(
        _ event: ClientEvent,
        eventID: String?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) {
        guard !isOver else { return }
        do throws(RealtimeError) {
            try handle(event, at: now, into: &actions)
        } catch {
            var error = error
            error.eventID = eventID
            actions.append(.send(.error(error)))
        }
    }

    /// A timer has fired.
    package mutating func fired(_ timer: SessionTimer, at now: NIODeadline, into actions: inout [SessionAction]) {
        guard !isOver else { return }
        switch timer {
        case .expiry:
            end(into: &actions)
            limits.expire(into: &actions)
        case .idle: idled(at: now, into: &actions)
        }
    }

    /// Ends the session at once.
    mutating func end(by action: SessionAction, into actions: inout [SessionAction]) {
        end(into: &actions)
        actions.append(action)
    }

    private mutating func end(into actions: inout [SessionAction]) {
        isOver = true
        for response in responses { actions.append(.engine(.cancel(responseID: response.id))) }
        responses = []
    }

    private mutating func handle(
        _ event: ClientEvent,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        switch event {
        case .sessionUpdate(let update, let temperature):
            try updateSession(update, temperature, at: now, into: &actions)
        case .inputAudioBufferAppend(let audio): try append(audio, at: now, into: &actions)
        case .inputAudioBufferCommit: try commit(into: &actions)
        case .inputAudioBufferClear:
            if input.isAnticipated, let itemID = input.turnItemID {
                actions.append(.engine(.disregard(itemID: itemID)))
            }
            input.clear()
            actions.append(.send(.inputAudioBufferCleared))
        case .conversationItemCreate(let item, let previous):
            try create(item, after: previous, into: &actions)
        case .conversationItemRetrieve(let itemID):
            guard let entry = conversation[itemID] else { throw .noSuchItem(itemID, "retriev") }
            try limits.checkMessage("item_id", entry.item.object(), audioBytes: entry.audioBytes)
            actions.append(.send(.itemRetrieved(entry.itemWithAudio)))
        case .conversationItemDelete(let itemID):
            guard conversation.remove(itemID) else { throw .noSuchItem(itemID, "delet") }
            actions.append(.send(.itemDeleted(itemID: itemID)))
        case .conversationItemTruncate(let itemID, let contentIndex, let end):
            try conversation.truncate(itemID, contentIndex: contentIndex, atMS: end)
            actions.append(.send(.itemTruncated(itemID: itemID, contentIndex: contentIndex, audioEndMS: end)))
        case .responseCreate(let overrides): try startResponse(overrides, at: now, into: &actions)
        case .responseCancel(let responseID): try cancelResponse(responseID, at: now, into: &actions)
        case .outputAudioBufferClear: break
        }
    }

    private mutating func updateSession(
        _ update: JSONObject,
        _ temperature: Double?,
        at now: NIODeadline,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        var changed = session
        try changed.apply(
            update,
            audioWasProduced: audioWasProduced,
            isResponding: isResponding,
            temperature: temperature
        )
        try changed.checkAbilities()
        try limits.checkMessage("session", changed.object)
        try input.configure(changed.input)
        let earlier = session.input.turnDetection
        session = changed
        actions.append(.send(.sessionUpdated(session)))
        updateIdling(from: earlier, at: now, into: &actions)
    }

    private mutating func create(
        _ item: Item,
        after previous: String?,
        into actions: inout [SessionAction]
    ) throws(RealtimeError) {
        if let id = item.id, conversation[id] != nil || id == input.turnItemID {
            throw .invalidValue("item.id", message: "Invalid 'item.id': an item with id '\(id)' already exists.")
        }
        if case .functionCallOutput(let callID, _) = item.kind, !conversation.hasCall(callID) {
            throw RealtimeError(
                code: "invalid_tool_call_id",
                message: "Tool call ID '\(callID)' not found in conversation."
            )
        }
        try item.kind.checkAbilities(conversation)
        try limits.checkMessage("item", item.object())
        var item = identified(item)
        item.status = .completed
        let predecessor = try conversation.insert(
            ConversationLog.Entry(item, format: session.input.format),
            after: previous
        )
        actions.append(.send(.itemAdded(item, previousItemID: predecessor)))
        actions.append(.send(.itemDone(item, previousItemID: predecessor)))
        dropOldItems(into: &actions)
    }

    /// A client's item with the ids that it left to the server.
    mutating func identified(_ item: Item) -> Item {
        var item = item
        item.id = item.id ?? ids.item()
        if case .functionCall(let name, "", let arguments) = item.kind {
            item.kind = .functionCall(name: name, callID: ids.call(), arguments: arguments)
        }
        return item
    }

    mutating func dropOldItems(into actions: inout [SessionAction]) {
        while let dropped = conversation.dropOldestBeyondLimit() {
            actions.append(.send(.itemDeleted(itemID: dropped)))
        }
    }
}

extension RealtimeError {
    /// `doing` is the verb's stem: `retriev`, `delet`, `truncat`.
    static func noSuchItem(_ itemID: String, _ doing: String) -> RealtimeError {
        RealtimeError(
            code: "item_\(doing)e_invalid_item_id",
            message: "Error \(doing)ing item: the item with id '\(itemID)' does not exist."
        )
    }
}
