// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension Dialogue {
    /// Asks for a response.
    func askForResponse(_ overrides: JSONObject? = nil) async throws(CheckStop) {
        var event: JSONObject = ["type": "response.create"]
        if let overrides { event["response"] = .object(overrides) }
        try await send(event)
    }

    /// Asks for a response and reads it to its end.
    func respond(_ overrides: JSONObject? = nil) async throws(CheckStop) -> ResponseRecord {
        try await askForResponse(overrides)
        return try await response()
    }

    /// Reads a response from `response.created` to `response.done`.
    func response() async throws(CheckStop) -> ResponseRecord {
        let created = try await expect("response.created", source: "7.3 Text turn")
        return try await response(created: created)
    }

    /// Reads the rest of a response; `other` gets the events that do not belong to it, in order.
    func response(created: JSONObject, other: (JSONObject) -> Void = { _ in }) async throws(CheckStop) -> ResponseRecord
    {
        let response = created["response"]?.objectValue ?? [:]
        let id = response.string("id")
        var events: [(name: String, event: JSONObject)] = []
        var items: Set<String> = []
        while true {
            let event = try await next("the rest of response \(id ?? "")", source: "6 Server events, Response")
            let name = vocabulary.gaName(of: event.type) ?? event.type
            if name == "response.done", event["response"]?["id"]?.stringValue == id {
                return ResponseRecord(created: response, done: event["response"]?.objectValue ?? [:], events: events)
            }
            let item = event["item"]?["id"]?.stringValue ?? event.string("item_id")
            if event.string("response_id") == id, let item { items.insert(item) }
            let isOwn = event.string("response_id") == id || item.map(items.contains) ?? false
            if isOwn { events.append((name, event)) } else { other(event) }
        }
    }

    /// Fails unless the response was completed.
    func requireCompleted(_ response: ResponseRecord) throws(CheckStop) {
        try scene.require(
            response.status == "completed",
            "a completed response",
            came: Abbreviation.text(of: response.done),
            source: "4.10 Response"
        )
        let details = response.done["status_details"]
        try scene.require(
            details?.isNull ?? true,
            "status_details null in a completed response",
            came: details?.text ?? "",
            source: "4.10 Response"
        )
        try scene.require(
            response.done["usage"]?.objectValue != nil,
            "usage in response.done",
            came: Abbreviation.text(of: response.done),
            source: "4.11 Usage"
        )
        try requireNothingOpen()
    }

    /// Response members for text.
    var asText: JSONObject { [vocabulary.modalities: vocabulary.textOnly] }
    /// Response members for audio.
    var asAudio: JSONObject { [vocabulary.modalities: vocabulary.audible] }

    /// A response that is still running, or a skip if the server was faster.
    ///
    /// Asks for long speech, and gives back once its first audio has come.
    func startLongAudio() async throws(CheckStop) -> JSONObject {
        try await create(userText("Please count slowly from one to one hundred, every number in words."))
        try await askForResponse(asAudio)
        return try await expect("response.created", source: "7.4 Audio turn, manual commit")
    }
}
