// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyTestSupport

/// A conversation written down as JSON lines, from `Fixtures/transcripts`.
///
/// The first line is the title: `about`, and if they are not the usual ones `kind` of session and `limits`. Then, in
/// order of time:
///
/// | line | meaning |
/// | --- | --- |
/// | `{"client": EVENT}` | the client sends this; `client_ga` and `client_beta` where the dialects differ |
/// | `{"audio": [["speech", 800], …]}` | the client appends this sound, in ms, in the session's format |
/// | `{"engine": [STEP, …]}` | the engine does this, for the response `of` or the one started last |
/// | `{"wait_ms": 1000}` | time passes |
/// | `{"expect": [EVENT, …]}` | exactly these come, by the members given; a string is an event's type alone |
/// | `{"commands": [COMMAND, …]}` | exactly this was asked of the engine |
/// | `{"close": {"code", "reason"}}` | the connection was closed |
///
/// Everything is written in GA form; what a beta client gets follows from it, unless `expect_ga` and `expect_beta`
/// tell. Strings that begin with `$` are names for ids, `$_` is a name for anything.
struct Transcript {
    enum Step {
        case client(JSONObject)
        case audio([(isSpeech: Bool, ms: Int)])
        case engine(JSONObject, response: String?)
        case wait(ms: Int)
        case expect([JSON])
        case commands([JSON])
        case close(JSON)
    }

    struct Mistake: Error {
        let line: String
    }

    let session: Session
    let limits: SessionLimits
    let steps: [Step]

    init(_ name: String, _ dialect: Dialect) throws {
        let lines = try Fixtures.lines("transcripts/\(name)")
        let title = lines.first ?? [:]
        var session = Session.test(title["kind"] == "transcription" ? .transcription : .realtime)
        if let update = title["session"]?.objectValue { try session.apply(update, audioWasProduced: false) }
        self.session = session
        limits = try Self.limits(title["limits"]?.objectValue ?? [:])
        steps = try lines.dropFirst().flatMap { try Self.steps($0, dialect) }
    }

    private static func limits(_ object: JSONObject) throws -> SessionLimits {
        var limits = SessionLimits()
        for member in object.members {
            guard let value = member.value.intValue else { throw Mistake(line: object.text) }
            switch member.name {
            case "items": limits.items = value
            case "stored_text_bytes": limits.storedTextBytes = value
            case "responses": limits.responses = value
            case "transcriptions": limits.transcriptions = value
            case "input_buffer_ms": limits.inputBufferMS = value
            case "turn_ms": limits.turnMS = value
            case "duration_s": limits.duration = .seconds(Int64(value))
            default: throw Mistake(line: object.text)
            }
        }
        return limits
    }

    private static func steps(_ line: JSONObject, _ dialect: Dialect) throws -> [Step] {
        let other: Dialect = dialect == .ga ? .beta : .ga
        for (name, value) in line.members {
            switch (name, value) {
            case ("client", .object(let event)), ("client_\(dialect.rawValue)", .object(let event)):
                return [.client(event)]
            case ("audio", .array(let pieces)):
                return [.audio(pieces.map { ($0.arrayValue?.first == "speech", $0.arrayValue?.last?.intValue ?? 0) })]
            case ("engine", .array(let events)):
                return events.compactMap(\.objectValue).map { .engine($0, response: line["of"]?.stringValue) }
            case ("wait_ms", .number(let number)): return [.wait(ms: number.int ?? 0)]
            case ("expect", .array(let events)):
                return [.expect(dialect == .ga ? events : events.compactMap(BetaForm.event))]
            case ("expect_\(dialect.rawValue)", .array(let events)): return [.expect(events)]
            case ("commands", .array(let commands)): return [.commands(commands)]
            case ("close", let close): return [.close(close)]
            case ("client_\(other.rawValue)", _), ("expect_\(other.rawValue)", _): continue
            default: throw Mistake(line: line.text)
            }
        }
        return []
    }
}

/// What a beta client is shown where a GA client is shown something else.
private enum BetaForm {
    private static let names = [
        "conversation.item.added": "conversation.item.created",
        "response.output_text.delta": "response.text.delta",
        "response.output_text.done": "response.text.done",
        "response.output_audio.delta": "response.audio.delta",
        "response.output_audio.done": "response.audio.done",
        "response.output_audio_transcript.delta": "response.audio_transcript.delta",
        "response.output_audio_transcript.done": "response.audio_transcript.done",
    ]

    private static let hidden: Set = ["conversation.item.done", "input_audio_buffer.timeout_triggered"]

    static func event(_ event: JSON) -> JSON? {
        guard let type = event.stringValue ?? event["type"]?.stringValue, !hidden.contains(type) else { return nil }
        let name = JSON(names[type] ?? type)
        guard case .object(var object) = parts(event) else { return name }
        object["type"] = name
        // These say of what kind a tool call was, which beta clients know from its item.
        if type == "response.function_call_arguments.done" { object["name"] = nil }
        return .object(object)
    }

    private static func parts(_ value: JSON) -> JSON {
        switch value {
        case .array(let elements): return .array(elements.map(parts))
        case .object(var object):
            if object["type"] == "output_text" { object["type"] = "text" }
            if object["type"] == "output_audio" { object["type"] = "audio" }
            return .object(JSONObject(object.members.map { ($0.name, parts($0.value)) }))
        default: return value
        }
    }
}
