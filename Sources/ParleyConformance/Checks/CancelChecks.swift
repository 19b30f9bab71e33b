// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Ending a response, and one response at a time (protocol reference, sections 5 and 7.7).
enum CancelChecks {
    static let all = [
        Check(
            "cancel.running",
            "cancel ends the running response with client_cancelled",
            source: "7.7 response.cancel in the middle of audio",
            run: running
        ),
        Check("cancel.by-id", "cancel by response_id", source: "5 Client events, response.cancel", run: byID),
        Check(
            "cancel.nothing",
            "Nothing to cancel is a harmless error",
            source: "8 Errors, response_cancel_not_active",
            run: nothing
        ),
        Check(
            "cancel.unknown-id",
            "An unknown response_id is refused (recommended)",
            source: "8 Errors",
            run: unknownID
        ),
        Check(
            "cancel.usable-after",
            "After a cancel the next response works",
            source: "7.7 response.cancel in the middle of audio",
            run: usableAfter
        ),
        Check(
            "conflict.second",
            "A second response in the conversation is refused",
            source: "8 Errors, conversation_already_has_active_response",
            run: conflict
        ),
    ]

    static func running(_ scene: Scene) async throws(CheckStop) {
        _ = try await cancelled(scene) { _ in ["type": "response.cancel"] }
    }

    static func byID(_ scene: Scene) async throws(CheckStop) {
        _ = try await cancelled(scene) { id in ["type": "response.cancel", "response_id": .string(id)] }
    }

    static func nothing(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(
            ["type": "response.cancel"],
            codes: ["response_cancel_not_active"],
            message: "Cancellation failed: no active response found"
        )
    }

    static func unknownID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(["type": "response.cancel", "response_id": "resp_unknown"])
    }

    static func usableAfter(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await cancelled(scene) { _ in ["type": "response.cancel"] }
        try await dialogue.create(dialogue.userText("Name a prime number."))
        try dialogue.requireCompleted(try await dialogue.respond(dialogue.asText))
    }

    static func conflict(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        let created = try await dialogue.startLongAudio()
        let id = dialogue.newEventID()
        try await dialogue.send(["type": "response.create", "event_id": .string(id)])
        var others: [JSONObject] = []
        let response = try await dialogue.response(created: created) { others.append($0) }
        guard let error = others.first(where: { $0.type == "error" })?["error"]?.objectValue else {
            guard response.status == "completed" else {
                throw scene.failed("an error for the second response.create", Abbreviation.text(of: response.done))
            }
            throw .skipped("the first response was complete before the second was asked for")
        }
        try scene.require(
            error.string("code") == "conversation_already_has_active_response" && error.string("event_id") == id,
            "error conversation_already_has_active_response with the event_id '\(id)'",
            came: Abbreviation.text(of: error)
        )
        let words = "Conversation already has an active response in progress: \(response.id)."
        try scene.require(
            error.string("message")?.hasPrefix(words) ?? false,
            "message '\(words)…'",
            came: error.string("message") ?? "none"
        )
    }

    /// Starts a response, cancels it, and reads it to its end.
    private static func cancelled(_ scene: Scene, _ event: (String) -> JSONObject) async throws(CheckStop) -> Dialogue {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        let created = try await dialogue.startLongAudio()
        try await dialogue.send(event(created["response"]?["id"]?.stringValue ?? ""))
        let response = try await dialogue.response(created: created)
        guard response.status != "completed" else {
            throw .skipped("the response was complete before it was cancelled")
        }
        try scene.require(
            response.status == "cancelled" && response.reason == "client_cancelled",
            "response.done cancelled, reason client_cancelled",
            came: Abbreviation.text(of: response.done)
        )
        for item in response.output {
            try scene.require(
                item.string("status") == "incomplete",
                "output items with status incomplete",
                came: Abbreviation.text(of: item)
            )
        }
        return dialogue
    }
}
