// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

public import NIOCore
public import ParleyEvents

/// A conversation built from the server's events alone; a value, so that a view can keep any state of it.
///
/// Unknown events change nothing and harm nothing.
public struct Conversation: Sendable, Equatable {
    /// How much is kept.
    public struct Limits: Sendable, Equatable {
        /// Most items, default 2,000; beyond it the oldest is forgotten here, not on the server.
        public var items = 2_000
        /// Most bytes of sound over all items, default 64 MiB (22 minutes of PCM); beyond it the oldest is forgotten.
        public var audioBytes = 64 << 20
        /// Most ms of what the person says that is kept until an item for it comes, default 120 s; 0 keeps none.
        public var inputAudioMS = 120_000

        /// The defaults.
        public init() {}
    }

    private var order: [String] = []
    private var byID: [String: ConversationEntry] = [:]
    private var audioBytes = 0
    private var input: InputAudioHistory
    private let limits: Limits

    /// What comes in and goes out, as the server last said.
    public private(set) var session: Session?
    /// The response that runs in the conversation.
    public private(set) var activeResponseID: String?

    /// An empty conversation.
    public init(limits: Limits = Limits()) {
        self.limits = limits
        input = InputAudioHistory(limitMS: limits.inputAudioMS)
    }

    /// The items in their order.
    public var entries: [ConversationEntry] { order.compactMap { byID[$0] } }

    /// How many items there are.
    public var count: Int { order.count }

    /// The item with that id.
    public subscript(id: String) -> ConversationEntry? { byID[id] }

    /// The last item.
    public var last: ConversationEntry? { order.last.flatMap { byID[$0] } }

    /// Remembers what was sent as the person's voice, so that the item that is made of it has its sound.
    public mutating func sent(audio: ByteBuffer) { input.append(audio, format: session?.input.format ?? .pcm) }

    /// Takes an event in.
    ///
    /// - Returns: What has changed, in order.
    public mutating func apply(_ event: ServerEvent) -> [ConversationChange] {
        switch event {
        case .sessionCreated(let session):
            self.session = session
            // What ran in an earlier session will not end any more.
            activeResponseID = nil
        case .sessionUpdated(let session): self.session = session
        case .itemCreated(let item, let previous), .itemAdded(let item, let previous):
            return put(item, after: previous, isDone: false)
        case .itemDone(let item, let previous): return put(item, after: previous, isDone: true)
        case .itemRetrieved(let item): return put(item, after: nil, isDone: false)
        case .itemTruncated(let id, _, let end): return truncate(id, end)
        case .itemDeleted(let id): return remove(id)
        case .inputAudioBufferCommitted(let id, _): input.committed(id)
        case .inputAudioBufferCleared: input.cleared()
        case .speechStarted(let id, let start):
            input.speechStarted(id, atMS: start)
            return [.interrupted]
        case .speechStopped(let id, let end): input.speechStopped(id, atMS: end)
        default: return applyResponse(event)
        }
        return []
    }

    private mutating func applyResponse(_ event: ServerEvent) -> [ConversationChange] {
        switch event {
        case .responseCreated(let response):
            if response.conversationID != nil { activeResponseID = response.id }
        case .responseDone(let response):
            if activeResponseID == response.id { activeResponseID = nil }
            return response.output.compactMap(\.id).filter { byID[$0]?.isDone == false }.flatMap { complete($0) }
        case .outputItemAdded(let responseID, _, let item):
            let changes = put(item, after: nil, isDone: false)
            if let id = item.id { byID[id]?.responseID = responseID }
            return changes
        case .outputItemDone(_, _, let item): return put(item, after: nil, isDone: true)
        case .inputTranscriptionDelta(let id, let delta, _, _): return spoken(id, delta)
        case .textDelta(let address, let delta):
            return change(address.itemID, .text(delta)) { $0.text += delta }
        case .transcriptDelta(let address, let delta): return spoken(address.itemID, delta)
        case .audioDelta(let address, let audio):
            let changes = change(address.itemID, .audio(audio)) { $0.audio.append(audio) }
            if !changes.isEmpty { count(audio.readableBytes) }
            return changes
        case .argumentsDelta(_, let id, _, _, let delta):
            return change(id, .arguments(delta)) { $0.arguments += delta }
        default: return applyWhole(event)
        }
        return []
    }

