// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Items that the client adds, asks for and deletes (protocol reference, sections 4.8, 4.9, 5 and 7.8).
enum ItemChecks {
    private static let creation = "5 Client events, conversation.item.create"

    static let all = [
        Check("items.user", "A user's text is announced complete", source: creation, run: user),
        Check("items.system", "A system text is announced complete", source: "4.9 Content parts", run: system),
        Check(
            "items.assistant",
            "An assistant's text is announced complete",
            source: "4.9 Content parts",
            run: assistant
        ),
        Check("items.client-id", "The client may choose the id", source: "3 Conventions, ids", run: clientID),
        Check("items.server-id", "The server makes ids, each of its own", source: "3 Conventions, ids", run: serverID),
        Check("items.recording", "A recording can be added as an item", source: creation, run: recording),
        Check("items.call-pair", "A function call and its output can be added", source: "4.8 Items", run: callPair),
        Check("items.append", "previous_item_id absent, null or empty appends", source: creation, run: append),
        Check("items.root", "previous_item_id root inserts first", source: creation, run: root),
        Check("items.after", "previous_item_id inserts after that item", source: creation, run: after),
        Check("items.no-response", "Adding an item starts no response", source: creation, run: noResponse),
        Check("items.retrieve", "An item can be retrieved", source: "7.8 Truncate, delete, retrieve", run: retrieve),
        Check("items.delete", "A deleted item is gone", source: "7.8 Truncate, delete, retrieve", run: delete),
    ]

    static func user(_ scene: Scene) async throws(CheckStop) {
        try await requireEcho(scene, role: "user", part: "input_text")
    }

    static func system(_ scene: Scene) async throws(CheckStop) {
        try await requireEcho(scene, role: "system", part: "input_text")
    }

    static func assistant(_ scene: Scene) async throws(CheckStop) {
        try await requireEcho(scene, role: "assistant", part: scene.vocabulary.assistantText)
    }

    static func clientID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let id = "conform_item_12345678901234567890"
        let event = try await dialogue.create(dialogue.userText("Hello.", id: String(id.prefix(32))))
        try requireID(event, String(id.prefix(32)), scene)
    }

    static func serverID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let first = try await dialogue.create(dialogue.userText("One."))["item"]?["id"]?.stringValue ?? ""
        let second = try await dialogue.create(dialogue.userText("Two."))["item"]?["id"]?.stringValue ?? ""
        try scene.require(
            !first.isEmpty && !second.isEmpty && first != second,
            "two different ids",
            came: "'\(first)' and '\(second)'"
        )
    }

    static func recording(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let audio = AudioEncoding.pcm.speech(milliseconds: 300)
        let event = try await dialogue.create([
            "type": "message", "role": "user", "content": [["type": "input_audio", "audio": .string(audio)]],
        ])
        let part = event["item"]?["content"]?.arrayValue?.first
        try scene.require(
            part?["type"] == "input_audio",
            "an input_audio part",
            came: Abbreviation.text(of: event)
        )
        try scene.require(
            part?["audio"]?.stringValue == nil,
            "no audio bytes in item events",
            came: Abbreviation.text(of: event),
            source: "6 Server events, Conversation"
        )
    }

    static func callPair(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let call: JSONObject = [
            "type": "function_call", "call_id": "call_conform", "name": "get_weather",
            "arguments": "{\"city\":\"Oslo\"}",
        ]
        let output: JSONObject = ["type": "function_call_output", "call_id": "call_conform", "output": "3 degrees"]
        for item in [call, output] {
            let event = try await dialogue.create(item)
            for (name, value) in item.members {
                try scene.require(
                    event["item"]?[name] == value,
                    "item.\(name) \(value.text)",
                    came: Abbreviation.text(of: event)
                )
            }
        }
    }

    static func append(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let first = try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        try requirePrevious(first, nil, scene)
        let second = try await dialogue.create(dialogue.userText("Two.", id: "item_b"), after: .null)
        try requirePrevious(second, "item_a", scene)
        let third = try await dialogue.create(dialogue.userText("Three.", id: "item_c"), after: "")
        try requirePrevious(third, "item_b", scene)
    }

    static func root(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        let event = try await dialogue.create(dialogue.userText("Zero.", id: "item_b"), after: "root")
        try requirePrevious(event, nil, scene)
        let last = try await dialogue.create(dialogue.userText("Two.", id: "item_c"))
        try requirePrevious(last, "item_a", scene)
    }

    static func after(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        try await dialogue.create(dialogue.userText("Three.", id: "item_c"))
        let event = try await dialogue.create(dialogue.userText("Two.", id: "item_b"), after: "item_a")
        try requirePrevious(event, "item_a", scene)
        let last = try await dialogue.create(dialogue.userText("Four.", id: "item_d"))
        try requirePrevious(last, "item_c", scene)
    }

    static func noResponse(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Hello."))
        try await dialogue.requireQuiet("no response after conversation.item.create")
    }

    static func retrieve(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("Fetch me.", id: "item_a"))
        let item = try await dialogue.retrieve("item_a")
        let text = item["content"]?.arrayValue?.first?["text"]
        try scene.require(text == "Fetch me.", "the item with its text", came: Abbreviation.text(of: item))
    }

    static func delete(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        try await dialogue.create(dialogue.userText("Two.", id: "item_b"))
        try await dialogue.send(["type": "conversation.item.delete", "item_id": "item_b"])
        let event = try await dialogue.expect("conversation.item.deleted")
        try scene.require(event.string("item_id") == "item_b", "item_id item_b", came: Abbreviation.text(of: event))
        try await dialogue.refused(
            ["type": "conversation.item.retrieve", "item_id": "item_b"],
            codes: ["item_retrieve_invalid_item_id"]
        )
        let next = try await dialogue.create(dialogue.userText("Three."))
        try requirePrevious(next, "item_a", scene)
    }

    private static func requireEcho(_ scene: Scene, role: String, part: String) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        let event = try await dialogue.create(dialogue.message(role, part, "Good morning."))
        let item = event["item"]
        let content = item?["content"]?.arrayValue ?? []
        let isRight =
            item?["type"] == "message" && item?["role"]?.stringValue == role && content.count == 1
            && content[0]["type"]?.stringValue == part && content[0]["text"] == "Good morning."
        try scene.require(isRight, "the item as sent, complete", came: Abbreviation.text(of: event))
        try scene.require(
            item?["status"] == "completed",
            "status completed",
            came: item?["status"]?.text ?? "none",
            source: "7.3 Text turn"
        )
    }

    private static func requireID(_ event: JSONObject, _ id: String, _ scene: Scene) throws(CheckStop) {
        try scene.require(
            event["item"]?["id"]?.stringValue == id,
            "item.id '\(id)'",
            came: Abbreviation.text(of: event)
        )
    }

    private static func requirePrevious(_ event: JSONObject, _ id: String?, _ scene: Scene) throws(CheckStop) {
        try scene.require(
            event["previous_item_id"] == JSON(id),
            "previous_item_id \(JSON(id).text)",
            came: Abbreviation.text(of: event),
            source: "6 Server events, Conversation"
        )
    }
}
