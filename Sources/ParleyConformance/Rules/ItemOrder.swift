// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Each item is announced once and, on GA, finished once (protocol reference, sections 6 and 7).
struct ItemOrder {
    private enum State {
        case added, done
    }

    private let dialect: Dialect
    private var states: [String: State] = [:]
    private var transcribed: Set<String> = []
    private var committed: Set<String> = []
    /// A client's item whose `done` must be the next item event.
    private var waitsForDone: String?
    private var silent: Set<String> = []
    /// Items that the client deleted; their response still brings its end.
    private var deleted: Set<String> = []

    init(dialect: Dialect) { self.dialect = dialect }

    /// Whether the item was announced.
    func isAnnounced(_ id: String) -> Bool { states[id] != nil || deleted.contains(id) }

    /// Whether the item is final; on beta nothing says so before its output item is done.
    func isDone(_ id: String) -> Bool { dialect == .beta || states[id] == .done || deleted.contains(id) }

    /// An item of an out-of-band response, which is no item of the conversation.
    mutating func keepSilent(_ id: String) { silent.insert(id) }

    mutating func received(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        switch name {
        case "conversation.item.added": try added(event)
        case "conversation.item.done": try done(event)
        case "input_audio_buffer.committed": committed.insert(event.string("item_id") ?? "")
        case "conversation.item.deleted", "conversation.item.truncated":
            let id = event.string("item_id") ?? ""
            guard states[id] != nil else {
                throw wrong("an announced item in \(name)", id, "12 What existing clients depend on")
            }
            if name == "conversation.item.deleted" {
                states[id] = nil
                deleted.insert(id)
            }
        default:
            if name.hasPrefix("conversation.item.input_audio_transcription.") { try transcription(name, event) }
        }
    }

    func finished() throws(RuleViolation) {
        if let waitsForDone { throw wrong("conversation.item.done of \(waitsForDone)", "nothing", "7.3 Text turn") }
    }

    private mutating func added(_ event: JSONObject) throws(RuleViolation) {
        let id = event["item"]?["id"]?.stringValue ?? ""
        guard states[id] == nil else { throw wrong("item \(id) to be announced once", "twice", "6 Conversation") }
        guard !silent.contains(id) else {
            throw wrong(
                "no conversation.item events for an out-of-band response",
                "item \(id)",
                "7.9 Out-of-band response"
            )
        }
        if let waitsForDone {
            throw wrong("conversation.item.done of \(waitsForDone) first", "item \(id)", "7.3 Text turn")
        }
        if let previous = event.string("previous_item_id"), states[previous] == nil {
            throw wrong("an announced item as previous_item_id", previous, "6 Conversation")
        }
        states[id] = .added
        // Lists and calls of tool servers are announced before they are there.
        let isRemote = event["item"]?["type"]?.stringValue?.hasPrefix("mcp_") ?? false
        let isFinal = event["item"]?["status"]?.stringValue != "in_progress" && !isRemote
        if dialect == .ga, isFinal { waitsForDone = id }
    }

    private mutating func done(_ event: JSONObject) throws(RuleViolation) {
        let id = event["item"]?["id"]?.stringValue ?? ""
        switch states[id] {
        case .added: states[id] = .done
        case .done: throw wrong("conversation.item.done of \(id) once", "twice", "6 Conversation")
        case nil: throw wrong("conversation.item.added of \(id) before its done", "none", "7.3 Text turn")
        }
        guard event["item"]?["status"]?.stringValue != "in_progress" else {
            throw wrong("a final status in conversation.item.done", "in_progress", "6 Conversation")
        }
        if waitsForDone == id { waitsForDone = nil }
    }

    private mutating func transcription(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        let id = event.string("item_id") ?? ""
        guard committed.contains(id) || isAnnounced(id) else {
            throw wrong("committed of \(id) before its transcription", name, "7.4 Audio turn, manual commit")
        }
        guard !transcribed.contains(id) else {
            throw wrong("nothing after the end of the transcription of \(id)", name, "6 Conversation")
        }
        if name.hasSuffix(".completed") || name.hasSuffix(".failed") { transcribed.insert(id) }
    }

    private func wrong(_ expected: String, _ came: String, _ source: String) -> RuleViolation {
        RuleViolation(expected: expected, came: came, source: source)
    }
}
