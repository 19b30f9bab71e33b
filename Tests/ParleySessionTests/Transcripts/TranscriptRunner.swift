// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import ParleyEvents
import ParleySession
import ParleyTestSupport
import Testing

/// Plays a transcript and compares what comes with what it says.
struct TranscriptRunner {
    private let transcript: Transcript
    private(set) var harness: SessionHarness
    private var matcher = EventMatcher()

    init(_ name: String, _ dialect: Dialect) throws {
        transcript = try Transcript(name, dialect)
        harness = SessionHarness(dialect, session: transcript.session, limits: transcript.limits)
    }

    mutating func run() throws {
        harness.open()
        _ = harness.takeEvents()
        for (index, step) in transcript.steps.enumerated() { try perform(step, "step \(index + 1)") }
        expectNothing("at the end")
        #expect(harness.unreadCommands.isEmpty, "unexpected: \(harness.unreadCommands)")
    }

    private func expectNothing(_ place: String) {
        #expect(harness.unread.isEmpty, "\(place), unexpected: \(harness.unread.map(\.text))")
    }

    private mutating func perform(_ step: Transcript.Step, _ place: String) throws {
        switch step {
        case .client(let event):
            expectNothing(place)
            harness.client(matcher.resolved(.object(event)).objectValue ?? [:])
        case .audio(let pieces):
            expectNothing(place)
            let format = harness.machine.session.input.format
            harness.append(
                pieces.reduce(ByteBuffer()) { audio, piece in
                    audio
                        + (piece.isSpeech
                            ? TestAudio.speech(ms: piece.ms, format) : TestAudio.silence(ms: piece.ms, format))
                }
            )
        case .engine(let event, let response):
            let id = response.map { matcher.bound[$0] ?? $0 } ?? harness.lastRequest?.id ?? ""
            harness.engine(try engineEvent(event, responseID: id))
        case .wait(let ms): harness.advance(by: .milliseconds(Int64(ms)))
        case .expect(let events):
            for event in events { try expect(event, place) }
            expectNothing(place)
        case .commands(let commands):
            let differences = matcher.differences(
                .array(harness.takeCommands().map(\.description)),
                from: .array(commands)
            )
            #expect(differences.isEmpty, "\(place): \(differences)")
        case .close(let close):
            #expect(harness.close?.code == close["code"]?.intValue.map { UInt16($0) })
            #expect(harness.close?.reason == close["reason"]?.stringValue)
        }
    }

    private mutating func expect(_ event: JSON, _ place: String) throws {
        let next = harness.takeEvent()
        let actual = try #require(next, "\(place): nothing came for \(event.text)")
        let expected = event.objectValue ?? ["type": event]
        let differences = matcher.differences(.object(actual), from: .object(expected))
        #expect(differences.isEmpty, "\(place): \(differences) in \(actual.text)")
    }

    private func engineEvent(_ step: JSONObject, responseID: String) throws -> EngineEvent {
        if let item = step["transcription"]?.stringValue {
            return .transcription(itemID: matcher.bound[item] ?? item, try Self.transcription(step))
        }
        return .response(id: responseID, try Self.progress(step))
    }

    private static func transcription(_ step: JSONObject) throws -> TranscriptionProgress {
        if let text = step["delta"]?.stringValue { return .delta(text) }
        if let text = step["completed"]?.stringValue { return .completed(text) }
        return .failed(try failure(step))
    }

    private static func progress(_ step: JSONObject) throws -> ResponseProgress {
        let index = step["index"]?.intValue ?? 0
        guard let (name, value) = step.members.first else { throw Transcript.Mistake(line: step.text) }
        switch name {
        case "text": return .text(value.stringValue ?? "")
        case "transcript": return .transcript(value.stringValue ?? "")
        case "audio_ms": return .audio(TestAudio.assistant(ms: value.intValue ?? 0))
        case "call":
            return .toolCall(
                index: index,
                .started(callID: step["call_id"]?.stringValue, name: value.stringValue ?? "")
            )
        case "arguments": return .toolCall(index: index, .arguments(value.stringValue ?? ""))
        case "call_done": return .toolCall(index: value.intValue ?? 0, .finished)
        case "finished":
            let reasons: [String: FinishReason] = [
                "completed": .completed, "max_output_tokens": .maxOutputTokens, "content_filter": .contentFilter,
            ]
            guard let reason = reasons[value.stringValue ?? ""] else { throw Transcript.Mistake(line: step.text) }
            return .finished(reason, usage: nil)
        case "failed": return .failed(try failure(step))
        default: throw Transcript.Mistake(line: step.text)
        }
    }

    private static func failure(_ step: JSONObject) throws -> EngineFailure {
        guard let failure = step["failed"], let message = failure["message"]?.stringValue else {
            throw Transcript.Mistake(line: step.text)
        }
        return EngineFailure(
            type: failure["type"]?.stringValue ?? "server_error",
            code: failure["code"]?.stringValue,
            message: message
        )
    }
}

extension EngineCommand {
    /// A command as transcripts write it.
    fileprivate var description: JSON {
        switch self {
        case .cancel(let id): ["cancel": .string(id)]
        case .transcribe(let request):
            ["transcribe": .string(request.itemID), "ms": JSON(request.recording.durationMS)]
        case .anticipate(let request): ["anticipate": .string(request.itemID)]
        case .disregard(let itemID): ["disregard": .string(itemID)]
        case .respond(let request):
            [
                "respond": .string(request.id), "audio": .bool(request.wantsAudio),
                "instructions": .string(request.instructions),
                "context": .array(request.context.map { .string($0.line) }),
            ]
        }
    }
}

extension ContextItem {
    /// One line of what a model is shown.
    var line: String {
        switch self {
        case .message(_, let role, let parts):
            let texts = parts.map { part in
                switch part {
                case .text(let text): text
                case .audio(let recording, let transcript): "(\(recording.durationMS) ms) \(transcript ?? "")"
                case .picture(let picture, let detail): "[\(picture.mediaType) \(detail ?? "")]"
                }
            }
            return "\(role.rawValue): \(texts.joined(separator: " | "))"
        case .functionCall(let callID, let name, let arguments): return "\(callID) = \(name)(\(arguments))"
        case .functionOutput(let callID, let output): return "\(callID) -> \(output)"
        }
    }
}
