// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Text in, text out (protocol reference, section 7.3).
enum TextChecks {
    static let all = [
        Check("text.turn", "A text turn brings its events in order", source: "7.3 Text turn", run: turn),
        Check("text.two-turns", "The next turn follows the first", source: "7.3 Text turn", run: twoTurns),
        Check(
            "text.retrieve-answer",
            "The answer can be retrieved",
            source: "7.8 Truncate, delete, retrieve",
            run: retrieveAnswer
        ),
        Check(
            "text.session-modalities",
            "The session's modalities hold for its responses",
            source: "4.10 Response",
            run: sessionModalities
        ),
        Check(
            "text.no-input",
            "response.create works in an empty conversation",
            source: "5 Client events, response.create",
            run: noInput
        ),
    ]

    static func turn(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let response = try await dialogue.respond(dialogue.asText)
        try requireText(response, dialogue)
        try scene.require(
            response.created["conversation_id"]?.stringValue != nil,
            "a conversation_id",
            came: Abbreviation.text(of: response.created),
            source: "4.10 Response"
        )
    }

    static func twoTurns(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let first = try await dialogue.respond()
        try requireText(first, dialogue)
        let event = try await dialogue.create(dialogue.userText("And another one."))
        try scene.require(
            event["previous_item_id"] == first.message?["id"],
            "previous_item_id of the answer",
            came: Abbreviation.text(of: event)
        )
        let second = try await dialogue.respond()
        try requireText(second, dialogue)
        try scene.require(first.id != second.id, "a new response id", came: second.id)
    }

    static func retrieveAnswer(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let response = try await dialogue.respond()
        try requireText(response, dialogue)
        let item = try await dialogue.retrieve(response.message?.string("id") ?? "")
        let part = item["content"]?.arrayValue?.first
        try scene.require(
            part?["text"]?.stringValue == response.text,
            "the text of the answer",
            came: Abbreviation.text(of: item)
        )
    }

    static func sessionModalities(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let response = try await dialogue.respond()
        try scene.require(response.audioBytes.isEmpty, "no audio in a text session", came: "audio")
        let modalities = response.created[scene.vocabulary.modalities]
        try scene.require(
            modalities == scene.vocabulary.textOnly,
            "response.\(scene.vocabulary.modalities) [\"text\"]",
            came: modalities?.text ?? "no such member"
        )
    }

    static func noInput(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let response = try await dialogue.respond()
        try dialogue.requireCompleted(response)
    }

    /// Fails unless the response is a completed message with one text part.
    static func requireText(_ response: ResponseRecord, _ dialogue: Dialogue) throws(CheckStop) {
        try dialogue.requireCompleted(response)
        let scene = dialogue.scene
        let part = response.message?["content"]?.arrayValue?.first
        try scene.require(
            part?["type"]?.stringValue == scene.vocabulary.assistantText,
            "a message with a part of type \(scene.vocabulary.assistantText)",
            came: Abbreviation.text(of: response.done),
            source: "4.9 Content parts"
        )
        try scene.require(
            part?["text"]?.stringValue == response.text && !response.text.isEmpty,
            "the text that the deltas make up: '\(response.text)'",
            came: Abbreviation.text(of: response.done)
        )
        try scene.require(
            response.has("response.output_text.done"),
            "response.output_text.done",
            came: "none"
        )
    }
}
