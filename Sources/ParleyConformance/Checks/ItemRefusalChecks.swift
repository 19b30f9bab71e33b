// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Item events that are refused (protocol reference, sections 4.9, 5 and 8).
enum ItemRefusalChecks {
    static let all = [
        Check(
            "items.unknown-previous",
            "An unknown previous_item_id is refused and nothing added",
            source: "8 Errors, item_create_invalid_previous_item_id",
            run: unknownPrevious
        ),
        Check(
            "items.duplicate-id",
            "An id that exists is refused (recommended)",
            source: "5 Client events, conversation.item.create",
            run: duplicate
        ),
        Check(
            "items.long-id",
            "An id of 33 characters is refused",
            source: "8 Errors, string_above_max_length",
            run: longID
        ),
        Check(
            "items.role-parts",
            "Each role takes its own types of parts only",
            source: "4.9 Content parts",
            run: roleParts
        ),
        Check(
            "items.assistant-audio",
            "Clients cannot add an assistant's audio",
            in: [.ga],
            source: "4.9 Content parts",
            run: assistantAudio
        ),
        Check(
            "items.missing-item",
            "conversation.item.create without item is refused",
            source: "8 Errors, missing_required_parameter",
            run: missingItem
        ),
        Check(
            "items.missing-role",
            "A message without a role is refused",
            in: [.ga],
            source: "8 Errors, missing_required_parameter",
            run: missingRole
        ),
        Check(
            "items.unknown-type",
            "An unknown type of item is refused",
            source: "8 Errors, invalid_value",
            run: unknownType
        ),
        Check(
            "items.retrieve-unknown",
            "Retrieving an unknown item is refused",
            source: "8 Errors, item_retrieve_invalid_item_id",
            run: retrieveUnknown
        ),
        Check(
            "items.delete-unknown",
            "Deleting an unknown item is refused",
            source: "8 Errors, item_delete_invalid_item_id",
            run: deleteUnknown
        ),
        Check(
            "items.output-without-call",
            "A function's output without its call is refused",
            source: "8 Errors, invalid_tool_call_id",
            run: outputWithoutCall
        ),
    ]

    static func unknownPrevious(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let event = creation(dialogue.userText("Hello.", id: "item_a"))
        try await dialogue.refused(
            event.adding(["previous_item_id": "item_unknown"]),
            codes: ["item_create_invalid_previous_item_id"],
            message: "the previous item with id 'item_unknown' does not exist"
        )
        try await dialogue.refused(
            ["type": "conversation.item.retrieve", "item_id": "item_a"],
            codes: ["item_retrieve_invalid_item_id"]
        )
    }

    static func duplicate(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        try await dialogue.refused(
            creation(dialogue.userText("Two.", id: "item_a")),
            codes: ["invalid_value"],
            parameter: "item.id"
        )
    }

    static func longID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let id = String(repeating: "x", count: 33)
        try await dialogue.refused(
            creation(dialogue.userText("Hello.", id: id)),
            codes: ["string_above_max_length"],
            parameter: "item.id",
            message: "Invalid 'item.id': string too long."
        )
    }

    static func roleParts(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let wrong = [
            ("user", scene.vocabulary.assistantText), ("assistant", "input_text"),
            ("system", scene.vocabulary.assistantText),
        ]
        for (role, part) in wrong {
            try await dialogue.refused(
                creation(dialogue.message(role, part, "Hello.")),
                codes: ["invalid_value"],
                parameter: "item.content[0].type",
                message: "Invalid value: '\(part)'."
            )
        }
    }

    static func assistantAudio(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let part: JSON = ["type": .string(scene.vocabulary.assistantAudio), "transcript": "Hello."]
        let item: JSONObject = ["type": "message", "role": "assistant", "content": [part]]
        try await dialogue.refused(
            creation(item),
            codes: ["missing_required_parameter"],
            parameter: "item.content[0].text"
        )
    }

    static func missingItem(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(
            ["type": "conversation.item.create"],
            codes: ["missing_required_parameter"],
            parameter: "item"
        )
    }

    static func missingRole(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        var item = dialogue.userText("Hello.")
        item["role"] = nil
        try await dialogue.refused(creation(item), codes: ["missing_required_parameter"], parameter: "item.role")
    }

    static func unknownType(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(creation(["type": "poem"]), codes: ["invalid_value"], parameter: "item.type")
    }

    static func retrieveUnknown(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "conversation.item.retrieve", "item_id": "item_unknown"],
            codes: ["item_retrieve_invalid_item_id"],
            message: "Error retrieving item: the item with id 'item_unknown' does not exist."
        )
    }

    static func deleteUnknown(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "conversation.item.delete", "item_id": "item_unknown"],
            codes: ["item_delete_invalid_item_id"],
            message: "Error deleting item: the item with id 'item_unknown' does not exist."
        )
    }

    static func outputWithoutCall(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            creation(["type": "function_call_output", "call_id": "call_none", "output": "3 degrees"]),
            codes: ["invalid_tool_call_id"],
            message: "Tool call ID 'call_none' not found in conversation."
        )
    }

    private static func creation(_ item: JSONObject) -> JSONObject {
        ["type": "conversation.item.create", "item": .object(item)]
    }
}
