// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// A response as it came, the rules for shape and order having held.
struct ResponseRecord {
    /// `response` of `response.created`.
    let created: JSONObject
    /// `response` of `response.done`.
    let done: JSONObject
    /// Everything between, under GA's names; events of other responses left out.
    let events: [(name: String, event: JSONObject)]

    var id: String { done.string("id") ?? "" }
    var status: String { done.string("status") ?? "" }
    var reason: String? { done["status_details"]?["reason"]?.stringValue }
    var output: [JSONObject] { done["output"]?.arrayValue?.compactMap(\.objectValue) ?? [] }

    /// The text or the transcript of all parts.
    var text: String {
        events.filter { $0.name == "response.output_text.delta" || $0.name == "response.output_audio_transcript.delta" }
            .compactMap { $0.event.string("delta") }
            .joined()
    }

    /// Bytes of each piece of audio.
    var audioBytes: [Int] {
        events.filter { $0.name == "response.output_audio.delta" }
            .compactMap { $0.event.string("delta").flatMap(AudioEncoding.byteCount) }
    }

    /// The function calls among the output items.
    var calls: [JSONObject] { output.filter { $0.string("type") == "function_call" } }

    /// The first message of the assistant.
    var message: JSONObject? { output.first { $0.string("type") == "message" } }

    /// Whether an event of that name came.
    func has(_ name: String) -> Bool { events.contains { $0.name == name } }
}
