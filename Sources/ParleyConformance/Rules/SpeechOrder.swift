// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// `speech_started`, `speech_stopped`, `committed` and the user's item belong together (section 7.5).
struct SpeechOrder {
    private var speaking: (item: String, startMS: Int)?
    private var stopped: String?
    private var committed: (item: String, previous: JSON?)?

    /// The client ended the segment by hand: `speech_stopped` does not follow.
    mutating func cut() { speaking = nil }

    mutating func received(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        let item = event.string("item_id") ?? ""
        switch name {
        case "input_audio_buffer.speech_started":
            if let speaking {
                throw wrong("speech_stopped of \(speaking.item) before the next speech_started", name)
            }
            speaking = (item, event["audio_start_ms"]?.intValue ?? 0)
        case "input_audio_buffer.speech_stopped": try stop(item, event["audio_end_ms"]?.intValue ?? 0)
        case "input_audio_buffer.committed":
            if let stopped, stopped != item {
                throw wrong("committed with the item_id \(stopped) of speech_stopped", item)
            }
            stopped = nil
            committed = (item, event["previous_item_id"])
        case "conversation.item.added": try added(event)
        default: break
        }
    }

    func finished() throws(RuleViolation) {
        if let committed { throw wrong("the user's item \(committed.item) after committed", "nothing") }
    }

    private mutating func stop(_ item: String, _ endMS: Int) throws(RuleViolation) {
        guard let started = speaking else { throw wrong("speech_started before speech_stopped", "none") }
        guard started.item == item else { throw wrong("speech_stopped with the item_id \(started.item)", item) }
        guard started.startMS <= endMS else {
            throw wrong("audio_end_ms not before audio_start_ms \(started.startMS)", "\(endMS)")
        }
        speaking = nil
        stopped = item
    }

    /// The event that follows a commit announces the item that it promised.
    private mutating func added(_ event: JSONObject) throws(RuleViolation) {
        guard let (item, previous) = committed else { return }
        let id = event["item"]?["id"]?.stringValue ?? ""
        // A model's item may be announced while audio is committed.
        guard event["item"]?["role"]?.stringValue == "user" else { return }
        guard id == item else { throw wrong("the user's item \(item) after committed", id) }
        if let previous, let own = event["previous_item_id"], previous != own {
            throw wrong("the previous_item_id \(previous.text) that committed told", own.text)
        }
        committed = nil
    }

    private func wrong(_ expected: String, _ came: String) -> RuleViolation {
        RuleViolation(expected: expected, came: came, source: "7.5 Audio turn, server VAD")
    }
}
