// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import Testing

/// Plays the client's side of a sample sequence to a session, makes the engine produce what the sequence shows, and
/// compares all that the client gets.
struct SequenceReplay {
    private struct Step {
        let isFromClient: Bool
        let event: JSONObject
        let line: JSONObject
    }

    private let steps: [Step]
    private var harness: SessionHarness
    private var matcher = EventMatcher(isName: Self.isServerID)

    init(_ dialect: Dialect, _ name: String) throws {
        steps = try Fixtures.lines("sequences/\(dialect.rawValue)/\(name)").dropFirst()
            .map { Step(isFromClient: $0["dir"] == "client", event: $0["event"]?.objectValue ?? [:], line: $0) }
        let shown = steps.first?.event["session"]
        let kind: Session.Kind = shown?["object"] == "realtime.transcription_session" ? .transcription : .realtime
        var session = Session(
            kind: kind,
            id: shown?["id"]?.stringValue ?? "",
            model: shown?["model"]?.stringValue ?? "",
            expiresAt: shown?["expires_at"]?.intValue ?? 0
        )
        session.instructions = shown?["instructions"]?.stringValue ?? ""
        session.tools = (shown?["tools"]?.arrayValue ?? [])
            .map { tool in
                .function(
                    name: tool["name"]?.stringValue ?? "",
                    description: tool["description"]?.stringValue,
                    parameters: tool["parameters"]
                )
            }
        if shown?["turn_detection"] == .null || shown?["audio"]?["input"]?["turn_detection"] == .null {
            session.input.turnDetection = nil
        }
        var limits = SessionLimits()
        // The samples show what an engine produces as one delta each.
        limits.deltaBytes = 1 << 20
        harness = SessionHarness(dialect, session: session, limits: limits)
        harness.open()
    }

    /// The sample ids that a session makes itself.
    private static func isServerID(_ text: String) -> Bool {
        ["item_", "resp_", "conv_"].contains { text.hasPrefix($0) } && text.utf8.count == 26
    }

    mutating func run() throws {
        for (index, step) in steps.enumerated() {
            if let close = step.line["close"] {
                #expect(harness.close?.code == close["code"]?.intValue.map { UInt16($0) })
                #expect(harness.close?.reason == close["reason"]?.stringValue)
            } else if step.isFromClient {
                #expect(harness.unread.isEmpty, "unexpected before step \(index): \(harness.unread.map(\.text))")
                send(step, at: index)
            } else if step.event["type"] != "rate_limits.updated" {
                try check(step, at: index)
            }
        }
        #expect(harness.unread.isEmpty, "unexpected at the end: \(harness.unread.map(\.text))")
    }

    private mutating func send(_ step: Step, at index: Int) {
        guard let ms = step.line["audio_ms"]?.intValue else {
            harness.client(matcher.resolved(.object(step.event)).objectValue ?? [:])
            return
        }
        let answers = steps[(index + 1)...].prefix { !$0.isFromClient }.map { $0.event["type"] }
        var audio = ByteBuffer()
        if answers.contains("input_audio_buffer.speech_started") {
            audio = TestAudio.silence(ms: 200) + TestAudio.speech(ms: ms - 200)
            if answers.contains("input_audio_buffer.speech_stopped") {
                audio.writeImmutableBuffer(TestAudio.silence(ms: 1_000))
            }
        } else {
            audio = TestAudio.silence(ms: ms)
        }
        harness.append(audio)
    }

    private mutating func check(_ step: Step, at index: Int) throws {
        if harness.unread.isEmpty { cause(at: index) }
        let next = harness.takeEvent()
        let actual = try #require(next, "nothing came for step \(index): \(step.event.text)")
        let differences = matcher.differences(.object(actual), from: .object(comparable(step.event)))
        #expect(differences.isEmpty, "step \(index): \(differences) in \(actual.text)")
    }

