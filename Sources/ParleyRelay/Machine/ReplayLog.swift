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
        /// About how many bytes the sound in it takes as base64, if there is any; never less.
        var audioBytes: Int
    }

    /// Characters that an assistant says in a second, to cut the transcript of what was interrupted.
    private static let charactersPerSecond = 15
    /// Sound that may belong to a turn although it came before `speech_started`: a second of PCM at 24 kHz.
    private static let paddingBytes = 64 * 1024
    /// Stands for what a user said and nobody wrote down, if its sound is not to be had.
    static let unheard = "[speech without a transcript]"

    private let maximumItems: Int
    private let maximumBytes: Int
    private var entries: [Entry] = []
    private var bytes = 0
    /// Bytes of sound that the next item from the input buffer can have.
    private var bufferedBytes = 0
    /// The item that was made of the input buffer last, and the bytes of its sound.
    private var committed: (id: String, bytes: Int)?
    /// The largest item that the client has made, which may be a recording.
    private var largestCreation = 0

    init(maximumItems: Int, maximumBytes: Int) {
        self.maximumItems = max(0, maximumItems)
        self.maximumBytes = max(0, maximumBytes)
    }

    var isEmpty: Bool { entries.isEmpty }

    /// Takes in that the client has sent an event of so many bytes.
    mutating func sent(_ kind: EventKind, bytes: Int) {
        switch kind {
        case .append: bufferedBytes += bytes
        case .itemCreate: largestCreation = max(largestCreation, bytes)
        default: break
        }
    }

    /// Takes in that the server has found the beginning of speech: what was before is no part of it.
    mutating func speechStarted() { bufferedBytes = min(bufferedBytes, Self.paddingBytes) }

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
        case .committed:
            committed = event["item_id"]?.stringValue.map { ($0, bufferedBytes) }
            bufferedBytes = 0
        case .cleared: bufferedBytes = 0
        case .speechStarted: speechStarted()
        default: break
        }
    }

    private func index(of id: String?) -> Int? {
        id.flatMap { id in entries.lastIndex { $0.id == id } }
    }

    private mutating func insert(_ item: JSONObject, after previous: JSON?) {
        guard let id = item["id"]?.stringValue, index(of: id) == nil else { return replace(item) }
        let audioBytes = committed?.id == id ? committed?.bytes : nil
        let entry = Entry(
            id: id,
            item: item,
            bytes: item.text.utf8.count,
            audioBytes: audioBytes ?? largestCreation
        )
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

    /// The users' items with speech that has no words, the latest first, and about how many bytes their sound takes.
    var unheard: [(id: String, bytes: Int)] {
        entries.reversed()
            .compactMap { entry in
                guard entry.item["type"] == "message", entry.item["role"] == "user" else { return nil }
                let parts = entry.item["content"]?.arrayValue ?? []
                return parts.contains(where: Self.isUnheard) ? (entry.id, entry.audioBytes) : nil
            }
    }

    /// Whether a part is speech of which there are no words.
    private static func isUnheard(_ part: JSON) -> Bool {
        part["type"] == "input_audio" && part["transcript"]?.stringValue?.isEmpty != false
    }

    /// The items as a client creates them, in their order and with their ids.
    ///
    /// Items of remote tool servers are left out, since no client can create them. `sounds` is what users said, as base64,
    /// by item and place in its content.
    func creations(_ dialect: Dialect, with sounds: [String: [Int: JSON]] = [:]) -> [(id: String, item: JSONObject)] {
        entries.compactMap { entry in
            Self.creation(entry.item, dialect, sounds[entry.id] ?? [:]).map { (entry.id, $0) }
        }
    }

    private static func creation(_ shown: JSONObject, _ dialect: Dialect, _ sounds: [Int: JSON]) -> JSONObject? {
        var item: JSONObject = [:]
        for name in ["id", "type", "role", "name", "call_id", "arguments", "output"] {
            if let value = shown[name], !value.isNull { item[name] = value }
        }
        switch shown["type"] {
        case "message":
            let isAssistant = shown["role"] == "assistant"
            var created: [JSON] = []
            for (place, shown) in (shown["content"]?.arrayValue ?? []).enumerated() {
                if !isAssistant, isUnheard(shown) {
                    created.append(sounds[place].map { ["type": "input_audio", "audio": $0] } ?? placeholder)
                } else if let part = part(of: shown, isAssistant: isAssistant, dialect) {
                    created.append(part)
                }
            }
            // An assistant that was interrupted before its first word said nothing.
            if created.isEmpty, isAssistant { return nil }
            item["content"] = .array(created.isEmpty ? [placeholder] : created)
            return item
        case "function_call", "function_call_output": return item
        default: return nil
        }
    }

    private static let placeholder: JSON = ["type": "input_text", "text": .string(unheard)]

    /// Assistants cannot be given audio (protocol reference, section 4.9); of what has words, those do.
    private static func part(of shown: JSON, isAssistant: Bool, _ dialect: Dialect) -> JSON? {
        if shown["type"] == "input_image" { return shown }
        guard let text = (shown["text"] ?? shown["transcript"])?.stringValue, !text.isEmpty else { return nil }
        let type: JSON = !isAssistant ? "input_text" : dialect == .beta ? "text" : "output_text"
        return ["type": type, "text": .string(text)]
    }
}
