// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import ParleyEvents
import Testing

@testable import ParleyConformance

@Suite("Order of events")
struct SequenceRulesTests {
    @Test("Every recorded sequence is in order", arguments: RecordedSequence.all)
    func recordedSequencesAreInOrder(sequence: RecordedSequence) {
        #expect(sequence.brokenOrder() == nil)
    }

    @Test("There are sequences of both dialects")
    func fixturesAreFound() {
        #expect(RecordedSequence.all.filter { $0.dialect == .ga }.count >= 20)
        #expect(RecordedSequence.all.filter { $0.dialect == .beta }.count >= 19)
    }

    /// Events that may be missing, come elsewhere, or that no rule of order needs.
    private static let free: Set = [
        "error", "rate_limits.updated", "session.created", "session.updated", "transcription_session.created",
        "transcription_session.updated", "conversation.item.truncated", "conversation.item.deleted",
        "conversation.item.retrieved", "input_audio_buffer.cleared", "input_audio_buffer.timeout_triggered",
        "response.output_audio.delta", "response.audio.delta", "input_audio_buffer.committed",
    ]

    private static func isFree(_ type: String) -> Bool {
        free.contains(type) || type.contains("input_audio_transcription") || type.contains("mcp")
            || type.hasPrefix("input_audio_buffer.speech")
    }

    @Test("A missing event of a response is noticed", arguments: RecordedSequence.all)
    func missingEventsAreNoticed(sequence: RecordedSequence) {
        for index in sequence.serverIndices where !Self.isFree(sequence[index].type) {
            // Items of tool servers follow rules of their own; of a client's item no later event need tell.
            let isClientItem = sequence.dialect == .beta && sequence[index]["item"]?["role"] == "user"
            if sequence.name == "22_mcp" || (isClientItem && sequence.name == "12_out_of_band") { continue }
            var broken = sequence
            broken.steps.remove(at: index)
            #expect(broken.brokenOrder() != nil, "without \(sequence[index].type) at \(index)")
        }
    }

    @Test("An event that comes twice is noticed by its id", arguments: RecordedSequence.all)
    func repeatedEventsAreNoticed(sequence: RecordedSequence) {
        for index in sequence.serverIndices where sequence.steps.last != .close {
            var broken = sequence
            broken.steps.insert(broken.steps[index], at: index)
            #expect(broken.brokenOrder() != nil, "\(sequence[index].type) twice")
        }
    }

    struct Swap: Sendable, CustomTestStringConvertible {
        let sequence: String
        /// Names in GA; the second follows the first.
        let first: String
        let second: String
        var dialects: [Dialect] = [.ga, .beta]
        var testDescription: String { "\(first) after \(second)" }
    }

    static let swaps = [
        Swap(sequence: "03_text_turn", first: "response.created", second: "response.output_item.added"),
        Swap(sequence: "03_text_turn", first: "response.output_item.added", second: "conversation.item.added"),
        Swap(sequence: "03_text_turn", first: "conversation.item.added", second: "response.content_part.added"),
        Swap(sequence: "03_text_turn", first: "response.content_part.added", second: "response.output_text.delta"),
        Swap(sequence: "03_text_turn", first: "response.output_text.delta", second: "response.output_text.done"),
        Swap(sequence: "03_text_turn", first: "response.output_text.done", second: "response.content_part.done"),
        Swap(sequence: "03_text_turn", first: "response.content_part.done", second: "response.output_item.done"),
        Swap(sequence: "03_text_turn", first: "response.output_item.done", second: "response.done"),
        Swap(
            sequence: "03_text_turn",
            first: "conversation.item.added",
            second: "conversation.item.done",
            dialects: [.ga]
        ),
        Swap(
            sequence: "03_text_turn",
            first: "conversation.item.done",
            second: "response.output_item.done",
            dialects: [.ga]
        ),
        Swap(
            sequence: "04_audio_turn_manual_commit",
            first: "response.output_audio.done",
            second: "response.output_audio_transcript.done"
        ),
        Swap(
            sequence: "04_audio_turn_manual_commit",
            first: "response.output_audio_transcript.done",
            second: "response.content_part.done"
        ),
        Swap(
            sequence: "05_audio_turn_server_vad",
            first: "input_audio_buffer.speech_started",
            second: "input_audio_buffer.speech_stopped"
        ),
        Swap(
            sequence: "07_function_call",
            first: "response.function_call_arguments.delta",
            second: "response.function_call_arguments.done"
        ),
        Swap(
            sequence: "07_function_call",
            first: "response.function_call_arguments.done",
            second: "response.output_item.done"
        ),
        Swap(sequence: "12_out_of_band", first: "response.created", second: "response.output_item.added"),
    ]

