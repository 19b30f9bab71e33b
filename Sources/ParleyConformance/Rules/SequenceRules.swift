// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import ParleyEvents

/// The order of events in one connection, fed event by event (protocol reference, section 7).
///
/// Knows what must come before what, what comes once only, and which fragments make up which whole.
package struct SequenceRules: Sendable {
    private let vocabulary: Vocabulary
    private var isOpen = false
    private var requests = RequestOrder()
    private var items: ItemOrder
    private var speech = SpeechOrder()
    private var responses: [String: ResponseOrder] = [:]
    private var eventIDs: Set<String> = []

    /// Rules for a connection that has just been opened.
    package init(dialect: Dialect) {
        vocabulary = Vocabulary(dialect: dialect)
        items = ItemOrder(dialect: dialect)
    }

    /// The client sent an event.
    package mutating func sent(_ event: JSONObject) {
        requests.sent(event.type)
        if event.type == "input_audio_buffer.commit" || event.type == "input_audio_buffer.clear" { speech.cut() }
    }

    /// The server sent an event.
    package mutating func received(_ event: JSONObject) throws(RuleViolation) {
        let name = vocabulary.gaName(of: event.type) ?? event.type
        try opening(name)
        if let id = event.string("event_id"), !eventIDs.insert(id).inserted {
            throw RuleViolation(expected: "an event_id of its own", came: "'\(id)' again", source: "3 Conventions")
        }
        try requests.received(name)
        try speech.received(name, event)
        try items.received(name, event)
        if name.hasPrefix("response.") { try response(name, event) }
    }

    /// The scene is over: nothing may be half done.
    package func finished() throws(RuleViolation) {
        try items.finished()
        try speech.finished()
        for response in responses.values { try response.finished() }
    }

    /// Responses whose `response.done` has not come.
    package var runningResponses: Set<String> { Set(responses.filter { !$0.value.isDone }.keys) }

    private mutating func opening(_ name: String) throws(RuleViolation) {
        guard !isOpen else {
            guard !name.hasSuffix("session.created") else {
                throw RuleViolation(expected: "\(name) once", came: "a second one", source: "7.1 Connect")
            }
            return
        }
        // A connection that is refused in-band ends with its first event.
        guard name == "error" || name == "session.created" || name == "transcription_session.created" else {
            throw RuleViolation(expected: "session.created as first event", came: name, source: "7.1 Connect")
        }
        isOpen = true
    }

    private mutating func response(_ name: String, _ event: JSONObject) throws(RuleViolation) {
        if name == "response.created" { return try begin(event) }
        let id = event.string("response_id") ?? event["response"]?["id"]?.stringValue
        guard let id else { return }
        guard var response = responses[id] else {
            throw RuleViolation(
                expected: "response.created of \(id) before \(name)",
                came: "no such event before",
                source: "12 What existing clients depend on"
            )
        }
        try response.received(name, event, items: &items)
        responses[id] = response
    }

    private mutating func begin(_ event: JSONObject) throws(RuleViolation) {
        guard let response = event["response"]?.objectValue, let id = response.string("id") else { return }
        guard responses[id] == nil else {
            throw RuleViolation(
                expected: "response.created of \(id) once",
                came: "a second one",
                source: "7.3 Text turn"
            )
        }
        let order = try ResponseOrder(created: response, dialect: vocabulary.dialect)
        let running = responses.first { $0.value.isInConversation && !$0.value.isDone }?.key
        if order.isInConversation, let running {
            throw RuleViolation(
                expected: "no response in the default conversation before response.done of \(running)",
                came: "response.created of \(id)",
                source: "5 Client events, response.create"
            )
        }
        responses[id] = order
    }
}