    /// Events that tell a part as a whole.
    private mutating func applyWhole(_ event: ServerEvent) -> [ConversationChange] {
        switch event {
        case .inputTranscriptionCompleted(let id, let transcript, _, _, _, _):
            return change(id, .item) { $0.transcript = transcript }
        case .inputTranscriptionFailed(let id, let error, _):
            return change(id, .item) { $0.transcriptionFailure = error }
        case .argumentsDone(_, let id, _, _, _, let arguments):
            guard byID[id]?.arguments != arguments else { return [] }
            return change(id, .item) { $0.arguments = arguments }
        default: return []
        }
    }

    private mutating func spoken(_ id: String, _ words: String) -> [ConversationChange] {
        change(id, .transcript(words)) { $0.transcript += words }
    }

    private mutating func change(
        _ id: String,
        _ delta: ConversationChange.Delta,
        _ body: (inout ConversationEntry) -> Void
    ) -> [ConversationChange] {
        guard byID[id] != nil else { return [] }
        body(&byID[id, default: ConversationEntry(id: id, item: Item(kind: .other(type: "", [:])), audioFormat: .pcm)])
        return [.updated(id, delta)]
    }
}

// MARK: Items

extension Conversation {
    private mutating func put(_ item: Item, after previous: String?, isDone: Bool) -> [ConversationChange] {
        guard let id = item.id else { return [] }
        guard byID[id] == nil else {
            let wasDone = byID[id]?.isDone ?? false
            _ = change(id, .item) {
                $0.update(item)
                $0.isDone = $0.isDone || isDone
            }
            if !wasDone, byID[id]?.isDone ?? false { return [.completed(id)] }
            return [.updated(id, .item)]
        }
        var entry = ConversationEntry(id: id, item: item, audioFormat: format(of: item))
        entry.update(item)
        entry.isDone = entry.isDone || isDone
        if entry.audio.byteCount == 0, let sound = input.take(id) { entry.audio = sound }
        count(entry.audio.byteCount)
        byID[id] = entry
        insert(id, after: previous)
        return entry.isDone ? [.added(id), .completed(id)] : [.added(id)]
    }

    private mutating func insert(_ id: String, after previous: String?) {
        if previous == "root" {
            order.insert(id, at: 0)
        } else if let previous, let place = order.lastIndex(of: previous) {
            order.insert(id, at: place + 1)
        } else {
            order.append(id)
        }
        while order.count > max(1, limits.items) { forget(order.removeFirst()) }
    }

    private func format(of item: Item) -> AudioFormat {
        guard case .message(.assistant, _) = item.kind else { return session?.input.format ?? .pcm }
        return session?.output.format ?? .pcm
    }

    private mutating func complete(_ id: String) -> [ConversationChange] {
        byID[id]?.isDone = true
        return [.completed(id)]
    }

    private mutating func truncate(_ id: String, _ end: Int) -> [ConversationChange] {
        guard let before = byID[id]?.audio.byteCount else { return [] }
        byID[id]?.audio.cut(toMS: end)
        // Nobody knows which of the words were heard.
        byID[id]?.transcript = ""
        audioBytes -= before - (byID[id]?.audio.byteCount ?? 0)
        return [.truncated(id, atMS: end)]
    }

    private mutating func remove(_ id: String) -> [ConversationChange] {
        guard byID[id] != nil else { return [] }
        order.removeAll { $0 == id }
        forget(id)
        return [.removed(id)]
    }

    private mutating func forget(_ id: String) {
        audioBytes -= byID.removeValue(forKey: id)?.audio.byteCount ?? 0
    }

    private mutating func count(_ bytes: Int) {
        audioBytes += bytes
        guard audioBytes > limits.audioBytes else { return }
        for id in order where audioBytes > limits.audioBytes {
            guard let held = byID[id]?.audio.byteCount, held > 0 else { continue }
            audioBytes -= byID[id]?.audio.dropFront(untilAtMost: max(0, held - (audioBytes - limits.audioBytes))) ?? 0
        }
    }
}