    @Test("Events in the wrong order are noticed", arguments: swaps)
    func swappedEventsAreNoticed(swap: Swap) throws {
        for dialect in swap.dialects {
            var sequence = try RecordedSequence.named(swap.sequence, dialect)
            let vocabulary = Vocabulary(dialect: dialect)
            let start = swap.first.hasPrefix("conversation") ? try sequence.index(of: "response.output_item.added") : 0
            let second = vocabulary.name(swap.second)
            let late = try #require(sequence.serverIndices.last { sequence[$0].type == second })
            let first = vocabulary.name(swap.first)
            let early = try #require(
                sequence.serverIndices.last { $0 < late && $0 >= start && sequence[$0].type == first }
            )
            let event = sequence.steps.remove(at: early)
            sequence.steps.insert(event, at: late)
            #expect(sequence.brokenOrder() != nil, "\(dialect.rawValue)")
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        let sequence: String
        let event: String
        let path: [String]
        let value: JSON
        let words: String
        var testDescription: String { "\(event) with \(path.joined(separator: ".")) \(value.text)" }
    }

    static let changes = [
        Change(
            sequence: "03_text_turn",
            event: "response.created",
            path: ["response", "status"],
            value: "completed",
            words: "in_progress"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.output_item.added",
            path: ["output_index"],
            value: 1,
            words: "output_index 0"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.output_item.added",
            path: ["item", "content"],
            value: nil,
            words: "content []"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.output_item.added",
            path: ["item", "status"],
            value: "completed",
            words: "in_progress"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.content_part.added",
            path: ["content_index"],
            value: 1,
            words: "content_index 0"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.content_part.added",
            path: ["part", "text"],
            value: nil,
            words: "text \"\""
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.output_text.done",
            path: ["text"],
            value: "Eight.",
            words: "Seven is prime."
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.content_part.done",
            path: ["part", "text"],
            value: "Eight.",
            words: "whole text"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.output_item.done",
            path: ["item", "status"],
            value: "in_progress",
            words: "final status"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.done",
            path: ["response", "status"],
            value: "in_progress",
            words: "final status"
        ),
        Change(
            sequence: "03_text_turn",
            event: "response.done",
            path: ["response", "output"],
            value: [],
            words: "output"
        ),
        Change(
            sequence: "04_audio_turn_manual_commit",
            event: "response.content_part.added",
            path: ["part", "transcript"],
            value: nil,
            words: "transcript \"\""
        ),
        Change(
            sequence: "05_audio_turn_server_vad",
            event: "input_audio_buffer.speech_stopped",
            path: ["item_id"],
            value: "item_x",
            words: "speech_stopped with the item_id"
        ),
        Change(
            sequence: "05_audio_turn_server_vad",
            event: "input_audio_buffer.speech_stopped",
            path: ["audio_end_ms"],
            value: 0,
            words: "audio_end_ms"
        ),
        Change(
            sequence: "05_audio_turn_server_vad",
            event: "input_audio_buffer.committed",
            path: ["item_id"],
            value: "item_x",
            words: "committed with the item_id"
        ),
        Change(
            sequence: "05_audio_turn_server_vad",
            event: "input_audio_buffer.committed",
            path: ["previous_item_id"],
            value: "item_x",
            words: "previous_item_id"
        ),
        Change(
            sequence: "07_function_call",
            event: "response.output_item.added",
            path: ["item", "arguments"],
            value: "{}",
            words: "arguments \"\""
        ),
        Change(
            sequence: "07_function_call",
            event: "response.function_call_arguments.done",
            path: ["arguments"],
            value: "{}",
            words: "arguments"
        ),
        Change(
            sequence: "07_function_call",
            event: "response.output_item.done",
            path: ["item", "arguments"],
            value: "{}",
            words: "whole arguments"
        ),
        Change(
            sequence: "08_response_cancel",
            event: "response.done",
            path: ["response", "status_details", "reason"],
            value: "boredom",
            words: "client_cancelled"
        ),
        Change(
            sequence: "09_truncate",
            event: "conversation.item.truncated",
            path: ["item_id"],
            value: "item_x",
            words: "announced item"
        ),
        Change(
            sequence: "10_delete",
            event: "conversation.item.deleted",
            path: ["item_id"],
            value: "item_x",
            words: "announced item"
        ),
    ]

