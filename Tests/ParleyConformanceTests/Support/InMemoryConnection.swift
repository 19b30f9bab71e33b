// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents

@testable import ParleyConformance

/// One connection to ``InMemoryServer``.
actor InMemoryConnection: WireConnection {
    nonisolated let subprotocol: String?

    private let faults: Set<InMemoryServer.Fault>
    private let dialect: Dialect
    private let vocabulary: Vocabulary
    private var session: InMemorySession
    private var items: [JSONObject] = []
    private var arrivals: [WireArrival] = []
    private var end: WireClose?
    private var eventCount = 0
    private var idCount = 0
    /// The event being answered.
    private var eventID: JSON = nil

    init(_ request: WireRequest, faults: Set<InMemoryServer.Fault>, subprotocol: String?) {
        self.faults = faults
        self.subprotocol = subprotocol
        dialect = request.dialect
        vocabulary = Vocabulary(dialect: dialect)
        let model = request.query.first { $0.name == "model" }?.value ?? "double"
        session = InMemorySession(dialect: dialect, model: model, faults: faults)
        if request.key?.hasPrefix("ek_") == true { try? session.update(["instructions": "Answer in one sentence."]) }
    }

    func open(isWelcome: Bool) {
        if faults.contains(.saysNothing) { return }
        if faults.contains(.refusesBeta), dialect == .beta { return refuse("beta_api_shape_disabled", 4000) }
        guard isWelcome else { return refuse("invalid_api_key", 3000) }
        if faults.contains(.speaksBinary) { arrivals.append(.binary(3)) }
        if faults.contains(.speaksNonsense) { arrivals.append(.text("hello")) }
        let name = faults.contains(.opensWithUpdate) ? "session.updated" : "session.created"
        for _ in 0..<(faults.contains(.opensTwice) ? 2 : 1) {
            emit([
                "type": .string(name), "session": .object(session.object),
            ])
        }
    }

    private func refuse(_ code: String, _ close: Int) {
        fail(InMemoryRefusal(code: code, message: "Incorrect API key provided: or else."))
        end = WireClose(code: close, reason: "invalid_request_error.\(code)")
    }

    func next() -> WireArrival {
        if !arrivals.isEmpty { return arrivals.removeFirst() }
        return end.map(WireArrival.closed) ?? .silence
    }

    func close(code: Int) -> WireClose {
        WireClose(code: faults.contains(.crashesOnClose) ? nil : code, reason: "")
    }

    func send(_ message: WireMessage) throws(WireFailure) {
        if let end { throw .ended(end.description) }
        guard case .text(let text) = message else {
            if !faults.contains(.ignoresBinary) { fail(InMemoryRefusal(code: "invalid_value")) }
            return
        }
        eventID = nil
        guard let event = (try? JSON(parsing: text))?.objectValue, !event.type.isEmpty else {
            return fail(InMemoryRefusal(code: "invalid_event", message: "The 'type' field is missing."))
        }
        eventID = event["event_id"] ?? nil
        do throws(InMemoryRefusal) { try answer(event) } catch { fail(error) }
    }

    private func answer(_ event: JSONObject) throws(InMemoryRefusal) {
        switch event.type {
        case "session.update":
            try session.update(event["session"]?.objectValue ?? [:])
            emit(["type": "session.updated", "session": .object(session.object)])
        case "input_audio_buffer.clear": emit(["type": "input_audio_buffer.cleared"])
        case "input_audio_buffer.commit":
            throw InMemoryRefusal(
                code: "input_audio_buffer_commit_empty",
                message: "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but "
                    + "buffer only has 0.00ms of audio."
            )
        case "conversation.item.create": try create(event)
        case "conversation.item.retrieve":
            let isShared = faults.contains(.sharesItems) && items.isEmpty
            let other: JSONObject = ["id": "item_a", "type": "message", "role": "user", "content": []]
            let item = isShared ? other : items[try find(event, "retrieve", "retrieving")]
            emit(["type": "conversation.item.retrieved", "item": .object(item)])
        case "conversation.item.delete":
            let item = try find(event, "delete", "deleting")
            emit(["type": "conversation.item.deleted", "item_id": items[item]["id"] ?? nil])
            if !faults.contains(.forgetsDeletion) { items.remove(at: item) }
        case "response.create": respond(event["response"]?.objectValue ?? [:])
        case "response.cancel":
            throw InMemoryRefusal(
                code: "response_cancel_not_active",
                message: "Cancellation failed: no active response found"
            )
        default:
            let parameter = faults.contains(.namesNoParameter) ? nil : "type"
            throw InMemoryRefusal(
                code: "invalid_value",
                parameter: parameter,
                message: "Invalid value: '\(event.type)'."
            )
        }
    }

    private func find(_ event: JSONObject, _ verb: String, _ gerund: String) throws(InMemoryRefusal) -> Int {
        let id = event.string("item_id") ?? ""
        guard let index = items.firstIndex(where: { $0.string("id") == id }) else {
            throw InMemoryRefusal(
                code: "item_\(verb)_invalid_item_id",
                message: "Error \(gerund) item: the item with id '\(id)' does not exist."
            )
        }
        return index
    }

    private func create(_ event: JSONObject) throws(InMemoryRefusal) {
        var item = event["item"]?.objectValue ?? [:]
        let previous = event.string("previous_item_id") ?? ""
        var place = items.count
        if previous == "root", !faults.contains(.appendsAtRoot) { place = 0 }
        if !previous.isEmpty, previous != "root" {
            guard let index = items.firstIndex(where: { $0.string("id") == previous }) else {
                throw InMemoryRefusal(
                    code: "item_create_invalid_previous_item_id",
                    message: "Error adding item: the previous item with id '\(previous)' does not exist."
                )
            }
            place = index + 1
        }
        if item["id"] == nil { item["id"] = .string(newID("item")) }
        item = item.adding(["object": "realtime.item", "status": "completed"])
        items.insert(item, at: place)
        announce(item, after: place == 0 ? nil : items[place - 1]["id"] ?? nil)
        if faults.contains(.answersItems) { respond([:]) }
    }

    private func announce(_ item: JSONObject, after previous: JSON) {
        let event: JSONObject = ["previous_item_id": previous, "item": .object(item)]
        if !faults.contains(.announcesDoneOnly) {
            emit(event.adding(["type": .string(vocabulary.name("conversation.item.added"))]))
        }
        if dialect == .ga { emit(event.adding(["type": "conversation.item.done"])) }
    }

    func fail(_ refusal: InMemoryRefusal) {
        emit([
            "type": "error",
            "error": [
                "type": "invalid_request_error", "code": .string(refusal.code), "message": .string(refusal.message),
                "param": JSON(refusal.parameter), "event_id": faults.contains(.echoesNoEventID) ? nil : eventID,
            ],
        ])
        if faults.contains(.closesOnError) { end = WireClose(code: 1011, reason: "") }
    }

    func emit(_ event: JSONObject) {
        eventCount += 1
        let isEcho = faults.contains(.echoesEventIDAlways) && !eventID.isNull
        let id: JSON = isEcho ? eventID : .string("event_\(eventCount)")
        arrivals.append(.text(event.adding(["event_id": id]).text))
    }

    private func newID(_ prefix: String) -> String {
        idCount += 1
        return "\(prefix)_\(idCount)"
    }
}

