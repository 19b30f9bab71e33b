// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import ParleyEvents

extension RealtimeClient {
    /// Most bytes of sound in one event: 10 s of PCM.
    private static let appendBytes = 480_000

    /// Changes the session; without a connection, that of the next one.
    ///
    /// - Throws: If the connection ends meanwhile; the settings are then those of the next one.
    public func update(_ settings: SessionSettings) async throws(RealtimeClientError) {
        self.settings = settings
        if api != nil { try await sendSettings() }
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
    ///
    /// - Returns: The response, to be waited for by whoever wants to.
    @discardableResult
    public func sendMessage(_ text: String) async throws(RealtimeClientError) -> PendingResponse {
        try await sendMessage([.inputText(text)])
    }

    /// Sends a message of the person's with text, sound or pictures, and asks for a response.
    ///
    /// - Returns: The response, to be waited for by whoever wants to.
    @discardableResult
    public func sendMessage(_ content: [ContentPart]) async throws(RealtimeClientError) -> PendingResponse {
        try await addItem(Item(id: ClientIDs.item(), kind: .message(role: .user, content: content)))
        return try await createResponse()
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
    ///
    /// - Returns: The response, to be waited for by whoever wants to.
    @discardableResult
    public func createResponse(
        _ overrides: ResponseOverrides = ResponseOverrides()
    ) async throws(RealtimeClientError) -> PendingResponse {
        if uncommittedBytes > 0, let session = conversation.session, session.input.turnDetection == nil {
            uncommittedBytes = 0
            try await send(.inputAudioBufferCommit)
        }
        let wanted = ResponseQueue.Wanted(eventID: ClientIDs.event(), overrides: overrides)
        let handle = pending.expect(request: wanted.eventID)
        try await want(wanted)
        return PendingResponse(handle: handle, client: self)
    }

    /// Asks for what follows a response that called functions.
    func goOn(after response: String) async {
        let wanted = ResponseQueue.Wanted(eventID: ClientIDs.event(), overrides: ResponseOverrides())
        pending.asked(wanted.eventID, following: response)
        // Who waits for it is told why it does not come.
        try? await want(wanted)
    }

    private func want(_ wanted: ResponseQueue.Wanted) async throws(RealtimeClientError) {
        do throws(RealtimeClientError) {
            if let next = try responses.want(wanted) { try await ask(next) }
        } catch {
            tell(pending.settle(wanted.eventID, .failure(error)))
            throw error
        }
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
        if let running = responses.running { try await send(.responseCancel(responseID: running)) }
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
}
