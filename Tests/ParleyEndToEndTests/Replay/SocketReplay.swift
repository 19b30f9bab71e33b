// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import NIOCore
import ParleyEngines
import ParleyEvents
import ParleyHandshake
import ParleyServer
import ParleySession
import ParleyTestSupport
import ParleyWebSocket
import Testing

/// Plays the client's side of a sample sequence to the real server over a socket, gives the model in the real pipeline
/// its cues, and compares all that the client gets.
struct SocketReplay {
    /// Length of the sound that stands for one audio delta of a sample.
    private static let soundMS = 500

    private let sequence: SampleSequence
    private let model: ModelCues
    private let transcripts: AsyncStream<CuedTranscripts.Cue>.Continuation
    private var client: RealtimeClient
    private var matcher = EventMatcher(isName: SampleSequence.isServerID)
    /// The last step that has its cause.
    private var lastCaused = -1
    /// All that the client has appended.
    private var appended = ByteBuffer()
    /// Responses that the sample does not show.
    private var responsesBefore = 0
    /// Members that a relay in between cannot have from its upstream, whose dialect has no place for them.
    private let lost: [String]
    /// How long the session may last, in the words of the server; the samples say 60 minutes.
    private let duration: String

    /// Replays a sequence, or its first `count` steps, against a server of its own; with `upstream` through a relay
    /// in front of it that speaks that dialect with it.
    static func run(
        _ dialect: Dialect,
        _ name: String,
        steps count: Int = .max,
        through upstream: Dialect? = nil
    ) async throws {
        let sequence = try SampleSequence(dialect, name)
        let model = ModelCues()
        let (cues, transcripts) = AsyncStream.makeStream(of: CuedTranscripts.Cue.self)
        let pipeline = PipelineEngine(
            transcriber: FixedTranscriber(transcript: sequence.transcript),
            model: CuedModel(cues: model),
            synthesizer: NoSynthesizer(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        var configuration = ServerConfiguration()
        configuration.signingKey = "signing key"
        if sequence.isRefused { configuration.apiKeys = ["the only key"] }
        if sequence.expires { configuration.maxSessionSeconds = 1 }
        try await RunningServer.serving(
            CuedTranscripts(engine: pipeline, cues: cues),
            configuration: configuration,
            behind: upstream
        ) { port in
            let client = try await RealtimeClient(
                dialect,
                port: port,
                query: sequence.isTranscription ? "intent=transcription" : "model=gpt-realtime",
                key: sequence.isRefused ? "sk-wrong" : try Self.secret(name)
            )
            let lost = dialect == .ga && upstream == .beta ? ["idle_timeout_ms"] : []
            var replay = SocketReplay(sequence, model, transcripts, client, lost: lost)
            try await replay.run(steps: count)
        }
    }

    private init(
        _ sequence: SampleSequence,
        _ model: ModelCues,
        _ transcripts: AsyncStream<CuedTranscripts.Cue>.Continuation,
        _ client: RealtimeClient,
        lost: [String]
    ) {
        self.lost = lost
        self.sequence = sequence
        self.model = model
        self.transcripts = transcripts
        self.client = client
        duration = sequence.expires ? "1 second" : "60 minutes"
    }

    /// A client secret for the session that the sequence begins with.
    private static func secret(_ name: String) throws -> String {
        let shown = try SampleSequence(.ga, name).steps.first?.event["session"]?.objectValue ?? [:]
        var session: JSONObject = [:]
        for member in ["type", "instructions", "tools"] { session[member] = shown[member] }
        session["audio"] = ["input": ["turn_detection": shown["audio"]?["input"]?["turn_detection"] ?? .null]]
        let key = ClientSecretKey(sharedBy: ["signing key"])
        return try #require(key.text(of: ClientSecret(expiresAt: .max, session: session)))
    }

    private mutating func run(steps count: Int) async throws {
        for (index, step) in sequence.steps.prefix(count).enumerated() {
            if let close = step.line["close"] {
                let summary = await client.end()
                #expect(summary.code.map { Int($0.rawValue) } == close["code"]?.intValue)
                #expect(summary.reason == close["reason"]?.stringValue.map(inOurTime))
                return
            }
            if step.isFromClient {
                try await send(step, at: index)
            } else if step.type != "rate_limits.updated" {
                try await cause(at: index)
                try await check(step, at: index)
            }
        }
        try await client.finish()
    }

    // MARK: The client

    private mutating func send(_ step: SampleSequence.Step, at index: Int) async throws {
        guard let ms = step.line["audio_ms"]?.intValue else {
            return try await client.send(matcher.resolved(.object(step.event)).objectValue ?? [:])
        }
        let answers = sequence.serverSteps(from: index + 1).map(\.type)
        var audio = Sound.silence(ms: 200)
        if answers.contains("input_audio_buffer.speech_started") {
            // While the assistant is heard only speech of half a second counts.
            audio.writeImmutableBuffer(Sound.words("speech speech"))
        } else {
            audio = Sound.silence(ms: ms)
        }
        appended += audio
        try await client.append(audio)
    }

    // MARK: What the server says

    private mutating func check(_ step: SampleSequence.Step, at index: Int) async throws {
        if step.isAudioDelta { return try await checkSound(step, at: index) }
        compare(try await client.next(), with: step.event, at: index)
    }

    /// One delta of a sample is several of ours, which together are what the model has said.
    private mutating func checkSound(_ step: SampleSequence.Step, at index: Int) async throws {
        let expected = Sound.encoded(Sound.ramp(ms: Self.soundMS), .pcm)
        var audio = ByteBuffer()
        while audio.readableBytes < expected.readableBytes {
            let event = try await client.next()
            compare(event, with: step.event, at: index)
            audio += try #require(event["delta"]?.stringValue.flatMap { Base64.decode($0) }, "step \(index)")
        }
        #expect(audio == expected, "step \(index)")
    }

    private mutating func compare(_ actual: JSONObject, with expected: JSONObject, at index: Int) {
        var expected = SampleSequence.comparable(expected)
        if case .object(var session)? = expected["session"] {
            session["expires_at"] = .string(EventMatcher.anything)
            expected["session"] = .object(session)
        }
        if case .object(var error)? = expected["error"], let message = error["message"]?.stringValue.map(inOurTime) {
            let text = actual["error"]?["message"]?.stringValue ?? ""
            // We mask the key in another way and add what to do.
            let isAlike = sequence.isRefused && text.hasPrefix(message.prefix { $0 != ":" })
            error["message"] = .string(isAlike ? text : message)
            expected["error"] = .object(error)
        }
        if expected["type"] == "conversation.item.retrieved" {
            let audio = actual["item"]?["content"]?.arrayValue?.first?["audio"]?.stringValue
            #expect(audio == Base64.encode(appended), "step \(index)")
        }
        let differences = matcher.differences(.object(actual), from: .object(expected))
            .filter { difference in !lost.contains { difference.hasSuffix(".\($0) is missing") } }
        #expect(differences.isEmpty, "step \(index): \(differences) in \(actual.text)")
    }

    private func inOurTime(_ text: String) -> String { text.replacing("60 minutes", with: duration) }

    // MARK: The causes

    /// Makes happen what the sequence shows next, if nothing has yet.
    private mutating func cause(at index: Int) async throws {
        // An answer to the client has its cause, and what comes behind it is not to come before it.
        guard index > lastCaused, !sequence.steps[index].isAnswer else { return }
        for (place, step) in zip(index..., sequence.serverSteps(from: index)) {
            lastCaused = place
            switch step.type {
            case "input_audio_buffer.timeout_triggered": return try await stayIdle()
            case "input_audio_buffer.speech_stopped": return try await client.append(Sound.silence(ms: 1_000))
            case "conversation.item.input_audio_transcription.delta":
                transcripts.yield(.delta(step.event["delta"]?.stringValue ?? "", step.logProbabilities))
                return
            case "conversation.item.input_audio_transcription.completed":
                transcripts.yield(.completed(step.logProbabilities))
                return
            case "response.done" where step.isCancelled: return
            default: break
            }
            guard let cue = cue(for: step) else { continue }
            let response = sequence.steps[...place].count { $0.type == "response.created" } - 1
            model.give(cue, response: responsesBefore + response)
            // The sound comes with its words.
            if step.isTranscriptDelta { lastCaused += 1 }
            return
        }
        lastCaused = index
    }

    /// The sample begins after an answer that it does not show.
    private mutating func stayIdle() async throws {
        responsesBefore = 1
        model.give(.emit(.finished(.completed, usage: nil)), response: 0)
        try await client.send(["type": "response.create"])
        _ = try await client.events(through: "response.done")
        try await client.append(Sound.silence(ms: 6_000))
    }

    private func cue(for step: SampleSequence.Step) -> ModelCues.Cue? {
        let event = step.event
        let delta = event["delta"]?.stringValue ?? ""
        if step.isTranscriptDelta {
            return .emit(.audio(transcript: delta, samples: Sound.ramp(ms: Self.soundMS)))
        }
        switch step.type {
        case "response.output_text.delta", "response.text.delta": return .emit(.text(delta))
        case "response.output_item.added" where event["item"]?["type"] == "function_call":
            let item = event["item"]
            let call = ToolCallProgress.started(
                callID: item?["call_id"]?.stringValue,
                name: item?["name"]?.stringValue ?? ""
            )
            return .emit(.toolCall(index: 0, call))
        case "response.function_call_arguments.delta": return .emit(.toolCall(index: 0, .arguments(delta)))
        case "response.function_call_arguments.done": return .emit(.toolCall(index: 0, .finished))
        case "response.done":
            guard let error = event["response"]?["status_details"]?["error"] else {
                return .emit(.finished(.completed, usage: TokenUsage(input: 126, cachedInput: 64, output: 88)))
            }
            return .fail(
                EngineFailure(
                    type: error["type"]?.stringValue ?? "",
                    code: error["code"]?.stringValue,
                    message: error["message"]?.stringValue ?? ""
                )
            )
        default: return nil
        }
    }
}
