// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// The items of a conversation as the upstream has shown them, to be created again in another session.
///
/// Bounded: of too many the oldest are forgotten, as a model forgets them when its context is full.
struct ReplayLog: Sendable {
    private struct Entry {
        let id: String
        var item: JSONObject
        var bytes: Int
    }

    /// Characters that an assistant says in a second, to cut the transcript of what was interrupted.
    private static let charactersPerSecond = 15
    /// Stands for what a user said and nobody wrote down.
    static let unheard = "[speech without a transcript]"

    private let maximumItems: Int
    private let maximumBytes: Int
    private var entries: [Entry] = []
    private var bytes = 0

    init(maximumItems: Int, maximumBytes: Int) {
        self.maximumItems = max(0, maximumItems)
        self.maximumBytes = max(0, maximumBytes)
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Takes in an event of the server.
    mutating func received(_ kind: EventKind, _ event: JSONObject) {
        switch kind {
        case .itemAdded:
            if let item = event["item"]?.objectValue { insert(item, after: event["previous_item_id"]) }
        case .itemDone, .outputItemDone:
            if let item = event["item"]?.objectValue { replace(item) }
        case .itemDeleted: remove(event["item_id"]?.stringValue)
        case .itemTruncated: truncate(event)
        case .transcriptionCompleted: transcribe(event)
        default: break
        }
    }

    private func index(of id: String?) -> Int? {
        id.flatMap { id in entries.lastIndex { $0.id == id } }
    }

    private mutating func insert(_ item: JSONObject, after previous: JSON?) {
        guard let id = item["id"]?.stringValue, index(of: id) == nil else { return replace(item) }
        let entry = Entry(id: id, item: item, bytes: item.text.utf8.count)
        if let previous = index(of: previous?.stringValue) {
            entries.insert(entry, at: previous + 1)
        } else if previous == .null {
            entries.insert(entry, at: 0)
        } else {
            entries.append(entry)
        }
        bytes += entry.bytes
        trim()
    }

    private mutating func replace(_ item: JSONObject) {
        guard let index = index(of: item["id"]?.stringValue) else { return }
        set(item, at: index)
    }

    private mutating func set(_ item: JSONObject, at index: Int) {
        let size = item.text.utf8.count
        bytes += size - entries[index].bytes
        entries[index].item = item
        entries[index].bytes = size
        trim()
    }

    private mutating func remove(_ id: String?) {
        guard let index = index(of: id) else { return }
        bytes -= entries.remove(at: index).bytes
    }

    private mutating func trim() {
        var dropped = 0
        while dropped < entries.count, entries.count - dropped > maximumItems || bytes > maximumBytes {
            bytes -= entries[dropped].bytes
            dropped += 1
        }
        entries.removeFirst(dropped)
    }

    private mutating func transcribe(_ event: JSONObject) {
        changePart(of: event) { $0["transcript"] = event["transcript"] }
    }

    /// What was not heard is not part of the conversation.
    private mutating func truncate(_ event: JSONObject) {
        let heard = max(0, event["audio_end_ms"]?.intValue ?? 0)
        // More than a transcript can have.
        let characters = min(heard, 1 << 30) * Self.charactersPerSecond / 1000
        changePart(of: event) { part in
            guard let transcript = part["transcript"]?.stringValue else { return }
            part["transcript"] = .string(String(transcript.prefix(characters)))
        }
    }

    private mutating func changePart(of event: JSONObject, _ change: (inout JSONObject) -> Void) {
        guard let index = index(of: event["item_id"]?.stringValue), let place = event["content_index"]?.intValue,
            case .array(var parts)? = entries[index].item["content"], parts.indices.contains(place),
            case .object(var part) = parts[place]
        else { return }
        change(&part)
        parts[place] = .object(part)
        var item = entries[index].item
        item["content"] = .array(parts)
        set(item, at: index)
    }

    /// The items as a client creates them, in their order and with their ids.
    ///
    /// Items of remote tool servers are left out, since no client can create them.
    func creations(_ dialect: Dialect) -> [(id: String, item: JSONObject)] {
        entries.compactMap { entry in
            Self.creation(entry.item, dialect).map { (entry.id, $0) }
        }
    }

    private static func creation(_ shown: JSONObject, _ dialect: Dialect) -> JSONObject? {
        var item: JSONObject = [:]
        for name in ["id", "type", "role", "name", "call_id", "arguments", "output"] {
            if let value = shown[name], !value.isNull { item[name] = value }
        }
        switch shown["type"] {
        case "message":
            let isAssistant = shown["role"] == "assistant"
            let parts = (shown["content"]?.arrayValue ?? []).compactMap(\.objectValue)
            let created = parts.compactMap { part(of: $0, isAssistant: isAssistant, dialect) }
            // An assistant that was interrupted before its first word said nothing.
            if created.isEmpty, isAssistant { return nil }
            item["content"] = .array(
                created.isEmpty ? [["type": "input_text", "text": .string(unheard)]] : created.map(JSON.object)
            )
            return item
        case "function_call", "function_call_output": return item
        default: return nil
        }
    }

    /// Assistants cannot be given audio (protocol reference, section 4.9), and users' audio is not kept: the words do.
    private static func part(of shown: JSONObject, isAssistant: Bool, _ dialect: Dialect) -> JSONObject? {
        if shown["type"] == "input_image" { return shown }
        guard let text = (shown["text"] ?? shown["transcript"])?.stringValue, !text.isEmpty else { return nil }
        let type: JSON = !isAssistant ? "input_text" : dialect == .beta ? "text" : "output_text"
        return ["type": type, "text": .string(text)]
    }
}