    /// An event without what differs from session to session.
    private func comparable(_ event: JSONObject) -> JSONObject {
        var event = event
        event["event_id"] = .string(EventMatcher.anything)
        // Log probabilities are not there yet.
        event["logprobs"] = nil
        for place in ["audio_start_ms", "audio_end_ms", "usage"] where event["type"] != "conversation.item.truncated" {
            if event[place] != nil { event[place] = .string(EventMatcher.anything) }
        }
        switch event["type"] {
        case "response.output_audio.delta", "response.audio.delta": event["delta"] = .string(EventMatcher.anything)
        case "response.done":
            guard case .object(var response)? = event["response"] else { break }
            response["usage"] = comparableUsage(response["usage"])
            event["response"] = .object(response)
        case "conversation.item.retrieved":
            // The sample has a transcript although transcription is off.
            guard case .object(var item)? = event["item"] else { break }
            item["content"] = [["type": "input_audio", "transcript": nil, "audio": .string(EventMatcher.anything)]]
            event["item"] = .object(item)
        default: break
        }
        return event
    }

    /// The members of a usage object, whatever they count.
    private func comparableUsage(_ value: JSON?) -> JSON? {
        switch value {
        case .object(let object)?:
            .object(JSONObject(object.members.map { ($0.name, comparableUsage($0.value) ?? .null) }))
        case .number(let number)? where number.int != 0: .string(EventMatcher.anything)
        default: value.map { _ in .string(EventMatcher.anything) }
        }
    }

    // MARK: The engine

    /// Makes happen what the sequence shows next.
    private mutating func cause(at index: Int) {
        for step in steps[index...] where !step.isFromClient {
            let event = step.event
            switch event["type"]?.stringValue {
            case "response.output_audio_transcript.delta", "response.audio_transcript.delta":
                return harness.respond(.transcript(event["delta"]?.stringValue ?? ""))
            case "response.output_audio.delta", "response.audio.delta":
                return harness.respond(.audio(TestAudio.assistant(ms: 500)))
            case "response.output_text.delta", "response.text.delta":
                return harness.respond(.text(event["delta"]?.stringValue ?? ""))
            case "response.output_item.added" where event["item"]?["type"] == "function_call":
                return harness.respond(
                    .toolCall(
                        index: 0,
                        .started(
                            callID: event["item"]?["call_id"]?.stringValue,
                            name: event["item"]?["name"]?.stringValue ?? ""
                        )
                    )
                )
            case "response.function_call_arguments.delta":
                return harness.respond(.toolCall(index: 0, .arguments(event["delta"]?.stringValue ?? "")))
            case "response.function_call_arguments.done":
                return harness.respond(.toolCall(index: 0, .finished))
            case "response.done": return finish(event["response"])
            case "input_audio_buffer.speech_stopped": return harness.append(TestAudio.silence(ms: 1_000))
            case "conversation.item.input_audio_transcription.delta":
                return transcribe(event, .delta(event["delta"]?.stringValue ?? ""))
            case "conversation.item.input_audio_transcription.completed":
                return transcribe(event, .completed(event["transcript"]?.stringValue ?? ""))
            case "error" where event["error"]?["code"] == "session_expired":
                return harness.advance(by: .minutes(60))
            default: continue
            }
        }
    }

    private mutating func finish(_ response: JSON?) {
        if let error = response?["status_details"]?["error"] {
            harness.respond(
                .failed(
                    EngineFailure(
                        type: error["type"]?.stringValue ?? "",
                        code: error["code"]?.stringValue,
                        message: error["message"]?.stringValue ?? ""
                    )
                )
            )
        } else {
            harness.respond(.finished(.completed, usage: TokenUsage(input: 126, cachedInput: 64, output: 88)))
        }
    }

    private mutating func transcribe(_ event: JSONObject, _ progress: TranscriptionProgress) {
        let itemID = event["item_id"]?.stringValue ?? ""
        harness.engine(.transcription(itemID: matcher.bound[itemID] ?? itemID, progress))
    }
}
