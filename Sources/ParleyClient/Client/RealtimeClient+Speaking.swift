// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import ParleyEvents

extension RealtimeClient {
    /// Most bytes of sound in one event: 10 s of PCM.
    private static let appendBytes = 480_000

    /// Changes the session.
    ///
    /// - Throws: If there is no connection; the settings are then those of the next one.
    public func update(_ settings: SessionSettings) async throws(RealtimeClientError) {
        self.settings = settings
        try await sendSettings()
    }

    func sendSettings() async throws(RealtimeClientError) {
        let object = settings.object(tools: tools.values.map(\.definition).sorted { Self.name($0) < Self.name($1) })
        // Only `type`: nothing is wanted.
        guard object.names != ["type"] else { return }
        try await sendNow(.sessionUpdate(object))
    }

    private static func name(_ tool: Tool) -> String {
        guard case .function(let name, _, _) = tool else { return "" }
        return name
    }

    /// Sends a message of the person's and asks for a response.
    public func sendMessage(_ text: String) async throws(RealtimeClientError) {
        try await sendMessage([.inputText(text)])
    }

    /// Sends a message of the person's with text, sound or pictures, and asks for a response.
    public func sendMessage(_ content: [ContentPart]) async throws(RealtimeClientError) {
        try await addItem(Item(id: ClientIDs.item(), kind: .message(role: .user, content: content)))
        try await createResponse()
    }

    /// Adds an item to the conversation.
    ///
    /// - Parameters:
    ///   - item: With an id, or the server gives it one.
    ///   - previous: The item it comes after; `root` = first, nil = last.
    /// - Throws: If there is no connection.
    public func addItem(_ item: Item, after previous: String? = nil) async throws(RealtimeClientError) {
        try await send(.conversationItemCreate(item, previousItemID: previous))
    }

    /// Removes an item from the conversation.
    public func deleteItem(_ id: String) async throws(RealtimeClientError) {
        try await send(.conversationItemDelete(itemID: id))
    }

    /// Sends sound as it is recorded: bytes in the session's input format, whole samples of one channel.
    ///
    /// With turn detection that is all there is to do; without, ``createResponse(_:)`` ends the turn.
    public func sendAudio(_ audio: ByteBuffer) async throws(RealtimeClientError) {
        let format = conversation.session?.input.format ?? .pcm
        guard audio.readableBytes % format.bytesPerSample == 0 else {
            throw .audioMalformed(format, bytes: audio.readableBytes)
        }
        var rest = audio
        while let piece = rest.readSlice(length: min(rest.readableBytes, Self.appendBytes)), piece.readableBytes > 0 {
            try await send(.inputAudioBufferAppend(piece))
            conversation.sent(audio: piece)
            uncommittedBytes += piece.readableBytes
        }
    }

    /// Sends samples of one channel at the rate of the session's input format, 24,000 Hz for PCM.
    public func sendAudio(_ samples: [Int16]) async throws(RealtimeClientError) {
        let format = conversation.session?.input.format ?? .pcm
        try await sendAudio(ByteBuffer(bytes: RealtimeAudio.bytes(samples, as: format)))
    }

    /// Sends sound as a source gives it, until it ends.
    public func sendAudio<Source: AsyncSequence>(
        from source: Source
    ) async throws where Source.Element == [Int16] {
        for try await samples in source { try await sendAudio(samples) }
    }

    /// Asks for a response; if one is running it comes after it.
    ///
    /// Without turn detection, sound that was sent is committed first.
    public func createResponse(
        _ overrides: ResponseOverrides = ResponseOverrides()
    ) async throws(RealtimeClientError) {
        if uncommittedBytes > 0, let session = conversation.session, session.input.turnDetection == nil {
            uncommittedBytes = 0
            try await send(.inputAudioBufferCommit)
        }
        let wanted = ResponseQueue.Wanted(eventID: ClientIDs.event(), overrides: overrides)
        if let next = try responses.want(wanted) { try await ask(next) }
    }

    func ask(_ wanted: ResponseQueue.Wanted) async throws(RealtimeClientError) {
        try await send(.responseCreate(wanted.overrides), eventID: wanted.eventID)
    }

    /// Forgets sound that was sent and not committed.
    public func clearAudio() async throws(RealtimeClientError) {
        uncommittedBytes = 0
        try await send(.inputAudioBufferClear)
    }

    /// Stops the running response; what was heard of it stays in the conversation.
    ///
    /// - Parameter position: Where the loudspeaker was (``Playback/stop()``); the model forgets what came after. Nil if
    ///   nothing was being heard.
    /// - Throws: If there is no connection.
    public func interrupt(_ position: Playback.Position? = nil) async throws(RealtimeClientError) {
        if let running = conversation.activeResponseID { try await send(.responseCancel(responseID: running)) }
        guard let position else { return }
        // Never beyond what there is: the server refuses that.
        let end = min(position.milliseconds, conversation[position.itemID]?.audio.durationMS ?? position.milliseconds)
        try await send(
            .conversationItemTruncate(
                itemID: position.itemID,
                contentIndex: position.contentIndex,
                audioEndMS: end
            )
        )
    }

    /// Waits for the next item that is new to the conversation.
    public func nextItem(within limit: Duration? = nil) async throws(RealtimeClientError) -> ConversationEntry {
        try await nextEntry("an item", within: limit) { change in
            guard case .added(let id) = change else { return nil }
            return id
        }
    }

    /// Waits for the next item that is complete.
    public func nextCompletedItem(
        within limit: Duration? = nil
    ) async throws(RealtimeClientError) -> ConversationEntry {
        try await nextEntry("a complete item", within: limit) { change in
            guard case .completed(let id) = change else { return nil }
            return id
        }
    }

    /// Waits for the end of the next response.
    public func nextResponse(within limit: Duration? = nil) async throws(RealtimeClientError) -> Response {
        let update = try await wait(for: "response.done", within: limit) { update in
            guard case .event(let received) = update, case .responseDone = received.event else { return false }
            return true
        }
        guard case .event(let received) = update, case .responseDone(let response) = received.event else {
            throw .notConnected
        }
        return response
    }

    private func nextEntry(
        _ what: String,
        within limit: Duration?,
        _ id: @escaping @Sendable (ConversationChange) -> String?
    ) async throws(RealtimeClientError) -> ConversationEntry {
        while true {
            let update = try await wait(for: what, within: limit) { update in
                guard case .change(let change) = update else { return false }
                return id(change) != nil
            }
            // It may have been removed since.
            if case .change(let change) = update, let id = id(change), let entry = conversation[id] { return entry }
        }
    }
}
