// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Shape of events")
struct ShapeRulesTests {
    @Test("Every recorded event has its shape", arguments: RecordedSequence.all)
    func recordedEventsHaveTheirShape(sequence: RecordedSequence) {
        #expect(sequence.brokenShape() == nil)
    }

    @Test("A renamed member that is required is noticed", arguments: RecordedSequence.all)
    func missingMembersAreNoticed(sequence: RecordedSequence) {
        let rules = ShapeRules(dialect: sequence.dialect)
        let required = [
            "event_id", "session", "item", "response", "response_id", "output_index", "delta", "part", "error",
        ]
        for index in sequence.serverIndices {
            let event = sequence[index]
            for member in required where event[member] != nil && !Self.isFree(event.type, member) {
                var broken = event
                broken.rename(member, to: "\(member)_x")
                #expect(rules.violation(in: broken) != nil, "\(event.type) without \(member)")
            }
        }
    }

    private static func isFree(_ type: String, _ member: String) -> Bool {
        type.contains("mcp") || (type.hasSuffix("transcription.delta") && member == "delta")
            || (type.hasSuffix("transcription.failed") && member == "error")
            || type == "conversation.item.input_audio_transcription.segment"
    }

    @Test("Events of the other dialect are noticed", arguments: RecordedSequence.all)
    func foreignEventsAreNoticed(sequence: RecordedSequence) {
        let other: Dialect = sequence.dialect == .ga ? .beta : .ga
        let rules = ShapeRules(dialect: other)
        let names = Set(
            sequence.serverIndices.map { sequence[$0].type }
                .filter { Vocabulary(dialect: other).gaName(of: $0) == nil }
        )
        for index in sequence.serverIndices where names.contains(sequence[index].type) {
            #expect(rules.violation(in: sequence[index])?.source == "2.2 Choosing the dialect")
        }
        let hasSession = sequence.serverIndices.contains { sequence[$0].type == "session.created" }
        if hasSession { #expect(sequence.serverIndices.contains { rules.violation(in: sequence[$0]) != nil }) }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let dialect: Dialect
        let sequence: String
        let event: String
        let path: [String]
        let value: JSON
        var testDescription: String { "\(dialect.rawValue) \(event) \(path.joined(separator: "."))" }
    }

    static let changes = [
        Change(
            dialect: .ga,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "temperature"],
            value: 0.8
        ),
        Change(
            dialect: .ga,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "modalities"],
            value: ["text"]
        ),
        Change(
            dialect: .ga,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "audio", "input", "format"],
            value: "pcm16"
        ),
        Change(
            dialect: .ga,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "object"],
            value: "session"
        ),
        Change(
            dialect: .ga,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "max_output_tokens"],
            value: "many"
        ),
        Change(
            dialect: .beta,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "audio"],
            value: [:]
        ),
        Change(
            dialect: .beta,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "output_modalities"],
            value: ["text"]
        ),
        Change(
            dialect: .beta,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "input_audio_format"],
            value: ["type": "audio/pcm"]
        ),
        Change(
            dialect: .beta,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "turn_detection"],
            value: ["type": "psychic"]
        ),
        Change(
            dialect: .beta,
            sequence: "01_connect",
            event: "session.created",
            path: ["session", "tools"],
            value: [["type": "function", "function": ["name": "f"]]]
        ),
        Change(
            dialect: .ga,
            sequence: "03_text_turn",
            event: "response.created",
            path: ["response", "modalities"],
            value: ["text"]
        ),
        Change(
            dialect: .ga,
            sequence: "03_text_turn",
            event: "response.created",
            path: ["response", "status"],
            value: "running"
        ),
        Change(
            dialect: .ga,
            sequence: "03_text_turn",
            event: "response.content_part.added",
            path: ["part", "type"],
            value: "output_text"
        ),
        Change(
            dialect: .beta,
            sequence: "03_text_turn",
            event: "response.created",
            path: ["response", "audio"],
            value: [:]
        ),
        Change(dialect: .beta, sequence: "03_text_turn", event: "response.text.delta", path: ["delta"], value: 7),
        Change(
            dialect: .beta,
            sequence: "03_text_turn",
            event: "response.text.delta",
            path: ["output_index"],
            value: 0.5
        ),
        Change(
            dialect: .ga,
            sequence: "04_audio_turn_manual_commit",
            event: "response.output_audio.delta",
            path: ["delta"],
            value: "not base64"
        ),
        Change(
            dialect: .ga,
            sequence: "03_text_turn",
            event: "conversation.item.done",
            path: ["item", "content"],
            value: [["type": "text", "text": ""]]
        ),
        Change(
            dialect: .beta,
            sequence: "03_text_turn",
            event: "conversation.item.created",
            path: ["item", "content"],
            value: [["type": "output_text", "text": ""]]
        ),
        Change(
            dialect: .ga,
            sequence: "03_text_turn",
            event: "conversation.item.added",
            path: ["item", "role"],
            value: "robot"
        ),
        Change(dialect: .ga, sequence: "14_errors", event: "error", path: ["error", "message"], value: nil),
        Change(dialect: .ga, sequence: "14_errors", event: "error", path: ["error", "param"], value: 7),
    ]

    @Test("Members of the other dialect and of the wrong type are noticed", arguments: changes)
    func changedMembersAreNoticed(change: Change) throws {
        let sequence = try RecordedSequence.named(change.sequence, change.dialect)
        let event = sequence[try sequence.index(of: change.event)].replacing(change.path, by: change.value)
        let violation = try #require(ShapeRules(dialect: change.dialect).violation(in: event))
        #expect(violation.expected.contains(change.path.last ?? ""), "\(violation)")
    }

    @Test("Unknown members and unknown events are let through", arguments: Dialect.allCases)
    func unknownIsLetThrough(dialect: Dialect) throws {
        let rules = ShapeRules(dialect: dialect)
        let sequence = try RecordedSequence.named("01_connect", dialect)
        #expect(rules.violation(in: sequence[0].replacing(["session", "novelty"], by: 1)) == nil)
        #expect(rules.violation(in: ["type": "response.output_video.delta", "event_id": "event_x"]) == nil)
    }

    @Test("Events that guides invented are noticed")
    func imaginaryEventsAreNoticed() {
        let event: JSONObject = ["type": "response.cancelled", "event_id": "event_x"]
        #expect(
            ShapeRules(dialect: .ga).violation(in: event)?.expected == "no 'response.cancelled', which no dialect has"
        )
        #expect(ShapeRules(dialect: .beta).violation(in: ["event_id": "event_x"])?.source == "2.5 Framing")
    }

    @Test("The opening session holds the full configuration", arguments: Dialect.allCases)
    func fullSessionsAreFull(dialect: Dialect) throws {
        let rules = ShapeRules(dialect: dialect)
        let session = try #require(try RecordedSequence.named("01_connect", dialect)[0]["session"]?.objectValue)
        #expect(rules.violation(inSession: session) == nil)
        let paths =
            SessionMember.allCases.filter { $0 != .speed && $0 != .noiseReduction }.map { $0.path(in: dialect) }
            + [["id"], ["object"]] + (dialect == .ga ? [["type"]] : [["temperature"]])
        for path in paths {
            let violation = rules.violation(inSession: session.removing(path))
            #expect(violation?.came == "no such member", "without \(path.joined(separator: "."))")
        }
    }
}
