// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Testing

@testable import ParleyEvents

extension ServerEvent {
    /// Whether it is none of the typed cases.
    var isUnknown: Bool {
        guard case .unknown = self else { return false }
        return true
    }
}

extension JSON {
    /// The value with every number in one way of writing, and members in one order.
    var normalized: JSON {
        switch self {
        case .number(let number): JSON(number.double)
        case .array(let elements): .array(elements.map(\.normalized))
        case .object(let object):
            .object(
                JSONObject(object.members.map { ($0.name, $0.value.normalized) }.sorted { $0.0 < $1.0 })
            )
        default: self
        }
    }
}

/// Whether two objects say the same, however their numbers are written.
func isEquivalent(_ left: JSONObject, _ right: JSONObject) -> Bool {
    JSON.object(left).normalized == JSON.object(right).normalized
}

extension ReceivedEvent {
    /// The event as it is encoded, with what it has no place for.
    var encoded: JSONObject { event.object(eventID: eventID).filled(with: unknownMembers) }
}

extension JSONObject {
    /// The event with what all items have when they are encoded, and what some servers leave out.
    var withWholeItems: JSONObject {
        var event = self
        if let item = event["item"] { event["item"] = item.withWholeItem }
        if case .object(var response)? = event["response"], let output = response["output"]?.arrayValue {
            response["output"] = .array(output.map(\.withWholeItem))
            event["response"] = .object(response)
        }
        return event
    }
}

extension JSON {
    fileprivate var withWholeItem: JSON {
        guard case .object(var item) = self else { return self }
        if item["object"] == nil { item["object"] = "realtime.item" }
        let hasStatus = item["type"]?.stringValue?.hasPrefix("mcp_") == false
        if hasStatus, item["status"] == nil { item["status"] = "completed" }
        return .object(item)
    }
}

extension ClientEdge.Incoming {
    /// The events, if the message was one.
    var events: [ReceivedEvent] {
        guard case .events(let events) = self else { return [] }
        return events
    }
}

extension ClientEdge.Outgoing {
    /// The answers, if nothing was written.
    var answers: [ReceivedEvent] {
        guard case .answered(let answers) = self else { return [] }
        return answers
    }
}

/// Whether a model reads back from its JSON form as itself.
func readsBack<Model: JSONRepresentable & Equatable>(_ model: Model) throws -> Bool {
    try Model(received: model.jsonForm, at: "") == model
}

/// A message as it comes from a socket.
func message(_ text: String) -> ByteBuffer { ByteBuffer(string: text) }

/// Reads a server event, GA form.
func event(_ text: String) throws -> ReceivedEvent { ReceivedEvent(try object(text), dialect: .ga) }
