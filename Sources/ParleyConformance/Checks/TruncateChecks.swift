// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Cutting an answer to what was heard (protocol reference, sections 5 and 7.8).
enum TruncateChecks {
    private static let source = "5 Client events, conversation.item.truncate"

    static let all = [
        Check("truncate.valid", "The audio is cut and the transcript removed", source: source, run: valid),
        Check("truncate.too-long", "Beyond the end of the audio is refused", source: source, run: tooLong),
        Check(
            "truncate.negative",
            "A negative time is refused",
            source: "8 Errors, integer_below_min_value",
            run: negative
        ),
        Check(
            "truncate.unknown",
            "An unknown item is refused",
            source: "8 Errors, item_truncate_invalid_item_id",
            run: unknown
        ),
        Check("truncate.missing", "A missing member is refused", source: source, run: missing),
        Check("truncate.user-item", "A user's item cannot be truncated", source: source, run: userItem),
    ]

    static func valid(_ scene: Scene) async throws(CheckStop) {
        let (dialogue, id, milliseconds) = try await answered(scene)
        let end = min(milliseconds, 200)
        try await dialogue.send(truncation(id, end))
        let event = try await dialogue.expect("conversation.item.truncated")
        try scene.require(
            event["audio_end_ms"]?.intValue == end && event.string("item_id") == id && event["content_index"] == 0,
            "the item_id, content_index and audio_end_ms that were sent",
            came: Abbreviation.text(of: event)
        )
        try await dialogue.requireQuiet("no item events after a truncate", source: "7.8 Truncate, delete, retrieve")
        let item = try await dialogue.retrieve(id)
        try AudioChecks.requireAudio(of: item, milliseconds: end - 1...end + 1, scene)
        let transcript = item["content"]?.arrayValue?.first?["transcript"]
        try scene.require(
            transcript?.stringValue.map(\.isEmpty) ?? true,
            "no transcript after a truncate",
            came: transcript?.text ?? ""
        )
    }

    static func tooLong(_ scene: Scene) async throws(CheckStop) {
        let (dialogue, id, milliseconds) = try await answered(scene)
        try await dialogue.refused(
            truncation(id, milliseconds + 5000),
            codes: ["invalid_value"],
            message: "ms is already shorter than"
        )
    }

    static func negative(_ scene: Scene) async throws(CheckStop) {
        let (dialogue, id, _) = try await answered(scene)
        try await dialogue.refused(truncation(id, -11), codes: ["integer_below_min_value"], parameter: "audio_end_ms")
    }

    static func unknown(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(truncation("item_unknown", 100), codes: ["item_truncate_invalid_item_id"])
    }

    static func missing(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        for member in ["item_id", "content_index", "audio_end_ms"] {
            var event = truncation("item_unknown", 100)
            event[member] = nil
            try await dialogue.refused(event, codes: ["missing_required_parameter"], parameter: member)
        }
    }

    static func userItem(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        let id = try await dialogue.commit([AudioEncoding.pcm.speech(milliseconds: 500)])
        try await dialogue.refused(truncation(id, 100))
    }

    private static func truncation(_ id: String, _ milliseconds: Int) -> JSONObject {
        [
            "type": "conversation.item.truncate", "item_id": .string(id), "content_index": 0,
            "audio_end_ms": JSON(milliseconds),
        ]
    }

    /// A session with one spoken answer: its item and length in milliseconds.
    private static func answered(_ scene: Scene) async throws(CheckStop) -> (Dialogue, String, Int) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        try await dialogue.create(dialogue.userText("Please say hello."))
        let response = try await dialogue.respond(dialogue.asAudio)
        try dialogue.requireCompleted(response)
        let milliseconds = response.audioBytes.reduce(0, +) / AudioEncoding.pcm.bytesPerMillisecond
        guard milliseconds > 0 else { throw .skipped("the response brought no audio") }
        return (dialogue, response.message?.string("id") ?? "", milliseconds)
    }
}
