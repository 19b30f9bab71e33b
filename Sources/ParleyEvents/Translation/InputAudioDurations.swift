// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

/// How long committed user audio lasted, for the `usage` that GA models require and a beta server may leave out.
struct InputAudioDurations: Sendable {
    /// Items and commits are remembered up to this number; older ones count as unknown.
    static let limit = 32

    private struct Item {
        let id: String
        var startMilliseconds: Int?
        var milliseconds: Int?
    }

    private var items: [Item] = []
    private var format = AudioFormat.pcm
    private var appendedBytes = 0
    /// Sizes in bytes of what the client committed and the server has not confirmed yet.
    private var commits: [Int] = []

    /// The server showed its session, in the beta dialect.
    mutating func sessionShown(_ session: JSONObject) {
        format = AudioFormat(beta: session["input_audio_format"]) ?? format
    }

    /// The client appended base64 audio.
    mutating func appended(_ audio: JSON?) {
        guard let characters = audio?.stringValue?.utf8.count else { return }
        appendedBytes += characters / 4 * 3
    }

    /// The client asked for a commit.
    mutating func commitRequested() {
        commits.append(appendedBytes)
        appendedBytes = 0
        if commits.count > Self.limit { commits.removeFirst() }
    }

    /// The server refused a commit.
    mutating func commitRefused() {
        guard !commits.isEmpty else { return }
        appendedBytes += commits.removeFirst()
    }

    /// The client emptied the buffer.
    mutating func cleared() { appendedBytes = 0 }

    /// The server heard speech begin.
    mutating func speechStarted(_ event: JSONObject) {
        guard let id = event["item_id"]?.stringValue else { return }
        remember(Item(id: id, startMilliseconds: event["audio_start_ms"]?.intValue))
    }

    /// The server heard speech end.
    mutating func speechStopped(_ event: JSONObject) {
        guard let index = index(of: event["item_id"]), let end = event["audio_end_ms"]?.intValue,
            let start = items[index].startMilliseconds
        else { return }
        let (milliseconds, overflow) = end.subtractingReportingOverflow(start)
        items[index].milliseconds = overflow ? nil : max(0, milliseconds)
    }

    /// The server turned the buffer into an item.
    mutating func committed(_ event: JSONObject) {
        if let index = index(of: event["item_id"]), items[index].milliseconds != nil {
            appendedBytes = 0
            return
        }
        let bytes: Int
        if commits.isEmpty {
            bytes = appendedBytes
            appendedBytes = 0
        } else {
            bytes = commits.removeFirst()
        }
        guard let id = event["item_id"]?.stringValue else { return }
        remember(Item(id: id, milliseconds: bytes / format.bytesPerMillisecond))
    }

    /// The item's transcription ended: its usage, with 0 seconds if nothing is known.
    mutating func takeUsage(of id: JSON?) -> JSON {
        var milliseconds = 0
        if let index = index(of: id) { milliseconds = items.remove(at: index).milliseconds ?? 0 }
        return ["type": "duration", "seconds": JSON(Double(milliseconds) / 1000)]
    }

    private func index(of id: JSON?) -> Int? {
        guard let id = id?.stringValue else { return nil }
        return items.firstIndex { $0.id == id }
    }

    private mutating func remember(_ item: Item) {
        items.removeAll { $0.id == item.id }
        items.append(item)
        if items.count > Self.limit { items.removeFirst() }
    }
}
