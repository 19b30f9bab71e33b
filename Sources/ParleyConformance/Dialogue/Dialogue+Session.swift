// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

extension Dialogue {
    /// Reads the event that the server opens with.
    func readOpening() async throws(CheckStop) {
        let event = try await next("session.created", source: "7.1 Connect")
        guard event.type != "error" else {
            throw scene.failed("session.created", Abbreviation.text(of: event), source: "7.1 Connect")
        }
    }

    /// Changes the session, which the server must accept.
    func update(_ values: SessionValues) async throws(CheckStop) {
        try await update(.session(values, in: dialect))
    }

    /// Changes the session by a raw body, which the server must accept.
    func update(_ session: JSONObject) async throws(CheckStop) {
        try await send(["type": "session.update", "session": .object(session)])
        _ = try await expect("session.updated", source: "7.2 session.update")
    }

    /// What the server reported last for a member.
    func reported(_ member: SessionMember) -> JSON? { session.value(at: member.path(in: dialect)) }

    /// Fails unless the server reported that value.
    func requireReported(_ member: SessionMember, _ value: JSON, source: String? = nil) throws(CheckStop) {
        let found = reported(member)
        try scene.require(
            found == value,
            "\(member.parameter(in: dialect)) to be \(value.text)",
            came: found?.text ?? "no such member",
            source: source
        )
    }

    /// Fails unless the answer to everything sent so far has come: nothing else may come before this one.
    ///
    /// `input_audio_buffer.clear` has an answer in every kind of session.
    func requireQuiet(_ what: String, source: String? = nil) async throws(CheckStop) {
        try await send(["type": "input_audio_buffer.clear"])
        let event = try await next("input_audio_buffer.cleared")
        try scene.require(
            event.type == "input_audio_buffer.cleared",
            what,
            came: Abbreviation.text(of: event),
            source: source
        )
    }

    /// Sends an event that must be refused, and fails unless the error says why as expected.
    ///
    /// No codes stand for any, where the reference proves none; `parameter` is the path of the wrong member, and
    /// `message` what the message must contain.
    @discardableResult
    func refused(
        _ event: JSONObject,
        codes: [String] = [],
        parameter: String? = nil,
        message: String? = nil,
        source: String? = nil
    ) async throws(CheckStop) -> JSONObject {
        let id = newEventID()
        try await send(event.adding(["event_id": .string(id)]))
        return try await expectError(codes: codes, parameter: parameter, message: message, eventID: id, source: source)
    }

    /// The next event, which must be an error of that kind.
    @discardableResult
    func expectError(
        codes: [String],
        parameter: String? = nil,
        message: String? = nil,
        eventID: String? = nil,
        source: String? = nil
    ) async throws(CheckStop) -> JSONObject {
        var expected = "error"
        if !codes.isEmpty { expected += " with code \(codes.joined(separator: " or "))" }
        if let parameter { expected += ", param \(parameter)" }
        if let message { expected += ", message '\(message)'" }
        let event = try await next(expected, source: source ?? "8 Errors")
        let error = event["error"]?.objectValue ?? [:]
        let isRight =
            event.type == "error" && (codes.isEmpty || codes.contains(error.string("code") ?? ""))
            && (parameter == nil || error.string("param") == parameter)
            && (message.map { error.string("message")?.contains($0) ?? false } ?? true)
        try scene.require(isRight, expected, came: Abbreviation.text(of: event), source: source ?? "8 Errors")
        if let eventID {
            try scene.require(
                error.string("event_id") == eventID,
                "error.event_id '\(eventID)' of the event that caused it",
                came: error["event_id"]?.text ?? "no such member",
                source: "3 Conventions, event_id"
            )
        }
        return error
    }
}
