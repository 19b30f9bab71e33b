// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyTestSupport
import Testing

/// Plays the client's side of a sample sequence to a session, makes the engine produce what the sequence shows, and
/// compares all that the client gets.
struct SequenceReplay {
    private let sequence: SampleSequence
    private(set) var harness: SessionHarness
    private var matcher = EventMatcher(isName: SampleSequence.isServerID)

    init(_ dialect: Dialect, _ name: String) throws {
        sequence = try SampleSequence(dialect, name)
        let shown = sequence.steps.first?.event["session"]
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
        session.input.turnDetection?.idleTimeoutMS =
            shown?["audio"]?["input"]?["turn_detection"]?["idle_timeout_ms"]?.intValue
        var limits = SessionLimits()
        // The samples show what an engine produces as one delta each.
        limits.deltaBytes = 1 << 20
        harness = SessionHarness(dialect, session: session, limits: limits)
        harness.open()
    }

    mutating func run() throws {
        for (index, step) in sequence.steps.enumerated() {
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

    private mutating func send(_ step: SampleSequence.Step, at index: Int) {
        guard let ms = step.line["audio_ms"]?.intValue else {
            harness.client(matcher.resolved(.object(step.event)).objectValue ?? [:])
            return
        }
        let answers = sequence.serverSteps(from: index + 1).map { $0.event["type"] }
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

    private mutating func check(_ step: SampleSequence.Step, at index: Int) throws {
        if harness.unread.isEmpty { cause(at: index) }
        let next = harness.takeEvent()
        let actual = try #require(next, "nothing came for step \(index): \(step.event.text)")
        let differences = matcher.differences(.object(actual), from: .object(SampleSequence.comparable(step.event)))
        #expect(differences.isEmpty, "step \(index): \(differences) in \(actual.text)")
    }

    // MARK: The engine

    /// Makes happen what the sequence shows next.
    private mutating func cause(at index: Int) {
        for step in sequence.steps[index...] where !step.isFromClient {
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
            case "input_audio_buffer.timeout_triggered": return stayIdle()
            case "input_audio_buffer.speech_stopped": return harness.append(TestAudio.silence(ms: 1_000))
            case "conversation.item.input_audio_transcription.delta":
                return transcribe(
                    event,
                    .delta(event["delta"]?.stringValue ?? "", logProbabilities: logProbabilities(event))
                )
            case "conversation.item.input_audio_transcription.completed":
                return transcribe(
                    event,
                    .completed(event["transcript"]?.stringValue ?? "", logProbabilities: logProbabilities(event))
                )
            case "error" where event["error"]?["code"] == "session_expired":
                return harness.advance(by: .minutes(60))
            default: continue
            }
        }
    }

    /// The sample begins after an answer that it does not show.
    private mutating func stayIdle() {
        harness.client(["type": "response.create"])
        harness.respond(.finished(.completed, usage: nil))
        _ = harness.takeEvents()
        harness.append(TestAudio.silence(ms: 6_000))
        harness.advance(by: .seconds(6))
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

    private func logProbabilities(_ event: JSONObject) -> [TokenLogProbability]? {
        event["logprobs"]?.arrayValue?.compactMap { try? TokenLogProbability(received: $0, at: "logprobs") }
    }

    private mutating func transcribe(_ event: JSONObject, _ progress: TranscriptionProgress) {
        let itemID = event["item_id"]?.stringValue ?? ""
        harness.engine(.transcription(itemID: matcher.bound[itemID] ?? itemID, progress))
    }
}
