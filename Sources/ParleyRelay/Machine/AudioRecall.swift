// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// What users said and nobody wrote down, as it is asked back from the session in use to be replayed into the next one.
///
/// One recording at a time, the latest first, until they would take too much: the relay itself keeps no sound.
struct AudioRecall: Sendable {
    private let maximumBytes: Int
    private var bytes = 0
    private var isOver = false
    private var asked: Set<String> = []
    /// The item whose sound is awaited.
    private(set) var awaited: String?
    /// Base64 by item, then by the place of the part in its content.
    private(set) var sounds: [String: [Int: JSON]] = [:]

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// The item to ask for now; `unheard` are those without words, the latest first, with about how many bytes their
    /// sound takes.
    mutating func next(of unheard: [(id: String, bytes: Int)]) -> String? {
        guard !isOver, awaited == nil, let item = unheard.first(where: { !asked.contains($0.id) }) else { return nil }
        // What is older than one that is too large is not worth more than it.
        guard bytes + item.bytes <= maximumBytes else {
            isOver = true
            return nil
        }
        asked.insert(item.id)
        awaited = item.id
        return item.id
    }

    /// The session in use has shown an item, or has none of that id.
    mutating func received(_ item: JSONObject?, of id: String) {
        guard awaited == id else { return }
        awaited = nil
        var parts: [Int: JSON] = [:]
        for (place, part) in (item?["content"]?.arrayValue ?? []).enumerated() {
            if let audio = part["audio"], audio.stringValue?.isEmpty == false { parts[place] = audio }
        }
        let size = parts.values.reduce(0) { $0 + ($1.stringValue?.utf8.count ?? 0) }
        guard bytes + size <= maximumBytes else {
            isOver = true
            return
        }
        bytes += size
        if !parts.isEmpty { sounds[id] = parts }
    }

    /// The session in use does not answer: what is there will do.
    mutating func giveUp() {
        awaited = nil
        isOver = true
    }
}
