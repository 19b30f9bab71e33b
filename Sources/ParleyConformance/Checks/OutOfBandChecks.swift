// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Responses outside the conversation (protocol reference, section 7.9).
enum OutOfBandChecks {
    private static let source = "7.9 Out-of-band response"

    static let all = [
        Check(
            "out-of-band.response",
            "conversation none: no item events, metadata echoed",
            source: source,
            run: response
        ),
        Check("out-of-band.input", "input replaces the conversation as context", source: source, run: input),
        Check("out-of-band.history", "The conversation is left as it was", source: source, run: history),
        Check("out-of-band.beside", "It runs beside a response of the conversation", source: source, run: beside),
    ]

    static func response(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number."))
        let response = try await dialogue.respond(outOfBand(dialogue))
        try requireOutside(response, dialogue)
    }

    static func input(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let item = dialogue.userText("Name a colour.")
        let response = try await dialogue.respond(outOfBand(dialogue).adding(["input": [.object(item)]]))
        try requireOutside(response, dialogue)
        let empty = try await dialogue.respond(outOfBand(dialogue).adding(["input": [], "instructions": "Say hello."]))
        try requireOutside(empty, dialogue)
    }

    static func history(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Name a prime number.", id: "item_a"))
        let response = try await dialogue.respond(outOfBand(dialogue))
        try requireOutside(response, dialogue)
        let event = try await dialogue.create(dialogue.userText("Hello."))
        try scene.require(
            event["previous_item_id"] == "item_a",
            "previous_item_id item_a",
            came: Abbreviation.text(of: event)
        )
        let id = response.message?.string("id") ?? ""
        try await dialogue.refused(
            ["type": "conversation.item.retrieve", "item_id": .string(id)],
            codes: ["item_retrieve_invalid_item_id"]
        )
    }

    static func beside(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.turnDetection, nil)])
        let created = try await dialogue.startLongAudio()
        try await dialogue.askForResponse(outOfBand(dialogue))
        var others: [JSONObject] = []
        let first = try await dialogue.response(created: created) { others.append($0) }
        try scene.require(
            !others.contains { $0.type == "error" },
            "no error for a response beside",
            came: others.first { $0.type == "error" }.map(Abbreviation.text) ?? ""
        )
        // The other may have ended before, or goes on now.
        let isThere = others.contains { $0.type == "response.done" }
        if !isThere, !others.contains(where: { $0.type == "response.created" }) {
            try requireOutside(try await dialogue.response(), dialogue)
        } else if !isThere {
            while try await dialogue.next("response.done", source: source).type != "response.done" {}
        }
        try scene.require(first.status == "completed", "both completed", came: Abbreviation.text(of: first.done))
        try dialogue.requireNothingOpen()
    }

    private static func outOfBand(_ dialogue: Dialogue) -> JSONObject {
        dialogue.asText.adding(["conversation": "none", "metadata": ["topic": "conformance"]])
    }

    private static func requireOutside(_ response: ResponseRecord, _ dialogue: Dialogue) throws(CheckStop) {
        try dialogue.requireCompleted(response)
        let scene = dialogue.scene
        for object in [response.created, response.done] {
            try scene.require(
                object["conversation_id"]?.isNull ?? false,
                "conversation_id null",
                came: Abbreviation.text(of: object)
            )
            try scene.require(
                object["metadata"] == ["topic": "conformance"],
                "metadata as sent",
                came: Abbreviation.text(of: object)
            )
        }
        let itemEvent = response.events.first { $0.name.hasPrefix("conversation.item.") }
        try scene.require(itemEvent == nil, "no conversation.item events", came: itemEvent?.name ?? "")
    }
}