extension InMemoryConnection {
    private static let words = ["Seven", " is prime."]

    /// A response of one text part.
    private func respond(_ overrides: JSONObject) {
        let isOutOfBand = overrides["conversation"] == "none" && !faults.contains(.runsInConversation)
        let id = newID("resp")
        let response: JSONObject = [
            "object": "realtime.response", "id": .string(id), "status": "in_progress", "status_details": nil,
            "output": [],
            "conversation_id": isOutOfBand ? nil : "conv_1", vocabulary.modalities: ["text"],
            "metadata": faults.contains(.losesMetadata) ? nil : overrides["metadata"] ?? nil, "usage": nil,
        ]
        emit(["type": "response.created", "response": .object(response)])
        let item = message(id, isOutOfBand: isOutOfBand)
        let usage: JSON = ["total_tokens": 3, "input_tokens": 1, "output_tokens": 2]
        let done = response.adding(["status": "completed", "output": [.object(item)], "usage": usage])
        emit(["type": "response.done", "response": .object(done)])
        if !isOutOfBand { items.append(item) }
    }

    private func message(_ response: String, isOutOfBand: Bool) -> JSONObject {
        let id = newID("item")
        let place: JSONObject = ["response_id": .string(response), "output_index": 0]
        let part = place.adding(["item_id": .string(id), "content_index": 0])
        let begun: JSONObject = [
            "id": .string(id), "object": "realtime.item", "type": "message", "status": "in_progress",
            "role": "assistant",
            "content": [],
        ]
        let text = Self.words.joined()
        let content: JSON = [["type": .string(vocabulary.assistantText), "text": .string(text)]]
        let item = begun.adding(["status": "completed", "content": content])
        let previous = items.last?["id"] ?? nil
        emit(place.adding(["type": "response.output_item.added", "item": .object(begun)]))
        if !isOutOfBand { emit(itemEvent("conversation.item.added", begun, previous)) }
        let empty: JSON = faults.contains(.partWithoutText) ? ["type": "text"] : ["type": "text", "text": ""]
        emit(part.adding(["type": "response.content_part.added", "part": empty]))
        for word in Self.words {
            emit(part.adding(["type": .string(vocabulary.name("response.output_text.delta")), "delta": .string(word)]))
        }
        let whole: JSON = faults.contains(.wrongWhole) ? "Eight is prime." : .string(text)
        emit(part.adding(["type": .string(vocabulary.name("response.output_text.done")), "text": whole]))
        if !faults.contains(.dropsPartDone) {
            emit(part.adding(["type": "response.content_part.done", "part": ["type": "text", "text": .string(text)]]))
        }
        let isLate = faults.contains(.itemDoneLate)
        if dialect == .ga, !isOutOfBand, !isLate { emit(itemEvent("conversation.item.done", item, previous)) }
        emit(place.adding(["type": "response.output_item.done", "item": .object(item)]))
        if dialect == .ga, !isOutOfBand, isLate { emit(itemEvent("conversation.item.done", item, previous)) }
        return item
    }

    private func itemEvent(_ name: String, _ item: JSONObject, _ previous: JSON) -> JSONObject {
        ["type": .string(vocabulary.name(name)), "previous_item_id": previous, "item": .object(item)]
    }
}
