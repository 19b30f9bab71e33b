// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// The items of a conversation in order, with what else is known of them.
package struct ConversationLog: Sendable {
    private let limits: SessionLimits
    private var entries: [Entry] = []
    private var storedAudioBytes = 0
    private var storedTextBytes = 0

    /// A conversation without items.
    package init(limits: SessionLimits) { self.limits = limits }

    /// The ids in order.
    package var ids: [String] { entries.compactMap(\.item.id) }

    /// The id of the last item.
    package var lastID: String? { entries.last?.item.id }

    /// The entry with that id.
    package subscript(id: String) -> Entry? { index(of: id).map { entries[$0] } }

    // Recent items are the ones asked for.
    private func index(of id: String) -> Int? { entries.lastIndex { $0.item.id == id } }

    /// Adds an item at the end; gives its predecessor's id.
    package mutating func append(_ entry: Entry) -> String? {
        let predecessor = lastID
        insert(entry, at: entries.count)
        return predecessor
    }

    /// Adds an item: after the one named, first for `root`, last for `nil`.
    ///
    /// Gives its predecessor's id.
    package mutating func insert(_ entry: Entry, after previous: String?) throws(RealtimeError) -> String? {
        guard let previous else { return append(entry) }
        if previous == "root" {
            insert(entry, at: 0)
            return nil
        }
        guard let index = index(of: previous) else {
            throw RealtimeError(
                code: "item_create_invalid_previous_item_id",
                message: "Error adding item: the previous item with id '\(previous)' does not exist."
            )
        }
        insert(entry, at: index + 1)
        return previous
    }

    private mutating func insert(_ entry: Entry, at index: Int) {
        entries.insert(entry, at: index)
        count(entry, +1)
        forgetOldAudio()
    }

    /// Changes an entry in place.
    package mutating func update(_ id: String, _ change: (inout Entry) -> Void) {
        guard let index = index(of: id) else { return }
        count(entries[index], -1)
        change(&entries[index])
        count(entries[index], +1)
        forgetOldAudio()
    }

    /// Removes an item; `false` if there is none with that id.
    package mutating func remove(_ id: String) -> Bool {
        guard let index = index(of: id) else { return false }
        count(entries.remove(at: index), -1)
        return true
    }

    /// Removes the oldest item if there are more, or longer ones, than the limits allow; gives its id.
    ///
    /// The last item stays whatever its length: it is what the client has just said.
    package mutating func dropOldestBeyondLimit() -> String? {
        let isTooLong = storedTextBytes > limits.storedTextBytes && entries.count > 1
        guard entries.count > limits.items || isTooLong else { return nil }
        let dropped = entries.removeFirst()
        count(dropped, -1)
        return dropped.item.id
    }

    private mutating func count(_ entry: Entry, _ sign: Int) {
        storedAudioBytes += sign * entry.audioBytes
        storedTextBytes += sign * entry.textBytes
    }

    private mutating func forgetOldAudio() {
        for index in entries.indices {
            guard storedAudioBytes > limits.storedAudioBytes else { return }
            storedAudioBytes -= entries[index].audioBytes
            entries[index].forgetAudio()
        }
    }

    /// Whether a function call with that id was made.
    package func hasCall(_ callID: String) -> Bool {
        entries.contains { entry in
            guard case .functionCall(_, callID, _) = entry.item.kind else { return false }
            return true
        }
    }

    /// Notes what was said in a recording.
    package mutating func transcribed(_ id: String, as transcript: String) {
        update(id) { entry in
            guard case .message(let role, var content) = entry.item.kind,
                case .inputAudio(let audio, _)? = content.first
            else { return }
            content[0] = .inputAudio(audio: audio, transcript: transcript)
            entry.item.kind = .message(role: role, content: content)
        }
    }

    /// The conversation as a model sees it.
    package var context: [ContextItem] { entries.flatMap { $0.isOutOfContext ? [] : $0.context } }
}
