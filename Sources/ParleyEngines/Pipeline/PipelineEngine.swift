// Parley: Realtime voice server, doctor and client
// Copyright (c) the Parley authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import ParleySession

/// An engine of three parts: a transcriber that listens, a model that decides, a synthesizer that speaks.
///
/// Each part is anything that fills its slot: a program on this machine, a server, a script. One engine serves all
/// sessions.
package struct PipelineEngine: Engine {
    /// How speech is made.
    package struct Settings: Sendable {
        /// How much is spoken in one go.
        package var sentences = SentenceChunker.Limits()
        /// How long a model may pause before a finished sentence is spoken without knowing what follows.
        package var pause: Duration = .milliseconds(400)
        /// Waits that long.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        /// Tells the time, for what is told of latency.
        package var now: @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
        /// Told of each response when it is over, for metrics.
        package var count: @Sendable (ResponseOutcome, ResponseLatency) -> Void = { _, _ in }

        /// The defaults.
        package init() {}
    }

    /// What listens; without it, recordings reach the model as they are.
    package let transcriber: (any Transcriber)?
    /// What decides.
    package let model: any LanguageModel
    /// What speaks.
    package let synthesizer: any SpeechSynthesizer
    private let settings: Settings
    private let logger: Logger
    /// That the parts are to be prepared; more than one wish at a time is one.
    private let wishes: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// An engine of these parts.
    package init(
        transcriber: (any Transcriber)?,
        model: any LanguageModel,
        synthesizer: any SpeechSynthesizer,
        settings: Settings = Settings(),
        logger: Logger
    ) {
        self.transcriber = transcriber
        self.model = model
        self.synthesizer = synthesizer
        self.settings = settings
        self.logger = logger
        wishes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether it makes use of ``EngineCommand/anticipate(_:)``.
    package var anticipates: Bool { transcriber?.anticipates == true }

    package func prepare() { wishes.continuation.yield() }

    /// Keeps ready what the parts need, and prepares them when ``prepare()`` asks for it, until the task is cancelled;
    /// to be called once.
    ///
    /// The engine works without it, only the first sound of a response comes later.
    package func keepWarm() async {
        await withTaskGroup { group in
            group.addTask { await synthesizer.keepWarm() }
            if let transcriber { group.addTask { await transcriber.keepWarm() } }
            for await _ in wishes.stream {
                await withTaskGroup { group in
                    group.addTask { await model.prepare() }
                    group.addTask { await synthesizer.prepare() }
                    if let transcriber { group.addTask { await transcriber.prepare() } }
                }
            }
        }
    }

    package func run(_ session: EngineSession) async throws {
        prepare()
        let (steps, next) = AsyncStream.makeStream(of: Step.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await command in session.commands { next.yield(.command(command)) }
                next.finish()
            }
            var state = State(steps: next)
            for await step in steps {
                switch step {
                case .command(.respond(let request)):
                    let watch = LatencyWatch(now: settings.now)
                    let transcripts = self.transcripts(for: request, in: &state, session, group: &group)
                    let stop = StopSignal()
                    state.responses[request.id] = stop
                    group.addTask {
                        await stop.run {
                            await respond(to: request, hearing: transcripts, in: session, until: stop, watch)
                        }
                        next.yield(.ended(responseID: request.id))
                    }
                case .command(.cancel(let id)): state.responses.removeValue(forKey: id)?.stop()
                case .command(.transcribe(let request)):
                    let transcript = self.transcript(of: request, in: &state, session, group: &group)
                    group.addTask { await report(transcript, of: request.itemID, in: session) }
                case .command(.anticipate(let request)):
                    guard anticipates else { break }
                    // Those of other turns have come to nothing.
                    for (itemID, stop) in state.anticipations where itemID != request.itemID {
                        stop.stop()
                        state.anticipations[itemID] = nil
                        state.transcripts.remove(RecordingID(itemID: itemID, part: 0))
                    }
                    _ = transcript(of: request, isAnticipated: true, in: &state, session, group: &group)
                case .command(.disregard(let itemID)):
                    state.anticipations.removeValue(forKey: itemID)?.stop()
                    state.transcripts.remove(RecordingID(itemID: itemID, part: 0))
                case .ended(let id): state.responses.removeValue(forKey: id)
                case .failedToTranscribe(let id): state.transcripts.remove(id)
                }
            }
            group.cancelAll()
        }
    }

    private enum Step: Sendable {
        case command(EngineCommand)
        case ended(responseID: String)
        /// The next request for that transcript is to try again.
        case failedToTranscribe(RecordingID)
    }

    private struct State {
        /// The running responses by their ids.
        var responses: [String: StopSignal] = [:]
        var transcripts = TranscriptCache()
        /// What is being transcribed without anybody having asked for it yet, by item; at most one is of use.
        var anticipations: [String: StopSignal] = [:]
        let steps: AsyncStream<Step>.Continuation
    }

    // MARK: Listening

    /// The transcripts that the recordings of `request` lack, begun if they are not known yet, by recording.
    private func transcripts(
        for request: ResponseRequest,
        in state: inout State,
        _ session: EngineSession,
        group: inout DiscardingTaskGroup
    ) -> [RecordingID: Promise<String?>] {
        var transcripts: [RecordingID: Promise<String?>] = [:]
        for (id, recording) in request.untranscribedRecordings where transcriber != nil {
            let wanted = TranscriptionRequest(itemID: id.itemID, recording: recording)
            transcripts[id] = transcript(of: wanted, part: id.part, in: &state, session, group: &group)
        }
        return transcripts
    }

    /// The transcript of a recording, begun if it is not known yet.
    ///
    /// One that was only anticipated counts as asked for from now on, and is made anew if it failed.
    private func transcript(
        of request: TranscriptionRequest,
        part: Int = 0,
        isAnticipated: Bool = false,
        in state: inout State,
        _ session: EngineSession,
        group: inout DiscardingTaskGroup
    ) -> Promise<String?> {
        let id = RecordingID(itemID: request.itemID, part: part)
        if !isAnticipated { state.anticipations[request.itemID] = nil }
        if let known = state.transcripts[id] { return known }
        let transcript = Promise<String?>()
        state.transcripts.insert(transcript, for: id)
        let stop = StopSignal()
        if isAnticipated { state.anticipations[request.itemID] = stop }
        group.addTask { [steps = state.steps] in
            await stop.run {
                do {
                    transcript.fulfil(with: .success(try await transcribe(request, in: session)))
                } catch {
                    // What was stopped has been forgotten already, and may be under way anew.
                    if !(error is CancellationError) { steps.yield(.failedToTranscribe(id)) }
                    transcript.fulfil(with: .failure(error))
                }
            }
        }
        return transcript
    }

    private func transcribe(_ request: TranscriptionRequest, in session: EngineSession) async throws -> String? {
        guard let transcriber else {
            throw EngineFailure(
                type: "invalid_request_error",
                code: "transcription_unavailable",
                message: "This server has no transcriber. Start it with --stt URL, or install libpocketsphinx3 and "
                    + "pocketsphinx-en-us on its machine."
            )
        }
        return try await transcriber.transcribe(
            request.recording,
            language: request.language,
            prompt: request.prompt
        ) { text in
            // The session knows whether the client wants it.
            try await session.send(.transcription(itemID: request.itemID, .delta(text)))
        }
    }

    private func report(_ transcript: Promise<String?>, of itemID: String, in session: EngineSession) async {
        let progress: TranscriptionProgress
        do {
            progress = .completed(try await transcript.value() ?? "")
        } catch {
            guard let failure = failure(from: error, in: session) else { return }
            progress = .failed(failure)
        }
        try? await session.send(.transcription(itemID: itemID, progress))
    }

    // MARK: Answering

    private func respond(
        to request: ResponseRequest,
        hearing transcripts: [RecordingID: Promise<String?>],
        in session: EngineSession,
        until stop: StopSignal,
        _ watch: LatencyWatch
    ) async {
        let send: @Sendable (ResponseProgress) async throws -> Void = { progress in
            try stop.check()
            if request.reportsLatency, progress.isEnd {
                try await session.send(.response(id: request.id, .latency(watch.latency(of: request))))
            }
            // Before it is sent, which wakes up who waits for it.
            if progress.isEnd { log(progress, of: request, in: session, watch) }
            try await session.send(.response(id: request.id, progress))
            if case .audio = progress { watch.mark(.sent) }
        }
        do {
            var heard: [RecordingID: String] = [:]
            for (id, transcript) in transcripts { heard[id] = try await transcript.value() }
            if !transcripts.isEmpty { watch.mark(.heard) }
            let request = request.transcribed(by: heard)
            if request.wantsAudio {
                let response = SpokenResponse(
                    request: request,
                    model: model,
                    synthesizer: synthesizer,
                    settings: settings,
                    watch: watch,
                    send: send
                )
                try await response.run()
            } else {
                try await WrittenResponse(request: request, model: model, watch: watch, send: send).run()
            }
        } catch {
            guard let failure = failure(from: error, in: session) else {
                return log(nil, of: request, in: session, watch)
            }
            try? await send(.failed(failure))
        }
    }

    /// One line for each response; `end` is `nil` if it was cancelled.
    private func log(
        _ end: ResponseProgress?,
        of request: ResponseRequest,
        in session: EngineSession,
        _ watch: LatencyWatch
    ) {
        let (outcome, latency) = (ResponseOutcome(end), watch.latency(of: request))
        var metadata: Logger.Metadata = ["session": "\(session.id)", "response": "\(request.id)"]
        for (name, value) in latency.figures { metadata[name] = "\(value)" }
        logger.info("response \(outcome.rawValue)", metadata: metadata)
        settings.count(outcome, latency)
    }

    /// What to tell the client about `error`; `nil` if the work was only cancelled.
    private func failure(from error: any Error, in session: EngineSession) -> EngineFailure? {
        guard !Task.isCancelled, !(error is CancellationError) else { return nil }
        logger.warning("Engine failure", metadata: ["session": "\(session.id)", "error": "\(error)"])
        if let failure = error as? BackendFailure { return failure.engineFailure }
        return error as? EngineFailure ?? EngineFailure(message: "The engine failed: \(error)")
    }
}

extension ResponseProgress {
    /// Whether nothing follows.
    fileprivate var isEnd: Bool {
        switch self {
        case .finished, .failed: true
        default: false
        }
    }
}
