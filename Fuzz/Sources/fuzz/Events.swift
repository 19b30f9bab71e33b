// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents

/// Text messages at both ends of a connection, in both dialects: what is understood can be said again.
func fuzzEvents(_ input: Input) {
    if let json = try? JSON(parsing: input.bytes) {
        let text = json.text
        check((try? JSON(parsing: text)) == json, "the same JSON again: \(text)")
        check((try? JSON(parsing: text).text) == text, "the same text again: \(text)")
    }
    let dialect: Dialect = input.chooses(0) ? .beta : .ga
    if input.chooses(1) {
        serverSide(input, dialect)
    } else {
        clientSide(input, dialect)
    }
}

/// A client's message as a server reads it.
private func serverSide(_ input: Input, _ dialect: Dialect) {
    let format: AudioFormat = input.chooses(2) ? .pcmu : .pcm
    var edge = ServerEdge(dialect: dialect)
    if input.chooses(3) {
        let session = Session(kind: .transcription, id: "sess_1", model: "m", expiresAt: 1)
        edge.send(.sessionCreated(session), eventID: "event_1") { _ in }
    }
    switch edge.received(ByteBuffer(bytes: input.bytes), inputFormat: format) {
    case .event(let received, let eventID):
        let event = withoutTemperature(received)
        let object = event.object(eventID: eventID)
        check((try? ClientEvent(object, inputFormat: format)) == event, "the same event again: \(object.text)")
        var buffer = ByteBuffer()
        event.write(eventID: eventID, into: &buffer)
        check((try? JSON(parsing: buffer)) == .object(object), "written as it is: \(object.text)")
        if case .sessionUpdate(let update, _) = event { apply(update) }
    case .invalid(let error): check(!error.message.isEmpty, "a reason")
    case .answered(let objects):
        for object in objects { check((try? JSON(parsing: object.text)) == .object(object), "JSON: \(object.text)") }
    }
}

/// What a beta client says of it has no place in the GA form.
private func withoutTemperature(_ event: ClientEvent) -> ClientEvent {
    switch event {
    case .sessionUpdate(let update, _): return .sessionUpdate(update)
    case .responseCreate(var overrides):
        overrides.temperature = nil
        return .responseCreate(overrides)
    default: return event
    }
}

private func apply(_ update: JSONObject) {
    for kind in Session.Kind.allCases {
        var session = Session(kind: kind, id: "sess_1", model: "m", expiresAt: 1)
        let before = session
        do throws(RealtimeError) {
            try session.apply(update, audioWasProduced: false)
        } catch {
            check(session == before, "a refused update changes nothing: \(update.text)")
            continue
        }
        // One for transcription does not tell what it has no use for.
        let read = try? Session(received: session.jsonForm, at: "")
        check(read?.object == session.object, "the same session again: \(session.object.text)")
    }
}

/// A server's message as a client reads it.
private func clientSide(_ input: Input, _ dialect: Dialect) {
    var edge = ClientEdge(dialect: dialect)
    guard case .events(let events) = edge.received(ByteBuffer(bytes: input.bytes)) else { return }
    check(events.filter { !$0.isAdded }.count == 1, "one event stands for the message")
    for event in events {
        let object = event.event.object(eventID: event.eventID)
        if case .unknown = event.event { check(object == event.gaObject, "kept as it came: \(object.text)") }
        // What is known of it reads back as the same.
        let again = ReceivedEvent(object, dialect: .ga)
        check(again.event == event.event, "the same event again: \(object.text)")
    }
}
