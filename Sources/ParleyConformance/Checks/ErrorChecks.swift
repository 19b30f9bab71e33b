// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

internal import ParleyEvents

/// Messages that are no events, and events that are wrong (protocol reference, sections 2.5, 7.11 and 8).
enum ErrorChecks {
    static let all = [
        Check(
            "errors.not-json",
            "A text that is not JSON is answered by an error",
            source: "2.5 Framing",
            run: notJSON
        ),
        Check(
            "errors.not-object",
            "JSON that is no object is answered by an error",
            source: "2.5 Framing",
            run: notObject
        ),
        Check("errors.no-type", "An event without a type is answered by an error", source: "2.5 Framing", run: noType),
        Check(
            "errors.type-no-string",
            "A type that is no string is answered by an error",
            source: "2.5 Framing",
            run: typeNoString
        ),
        Check(
            "errors.unknown-type",
            "An unknown type is an invalid value",
            source: "8 Errors, invalid_value",
            run: unknownType
        ),
        Check(
            "errors.server-event",
            "An event of the server is no event of the client",
            source: "8 Errors, invalid_value",
            run: serverEvent
        ),
        Check(
            "errors.binary",
            "A binary message is answered by an error (recommended)",
            source: "2.5 Framing",
            run: binary
        ),
        Check("errors.base64", "Wrong base64 is an invalid value", source: "8 Errors, invalid_value", run: base64),
        Check(
            "errors.audio-type",
            "Audio that is no string is refused",
            source: "8 Errors, invalid_type",
            run: audioType
        ),
        Check(
            "errors.missing-audio",
            "append without audio is refused",
            source: "8 Errors, missing_required_parameter",
            run: missingAudio
        ),
        Check(
            "errors.commit-empty",
            "An empty buffer cannot be committed",
            source: "8 Errors, input_audio_buffer_commit_empty",
            run: commitEmpty
        ),
        Check(
            "errors.event-id",
            "The event_id comes back in the error only",
            source: "3 Conventions, event_id",
            run: eventID
        ),
        Check("errors.no-event-id", "Without an event_id the error has null", source: "8 Errors", run: noEventID),
        Check("errors.stays-open", "Errors leave the session as it was", source: "7.11 Errors", run: staysOpen),
    ]

    static func notJSON(_ scene: Scene) async throws(CheckStop) { try await refuse(scene, .text("{\"type\":")) }

    static func notObject(_ scene: Scene) async throws(CheckStop) { try await refuse(scene, .text("[1,2,3]")) }

    static func noType(_ scene: Scene) async throws(CheckStop) {
        try await refuse(scene, .text("{\"hello\":\"there\"}"), message: "type")
    }

    static func typeNoString(_ scene: Scene) async throws(CheckStop) { try await refuse(scene, .text("{\"type\":7}")) }

    static func unknownType(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "session.dance"],
            codes: ["invalid_value"],
            parameter: "type",
            message: "Invalid value: 'session.dance'."
        )
    }

    static func serverEvent(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(["type": "response.done"], codes: ["invalid_value"], parameter: "type")
    }

    static func binary(_ scene: Scene) async throws(CheckStop) { try await refuse(scene, .binary([0, 1, 2, 255])) }

    static func base64(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "input_audio_buffer.append", "audio": "this is *not* base64!"],
            codes: ["invalid_value"],
            parameter: "audio",
            message: "Invalid 'audio'. Expected base64-encoded audio bytes"
        )
    }

    static func audioType(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "input_audio_buffer.append", "audio": 7],
            codes: ["invalid_type", "invalid_value"],
            parameter: "audio"
        )
    }

    static func missingAudio(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "input_audio_buffer.append"],
            codes: ["missing_required_parameter"],
            parameter: "audio"
        )
    }

    static func commitEmpty(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.refused(
            ["type": "input_audio_buffer.commit"],
            codes: ["input_audio_buffer_commit_empty"],
            message: "buffer only has 0.00ms of audio"
        )
    }

    static func eventID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.openForText()
        try await dialogue.refused(["type": "session.dance"])
        try await dialogue.send(["type": "input_audio_buffer.clear", "event_id": "conform_success"])
        let event = try await dialogue.expect("input_audio_buffer.cleared")
        try scene.require(
            event.string("event_id") != "conform_success",
            "an event_id of the server's own",
            came: Abbreviation.text(of: event)
        )
    }

    static func noEventID(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open()
        try await dialogue.send(["type": "session.dance"])
        let error = try await dialogue.expectError(codes: [])
        try scene.require(
            error["event_id"]?.isNull ?? true,
            "error.event_id null",
            came: error["event_id"]?.text ?? ""
        )
    }

    static func staysOpen(_ scene: Scene) async throws(CheckStop) {
        let dialogue = try await scene.open([(.instructions, "Stay."), (.turnDetection, nil)])
        try await dialogue.create(dialogue.userText("One.", id: "item_a"))
        for type in ["session.dance", "input_audio_buffer.commit", "response.cancel"] {
            try await dialogue.refused(["type": .string(type)])
        }
        try await dialogue.update([])
        try dialogue.requireReported(.instructions, "Stay.")
        _ = try await dialogue.retrieve("item_a")
    }

    /// Sends a message that is no event: an error comes and the connection stays.
    private static func refuse(_ scene: Scene, _ message: WireMessage, message words: String? = nil)
        async throws(CheckStop)
    {
        let dialogue = try await scene.open()
        try await dialogue.send(message)
        let error = try await dialogue.expectError(codes: [], message: words, source: "2.5 Framing")
        try scene.require(
            error.string("type") == "invalid_request_error",
            "error.type invalid_request_error",
            came: Abbreviation.text(of: error)
        )
        try await dialogue.requireQuiet("one error and an open connection")
    }
}
