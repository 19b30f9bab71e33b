// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension Dialogue {
    /// A user's text as an item.
    func userText(_ text: String, id: String? = nil) -> JSONObject { message("user", "input_text", text, id: id) }

    /// A text message with one part.
    func message(_ role: String, _ partType: String, _ text: String, id: String? = nil) -> JSONObject {
        var item: JSONObject = id.map { ["id": .string($0)] } ?? [:]
        item["type"] = "message"
        item["role"] = .string(role)
        item["content"] = [["type": .string(partType), "text": .string(text)]]
        return item
    }

    /// Adds an item and gives back the event that announces it.
    @discardableResult
    func create(_ item: JSONObject, after previous: JSON? = nil) async throws(CheckStop) -> JSONObject {
        var event: JSONObject = ["type": "conversation.item.create", "item": .object(item)]
        if let previous { event["previous_item_id"] = previous }
        try await send(event)
        return try await announced(source: "5 Client events, conversation.item.create")
    }

    /// The announcement of a client's item: `added` and `done` on GA, `created` on beta.
    func announced(source: String? = nil) async throws(CheckStop) -> JSONObject {
        let event = try await expect("conversation.item.added", source: source)
        if dialect == .ga {
            let done = try await expect("conversation.item.done", source: source)
            let id = event["item"]?["id"]
            try scene.require(
                done["item"]?["id"] == id,
                "conversation.item.done of the same item",
                came: Abbreviation.text(of: done),
                source: source
            )
        }
        return event
    }

    /// Sends audio and commits it; gives back the id of the user's item.
    func commit(_ audio: [String]) async throws(CheckStop) -> String {
        for piece in audio { try await append(piece) }
        try await send(["type": "input_audio_buffer.commit"])
        let committed = try await expect("input_audio_buffer.committed", source: "7.4 Audio turn, manual commit")
        let event = try await announced(source: "7.4 Audio turn, manual commit")
        let id = committed.string("item_id") ?? ""
        try scene.require(
            event["item"]?["id"]?.stringValue == id,
            "the item \(id) that committed told",
            came: Abbreviation.text(of: event),
            source: "7.4 Audio turn, manual commit"
        )
        try requireUserAudio(event)
        return id
    }

    /// Sends one piece of base64 audio, which has no answer.
    func append(_ audio: String) async throws(CheckStop) {
        try await send(["type": "input_audio_buffer.append", "audio": .string(audio)])
    }

    /// Fails unless the event announces a finished user message with one audio part.
    func requireUserAudio(_ event: JSONObject) throws(CheckStop) {
        let item = event["item"]
        let part = item?["content"]?.arrayValue?.first
        let isRight =
            item?["role"]?.stringValue == "user" && item?["status"]?.stringValue == "completed"
            && part?["type"]?.stringValue == "input_audio"
        try scene.require(
            isRight,
            "a completed user item with one input_audio part",
            came: Abbreviation.text(of: event),
            source: "7.4 Audio turn, manual commit"
        )
    }

    /// Asks for an item.
    func retrieve(_ id: String) async throws(CheckStop) -> JSONObject {
        try await send(["type": "conversation.item.retrieve", "item_id": .string(id)])
        let event = try await expect("conversation.item.retrieved", source: "7.8 Truncate, delete, retrieve")
        return event["item"]?.objectValue ?? [:]
    }
}