    @Test("Values that do not fit what came before are noticed", arguments: changes, Dialect.allCases)
    func changedValuesAreNoticed(change: Change, dialect: Dialect) throws {
        var sequence = try RecordedSequence.named(change.sequence, dialect)
        let index = try sequence.index(of: Vocabulary(dialect: dialect).name(change.event))
        sequence[index] = sequence[index].replacing(change.path, by: change.value)
        let violation = try #require(sequence.brokenOrder())
        #expect(violation.expected.contains(change.words), "\(violation)")
    }

    @Test("An out-of-band response must not announce its items", arguments: Dialect.allCases)
    func outOfBandItemsAreNoticed(dialect: Dialect) throws {
        var sequence = try RecordedSequence.named("12_out_of_band", dialect)
        let index = try sequence.index(of: "response.output_item.added")
        let name = Vocabulary(dialect: dialect).name("conversation.item.added")
        let event: JSONObject = [
            "type": .string(name), "event_id": "event_x", "previous_item_id": nil,
            "item": sequence[index]["item"] ?? nil,
        ]
        sequence.steps.insert(.server(event), at: index + 1)
        #expect(sequence.brokenOrder()?.source == "7.9 Out-of-band response")
    }

    @Test(
        "Answers that nobody asked for are noticed",
        arguments: [
            "session.updated", "input_audio_buffer.cleared", "conversation.item.retrieved",
        ]
    )
    func unaskedAnswersAreNoticed(type: String) throws {
        var sequence = try RecordedSequence.named("01_connect", .ga)
        sequence.steps.append(.server(["type": .string(type), "event_id": "event_x", "session": [:]]))
        #expect(sequence.brokenOrder()?.expected == "\(type) only as the answer to a request")
    }

    @Test("A second response in the conversation is noticed while the first runs", arguments: Dialect.allCases)
    func secondResponseIsNoticed(dialect: Dialect) throws {
        var sequence = try RecordedSequence.named("03_text_turn", dialect)
        let index = try sequence.index(of: "response.created")
        let second = sequence[index].replacing(["response", "id"], by: "resp_x").replacing(["event_id"], by: "event_x")
        sequence.steps.insert(.server(second), at: index + 1)
        #expect(sequence.brokenOrder()?.source == "5 Client events, response.create")
    }

    @Test("Nothing may come before the session, and the session only once")
    func openingIsWatched() throws {
        var early = try RecordedSequence.named("02_session_update", .ga)
        early.steps.swapAt(0, 2)
        #expect(early.brokenOrder()?.source == "7.1 Connect")
        var twice = try RecordedSequence.named("01_connect", .ga)
        twice.steps.append(.server(twice[0].replacing(["event_id"], by: "event_x")))
        #expect(twice.brokenOrder()?.expected == "session.created once")
    }

    @Test("Nothing of an item's transcription may follow its end", arguments: Dialect.allCases)
    func transcriptionEndsOnce(dialect: Dialect) throws {
        var sequence = try RecordedSequence.named("13_transcription_session", dialect)
        let index = try sequence.index(of: "conversation.item.input_audio_transcription.completed")
        sequence.steps.append(.server(sequence[index].replacing(["event_id"], by: "event_x")))
        #expect(sequence.brokenOrder()?.expected.hasPrefix("nothing after the end of the transcription") == true)
    }

    @Test("A scene that ends within a response is noticed")
    func openResponsesAreNoticed() throws {
        var sequence = try RecordedSequence.named("03_text_turn", .beta)
        sequence.steps.removeLast()
        #expect(sequence.brokenOrder()?.expected.hasPrefix("response.done of") == true)
    }
}
